import { ResourceState } from "../../graphql/enums.ts";
import { identifier, identifiers, oneOf, text } from "../../graphql/fields/filters.ts";
import { list } from "../../graphql/fields/list.ts";
import { Resource, ResourcePlanPeriod } from "../../graphql/nodes.ts";
import { byName, thenUuid } from "../../reading/list.ts";
import { search } from "../name/name.list.ts";

/** Resources, by name unless another order is asked for. */
export const resources = list(Resource, {
	items: "resources",
	filters: {
		search: search(),
		offeringUuid: identifier("Offering", "Instances of this offering."),
		offerings: identifiers("Offering", "Instances of one of these offerings.", { column: "offeringUuid" }),
		projectUuid: identifier("Project", "In this project."),
		projects: identifiers("Project", "In one of these projects.", { column: "projectUuid" }),
		customerUuid: identifier("Customer", "Of this customer."),
		customers: identifiers("Customer", "Of one of these customers.", { column: "customerUuid" }),
		backendId: text("Which the provider's own system calls exactly this."),
		states: oneOf(ResourceState, "In one of these states.", { column: "state" }),
	},
	orders: {
		NAME: { description: "The name.", column: "name", type: "text" },
		CREATED: { description: "When they were created.", column: "created", type: "timestamptz" },
	},
	order: byName("Resource"),
});

/** When a resource ran under which plan, oldest record first unless it is asked for the other way round. */
export const planPeriods = list(ResourcePlanPeriod, {
	items: "plan periods",
	orders: { CREATED: { description: "When they were recorded.", column: "created", type: "timestamptz" } },
	order: [{ column: "created", type: "timestamptz" }, thenUuid("ResourcePlanPeriod")],
});
