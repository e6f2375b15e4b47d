import { globalId, identifier, text } from "../../graphql/fields/filters.ts";
import { list } from "../../graphql/fields/list.ts";
import { ComponentUserUsageLimit } from "../../graphql/nodes.ts";
import { thenUuid } from "../../reading/list.ts";

/** Per-user limits, newest first. */
export const userLimits = list(ComponentUserUsageLimit, {
	items: "per-user limits",
	called: { argument: "limits" },
	filters: {
		resource: globalId("Resource", "On this resource.", { column: "resourceUuid" }),
		resourceUuid: identifier("Resource", "On this resource."),
		offeringUuid: identifier("Offering", "On resources of this offering."),
		componentType: text("On components of this type, such as cpu.", { link: "component", column: "type" }),
		username: text("For accounts of exactly this name.", { link: "user" }),
	},
	order: [{ column: "created", type: "timestamptz", descending: true }, thenUuid("ComponentUserUsageLimit")],
});
