import { globalId, text, uuid } from "../../graphql/fields/filters.ts";
import { list } from "../../graphql/fields/list.ts";
import { ComponentUserUsageLimit, Resource } from "../../graphql/nodes.ts";
import { thenUuid } from "../../reading/list.ts";

/** Per-user limits, newest first. */
export const userLimits = list(ComponentUserUsageLimit, {
	items: "per-user limits",
	called: { argument: "limits" },
	filters: {
		resource: globalId(Resource, "On the resource with this id.", { column: "resourceUuid" }),
		resourceUuid: uuid("On the resource with this uuid."),
		offeringUuid: uuid("On resources of this offering."),
		componentType: text("On components of this type, such as cpu.", { link: "component", column: "type" }),
		username: text("For accounts of exactly this name.", { link: "user" }),
	},
	order: [{ column: "created", type: "timestamptz", descending: true }, thenUuid("ComponentUserUsageLimit")],
});
