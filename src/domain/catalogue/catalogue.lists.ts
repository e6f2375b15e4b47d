import type { ModelName } from "../../database/model.ts";
import { isOneOfWords, sql } from "../../database/sql.ts";
import { conditions, hasText, hasUuid, when } from "../../reading/conditions.ts";
import { type List, type OrderColumn, type Parent, thenUuid } from "../../reading/list.ts";
import type { Given } from "../../shared/maybe.ts";

const byName = (model: ModelName): readonly OrderColumn[] => [{ column: "name", type: "text" }, thenUuid(model)];

const byType: readonly OrderColumn[] = [{ column: "type", type: "text" }];

/** All categories, by title. */
export const categoryList = {
	model: "Category",
	key: "Category",
	where: [],
	order: [{ column: "title", type: "text" }, thenUuid("Category")],
} as const satisfies List;

/** A category's components, by type. */
export const categoryComponentList = {
	model: "CategoryComponent",
	key: "CategoryComponent of Category",
	where: [],
	order: byType,
	parent: { column: "categoryUuid" },
} as const satisfies List;

/** An offering's components, by type. */
export const componentList = {
	model: "OfferingComponent",
	key: "OfferingComponent of Offering",
	where: [],
	order: byType,
	parent: { column: "offeringUuid" },
} as const satisfies List;

/** An offering's plans, by name. */
export const planList = {
	model: "Plan",
	key: "Plan of Offering",
	where: [],
	order: byName("Plan"),
	parent: { column: "offeringUuid" },
} as const satisfies List;

/** What a plan says of the components, by type. */
export const planComponentList = {
	model: "PlanComponent",
	key: "PlanComponent of Plan",
	where: [],
	order: [{ column: "component.type", type: "text" }],
	links: ["component"],
	parent: { column: "planUuid" },
} as const satisfies List;

export interface OfferingFilter {
	providerUuid?: Given<string>;
	categoryUuid?: Given<string>;
	states?: Given<readonly string[]>;
}

/** Offerings, by name. */
export function offeringList(filter: Given<OfferingFilter>, parent?: Parent): List & { model: "Offering" } {
	return {
		model: "Offering",
		key: JSON.stringify(["Offering", parent, filter]),
		where: conditions(
			hasUuid("t", "providerUuid", filter?.providerUuid),
			hasUuid("t", "categoryUuid", filter?.categoryUuid),
			when(filter?.states, (states) => isOneOfWords(sql`"t"."state"`, "OfferingState", states)),
		),
		order: byName("Offering"),
		...(parent === undefined ? {} : { parent }),
	};
}

export interface OfferingUserFilter {
	username?: Given<string>;
}

/** Accounts at an offering, oldest first. */
export function offeringUserList(filter: Given<OfferingUserFilter>): List & { model: "OfferingUser" } {
	return {
		model: "OfferingUser",
		key: JSON.stringify(["OfferingUser of Offering", filter]),
		where: conditions(hasText("t", "username", filter?.username)),
		order: [{ column: "created", type: "timestamptz" }, thenUuid("OfferingUser")],
		parent: { column: "offeringUuid" },
	};
}
