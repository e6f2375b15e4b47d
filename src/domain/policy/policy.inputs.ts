import { builder } from "../../graphql/builder.ts";
import { PolicyFiringKind } from "../../graphql/enums.ts";
import { Offering } from "../../graphql/nodes.ts";

export const PolicyFilterInput = builder.inputType("OfferingUsagePolicyFilter", {
	description: "Which policies. All that is given must hold.",
	fields: (t) => ({
		scope: t.globalID({ for: Offering, description: "On the offering with this id." }),
		scopeUuid: t.field({ type: "UUID", description: "On the offering with this uuid." }),
	}),
});

export const FiringFilterInput = builder.inputType("PolicyFiringFilter", {
	description: "Which firings. All that is given must hold.",
	fields: (t) => ({
		offeringUuid: t.field({ type: "UUID", description: "Of policies on this offering." }),
		policyUuid: t.field({ type: "UUID", description: "Of this policy, also after it was deleted." }),
		customerUuid: t.field({
			type: "UUID",
			description:
				"Of policies whose audience includes this customer, be it blocked or not: those that apply to all customers or to one of its groups; " +
				"of a deleted policy, the audience that it had last. None when the viewer does not see the customer.",
		}),
		causedByCustomerUuid: t.field({ type: "UUID", description: "Whose cause is a usage record of this customer that the viewer sees." }),
		kinds: t.field({ type: [PolicyFiringKind], description: "Of one of these kinds." }),
	}),
});

export const LimitInput = builder.inputType("OfferingUsagePolicyComponentLimitInput", {
	description: "A limit on one component.",
	fields: (t) => ({
		type: t.string({ required: true, description: "Type of a component of the offering, such as cpu." }),
		limit: t.field({ type: "Decimal", required: true, description: "A whole number of the component's measured unit, 0 or more; the policy fires above it." }),
	}),
});
