import { isOneOfWords, sql } from "../../database/sql.ts";
import { conditions, hasUuid, when } from "../../reading/conditions.ts";
import { type Direction, type List, type Parent, thenUuid } from "../../reading/list.ts";
import type { Given } from "../../shared/maybe.ts";

export interface ResourceFilter {
	offeringUuid?: Given<string>;
	projectUuid?: Given<string>;
	customerUuid?: Given<string>;
	states?: Given<readonly string[]>;
}

export interface ResourceOrder {
	field: "NAME" | "CREATED";
	direction: Direction;
}

/** Resources, by name unless another order is asked for. */
export function resourceList(filter: Given<ResourceFilter>, order: Given<ResourceOrder>, parent?: Parent): List & { model: "Resource" } {
	const descending = order?.direction === "DESC";
	return {
		model: "Resource",
		key: JSON.stringify(["Resource", parent, filter, order]),
		where: conditions(
			hasUuid("t", "offeringUuid", filter?.offeringUuid),
			hasUuid("t", "projectUuid", filter?.projectUuid),
			hasUuid("t", "customerUuid", filter?.customerUuid),
			when(filter?.states, (states) => isOneOfWords(sql`"t"."state"`, "ResourceState", states)),
		),
		order: [
			order?.field === "CREATED" ? { column: "created", type: "timestamptz", descending } : { column: "name", type: "text", descending },
			thenUuid("Resource", descending),
		],
		...(parent === undefined ? {} : { parent }),
	};
}

/** When a resource ran under which plan, oldest record first. */
export const planPeriodList = {
	model: "ResourcePlanPeriod",
	key: "ResourcePlanPeriod of Resource",
	where: [],
	order: [{ column: "created", type: "timestamptz" }, thenUuid("ResourcePlanPeriod")],
	parent: { column: "resourceUuid" },
} as const satisfies List;
