import { isOneOfWords, sql } from "../../database/sql.ts";
import { conditions, hasId, hasUuid, when } from "../../reading/conditions.ts";
import { type List, type OrderColumn, type Parent, thenUuid } from "../../reading/list.ts";
import type { Given } from "../../shared/maybe.ts";
import { policiesAimedAt } from "./policy-totals.store.ts";

const newest: OrderColumn = { column: "created", type: "timestamptz", descending: true };

export interface PolicyFilter {
	scope?: Given<{ id: string }>;
	scopeUuid?: Given<string>;
}

/** Policies, newest first. */
export function policyList(filter: Given<PolicyFilter>, parent?: Parent): List & { model: "OfferingUsagePolicy" } {
	return {
		model: "OfferingUsagePolicy",
		key: JSON.stringify(["OfferingUsagePolicy", parent, filter]),
		where: conditions(hasId("t", "scopeUuid", filter?.scope), hasUuid("t", "scopeUuid", filter?.scopeUuid)),
		order: [newest, thenUuid("OfferingUsagePolicy")],
		...(parent === undefined ? {} : { parent }),
	};
}

/** The organization groups that a policy is aimed at, by name. */
export const policyGroupList = {
	model: "OrganizationGroup",
	key: "OrganizationGroup of OfferingUsagePolicy",
	where: [],
	order: [{ column: "name", type: "text" }, thenUuid("OrganizationGroup")],
	parent: { table: "OfferingUsagePolicyGroup", parent: "policyUuid", child: "organizationGroupUuid" },
} as const satisfies List;

export interface FiringFilter {
	offeringUuid?: Given<string>;
	policyUuid?: Given<string>;
	customerUuid?: Given<string>;
	causedByCustomerUuid?: Given<string>;
	kinds?: Given<readonly string[]>;
}

/** The uuid of a firing's policy, whether that is there or was deleted. */
const policyOfFiring = sql`coalesce("t"."policyUuid", "t"."deletedPolicyUuid")`;

/** Whose cause the viewer sees: a record of a removed project tells nobody but staff whose it is. */
const causedBySeen = { links: ["cause"], seenLink: { link: "cause", model: "ComponentUsage" } } as const;

/** Firings, newest first. */
export function firingList(filter: Given<FiringFilter>, parent?: Parent): List & { model: "PolicyFiring" } {
	return {
		model: "PolicyFiring",
		key: JSON.stringify(["PolicyFiring", parent, filter]),
		where: conditions(
			hasUuid("t", "offeringUuid", filter?.offeringUuid),
			when(filter?.policyUuid, (uuid) => sql`${policyOfFiring} = ${uuid}::uuid`),
			when(filter?.customerUuid, (uuid) => sql`${policyOfFiring} = any(array(${policiesAimedAt(sql`${uuid}::uuid`)}))`),
			hasUuid("t.cause", "customerUuid", filter?.causedByCustomerUuid),
			when(filter?.kinds, (kinds) => isOneOfWords(sql`"t"."kind"`, "PolicyFiringKind", kinds)),
		),
		order: [newest, { column: "number", type: "bigint", model: "PolicyFiring", descending: true }],
		...(filter?.causedByCustomerUuid == null ? {} : causedBySeen),
		...(filter?.customerUuid == null ? {} : { sees: { model: "Customer", uuid: filter.customerUuid } }),
		...(parent === undefined ? {} : { parent }),
	};
}
