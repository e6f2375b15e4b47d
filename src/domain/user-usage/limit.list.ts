import { globalId, identifier, identifiers, text, texts } from "../../graphql/fields/filters.ts";
import { list } from "../../graphql/fields/list.ts";
import { ComponentUserUsageLimit } from "../../graphql/nodes.ts";
import { type OrderColumn, thenUuid } from "../../reading/list.ts";

/** By when they were set first: the usual order, and the same from its end. */
const byCreated = (descending: boolean): readonly OrderColumn[] => [
	{ column: "created", type: "timestamptz", descending },
	thenUuid("ComponentUserUsageLimit", !descending),
];

/** Per-user limits, newest first, unless another order is asked for. */
export const userLimits = list(ComponentUserUsageLimit, {
	items: "per-user limits",
	called: { argument: "limits" },
	filters: {
		resource: globalId("Resource", "On this resource.", { column: "resourceUuid" }),
		resourceUuid: identifier("Resource", "On this resource."),
		resources: identifiers("Resource", "On one of these resources.", { column: "resourceUuid" }),
		offeringUuid: identifier("Offering", "On resources of this offering."),
		offerings: identifiers("Offering", "On resources of one of these offerings.", { column: "offeringUuid" }),
		componentType: text("On components of this type, such as cpu.", { link: "component", column: "type" }),
		types: texts("On components of one of these types, such as cpu and ram.", { link: "component", column: "type" }),
		username: text("For accounts of exactly this name.", { link: "user" }),
	},
	orders: {
		CREATED: { description: "When they were set first.", columns: byCreated },
		LIMIT: { description: "The most that may be used.", column: "limit", type: "numeric" },
	},
	order: byCreated(true),
});
