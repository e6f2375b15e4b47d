import { conditions, hasId, hasText, hasUuid } from "../../reading/conditions.ts";
import { type List, type Parent, thenUuid } from "../../reading/list.ts";
import type { Given } from "../../shared/maybe.ts";

export interface LimitFilter {
	resource?: Given<{ id: string }>;
	resourceUuid?: Given<string>;
	offeringUuid?: Given<string>;
	componentType?: Given<string>;
	username?: Given<string>;
}

/** Per-user limits, newest first. */
export function limitList(filter: Given<LimitFilter>, parent?: Parent): List & { model: "ComponentUserUsageLimit" } {
	return {
		model: "ComponentUserUsageLimit",
		key: JSON.stringify(["ComponentUserUsageLimit", parent, filter]),
		where: conditions(
			hasId("t", "resourceUuid", filter?.resource),
			hasUuid("t", "resourceUuid", filter?.resourceUuid),
			hasUuid("t", "offeringUuid", filter?.offeringUuid),
			hasText("t.component", "type", filter?.componentType),
			hasText("t.user", "username", filter?.username),
		),
		order: [{ column: "created", type: "timestamptz", descending: true }, thenUuid("ComponentUserUsageLimit")],
		links: [...(filter?.componentType == null ? [] : ["component"]), ...(filter?.username == null ? [] : ["user"])],
		...(parent === undefined ? {} : { parent }),
	};
}
