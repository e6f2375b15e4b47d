import { ResourceState } from "../../graphql/enums.ts";
import { identifier, oneOf, text } from "../../graphql/fields/filters.ts";
import { list } from "../../graphql/fields/list.ts";
import { Resource, ResourcePlanPeriod } from "../../graphql/nodes.ts";
import { byName, thenUuid } from "../../reading/list.ts";

/** Resources, by name unless another order is asked for. */
export const resources = list(Resource, {
	items: "resources",
	filters: {
		offeringUuid: identifier("Offering", "Instances of this offering."),
		projectUuid: identifier("Project", "In this project."),
		customerUuid: identifier("Customer", "Of this customer."),
		backendId: text("Which the provider's own system calls exactly this."),
		states: oneOf(ResourceState, "In one of these states.", { column: "state" }),
	},
	orders: {
		NAME: { description: "The name.", column: "name", type: "text" },
		CREATED: { description: "When they were created.", column: "created", type: "timestamptz" },
	},
	order: byName("Resource"),
});

/** When a resource ran under which plan, oldest record first. */
export const planPeriods = list(ResourcePlanPeriod, {
	items: "plan periods",
	order: [{ column: "created", type: "timestamptz" }, thenUuid("ResourcePlanPeriod")],
});
