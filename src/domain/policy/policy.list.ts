import { isOneOf, sql } from "../../database/sql.ts";
import { PolicyFiringKind } from "../../graphql/enums.ts";
import { flag, globalId, identifier, identifiers, identifierWhere, oneOf } from "../../graphql/fields/filters.ts";
import { list } from "../../graphql/fields/list.ts";
import { OfferingUsagePolicy, PolicyFiring } from "../../graphql/nodes.ts";
import { byName, type List, type OrderColumn, thenUuid } from "../../reading/list.ts";
import { policiesAimedAt } from "./policy-totals.store.ts";

const newest: OrderColumn = { column: "created", type: "timestamptz", descending: true };

/** By when policies were created: the usual order, and the same from its end. */
const byCreated = (descending: boolean): readonly OrderColumn[] => [{ ...newest, descending }, thenUuid("OfferingUsagePolicy", !descending)];

/** By the name of their offering, then newest first. */
const byOffering = (descending: boolean): readonly OrderColumn[] => [
	{ column: "scope.name", type: "text", descending },
	{ ...newest, descending: !descending },
	thenUuid("OfferingUsagePolicy", descending),
];

/** Policies, newest first unless another order is asked for. */
export const policies = list(OfferingUsagePolicy, {
	items: "policies",
	filters: {
		scope: globalId("Offering", "On this offering.", { column: "scopeUuid" }),
		scopeUuid: identifier("Offering", "On this offering."),
		offerings: identifiers("Offering", "On one of these offerings.", { column: "scopeUuid" }),
		hasFired: flag("Fired now, or not: a limit is exceeded, and the last of its firings is of the kind FIRED."),
	},
	orders: {
		CREATED: { description: "When they were created.", columns: byCreated },
		OFFERING: { description: "The name of their offering; those of one offering newest first.", columns: byOffering },
	},
	order: byCreated(true),
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

/** By when policies turned: the usual order, and the same from its end. */
const byTurn = (descending: boolean): readonly OrderColumn[] => [
	{ ...newest, descending },
	{ column: "number", type: "bigint", model: "PolicyFiring", descending },
];

/** Firings, newest first unless the oldest are asked for first. */
export const firings = list(PolicyFiring, {
	items: "firings",
	filters: {
		offeringUuid: identifier("Offering", "Of policies on this offering."),
		offerings: identifiers("Offering", "Of policies on one of these offerings.", { column: "offeringUuid" }),
		policies: {
			...identifiers("OfferingUsagePolicy", "Of one of these policies, also after they were deleted."),
			conditions: (policies: readonly string[]) => [isOneOf(policyOfFiring, [...new Set(policies)])],
		},
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
	orders: { CREATED: { description: "When the policies turned.", columns: byTurn } },
	order: byTurn(true),
});
