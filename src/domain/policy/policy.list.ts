import { sql } from "../../database/sql.ts";
import { PolicyFiringKind } from "../../graphql/enums.ts";
import { globalId, identifier, identifierWhere, oneOf } from "../../graphql/fields/filters.ts";
import { list } from "../../graphql/fields/list.ts";
import { OfferingUsagePolicy, PolicyFiring } from "../../graphql/nodes.ts";
import { byName, type List, type OrderColumn, thenUuid } from "../../reading/list.ts";
import { policiesAimedAt } from "./policy-totals.store.ts";

const newest: OrderColumn = { column: "created", type: "timestamptz", descending: true };

/** Policies, newest first. */
export const policies = list(OfferingUsagePolicy, {
	items: "policies",
	filters: {
		scope: globalId("Offering", "On this offering.", { column: "scopeUuid" }),
		scopeUuid: identifier("Offering", "On this offering."),
	},
	order: [newest, thenUuid("OfferingUsagePolicy")],
});

/** The organization groups that a policy is aimed at, by name. */
export const policyGroupList = {
	model: "OrganizationGroup",
	key: "OrganizationGroup of OfferingUsagePolicy",
	where: [],
	order: byName("OrganizationGroup"),
	parent: { table: "OfferingUsagePolicyGroup", parent: "policyUuid", child: "organizationGroupUuid" },
} as const satisfies List;

/** The uuid of a firing's policy, whether that is there or was deleted. */
const policyOfFiring = sql`coalesce("t"."policyUuid", "t"."deletedPolicyUuid")`;

/** Firings, newest first. */
export const firings = list(PolicyFiring, {
	items: "firings",
	filters: {
		offeringUuid: identifier("Offering", "Of policies on this offering."),
		policyUuid: identifierWhere("OfferingUsagePolicy", "Of this policy, also after it was deleted.", (uuid) => sql`${policyOfFiring} = ${uuid}::uuid`),
		customerUuid: identifierWhere(
			"Customer",
			"Of policies whose audience includes this customer, be it blocked or not: those that apply to all customers or to one of its groups; " +
				"of a deleted policy, the audience that it had last. None when the viewer does not see the customer.",
			(uuid) => sql`${policyOfFiring} = any(array(${policiesAimedAt(sql`${uuid}::uuid`)}))`,
			{ sees: "Customer" },
		),
		// Only staff may learn whose a record of a removed project is.
		causedByCustomerUuid: identifier("Customer", "Whose cause is a usage record of this customer that the viewer sees.", {
			link: "cause",
			column: "customerUuid",
			seen: "ComponentUsage",
		}),
		kinds: oneOf(PolicyFiringKind, "Of one of these kinds.", { column: "kind" }),
	},
	order: [newest, { column: "number", type: "bigint", model: "PolicyFiring", descending: true }],
});
