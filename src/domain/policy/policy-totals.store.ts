import type { Queries } from "../../database/database.ts";
import { list, type Sql, sql } from "../../database/sql.ts";
import type { Months } from "../../shared/billing-period.ts";
import type { LimitTotal, PolicyPeriod } from "./policy.ts";

/** What evaluation needs of a policy. */
export interface EvaluatedPolicy {
	readonly uuid: string;
	readonly offeringUuid: string;
	readonly period: PolicyPeriod;
	readonly hasFired: boolean;
}

/** A policy, and for each of its limits what the affected customers together used in its window, by type of component. */
export interface TotalledPolicy extends EvaluatedPolicy {
	readonly totals: readonly LimitTotal[];
}

/** Every policy of the offerings, with its totals over the window that its period has. */
export const policiesOf = (queries: Queries, offeringUuids: readonly string[], windows: PolicyWindows): Promise<TotalledPolicy[]> =>
	totalledPolicies(queries, sql`p."scopeUuid" = ${anyOf(offeringUuids)}`, windows);

/** The policies, likewise. */
export const policiesNamed = (queries: Queries, policyUuids: readonly string[], windows: PolicyWindows): Promise<TotalledPolicy[]> =>
	totalledPolicies(queries, sql`p."uuid" = ${anyOf(policyUuids)}`, windows);

/**
 * One of the uuids, which the planner cannot see: so it does not plan anew for each of them, which takes
 * three times as long as finding the totals.
 */
const anyOf = (uuids: readonly string[]): Sql => sql`any(array(select unnest(${uuids}::uuid[])))`;

/** The window of each period. */
type PolicyWindows = Readonly<Record<PolicyPeriod, Months>>;

async function totalledPolicies(queries: Queries, which: Sql, windows: PolicyWindows): Promise<TotalledPolicy[]> {
	const rowsOfWindows = Object.entries(windows).map(([period, window]) => {
		const { start, end } = totalledMonths(window);
		return sql`(${period}::text, ${start}::date, ${end}::date)`;
	});
	const rows = await queries.rows<EvaluatedPolicy & { [Field in keyof LimitTotal]: LimitTotal[Field] | null }>(sql`
		select p."uuid", p."scopeUuid" as "offeringUuid", p."period"::text as "period", p."hasFired", l."componentUuid", l."limit", coalesce(total.used, 0) as "used"
		from (values ${list(rowsOfWindows)}) w ("period", "start", "end")
		join "OfferingUsagePolicy" p on p."period" = w."period"::"PolicyPeriod"
		left join "OfferingUsagePolicyComponentLimit" l on l."policyUuid" = p."uuid"
		left join "OfferingComponent" c on c."uuid" = l."componentUuid"
		cross join lateral (
			select sum(counted."used") as used from (${countedTotals(sql`l."componentUuid"`, sql`t."billingPeriod" between w."start" and w."end"`)}) counted
		) total
		where ${which}
		order by p."uuid", c."type"
	`);
	const policies = new Map<string, TotalledPolicy & { totals: LimitTotal[] }>();
	for (const { componentUuid, used, limit, ...row } of rows) {
		const policy = policies.get(row.uuid) ?? { ...row, totals: [] };
		if (componentUuid !== null && used !== null && limit !== null) policy.totals.push({ componentUuid, used, limit });
		policies.set(row.uuid, policy);
	}
	return [...policies.values()];
}

/** The months by which the maintained totals of a window are found: for one without a start, the total of all months, which is dated infinity. */
export const totalledMonths = ({ start, end }: Months): Months => (start === null ? { start: "infinity", end: "infinity" } : { start, end });

/** Whom a policy is aimed at: whether at all customers, and otherwise the select of its groups' uuids. */
export interface Audience {
	readonly all: Sql;
	readonly groups: Sql;
}

/** The audience of the stored policy `p`. */
export const storedAudience: Audience = {
	all: sql`p."applyToAll"`,
	groups: sql`select aimed."organizationGroupUuid" from "OfferingUsagePolicyGroup" aimed where aimed."policyUuid" = p."uuid"`,
};

/**
 * The uuids of the policies whose audience includes the customer, blocked or not, and of those that were deleted with
 * such an audience. Found from the customer's groups on.
 */
export function policiesAimedAt(customerUuid: Sql): Sql {
	const groups = sql`select member."organizationGroupUuid" from "CustomerOrganizationGroup" member where member."customerUuid" = ${customerUuid}`;
	return sql`
		select p."uuid" from "OfferingUsagePolicy" p where p."applyToAll"
		union all select aimed."policyUuid" from "OfferingUsagePolicyGroup" aimed where aimed."organizationGroupUuid" in (${groups})
		union all select gone."uuid" from "DeletedPolicy" gone where gone."applyToAll" or gone."organizationGroupUuids" && array(${groups})
	`;
}

/**
 * The maintained totals, one row for each `"billingPeriod"` and customer, whose `"used"` add up to what the affected
 * customers together used of the component: those of a policy's groups, each once, or all; never blocked or archived ones.
 * All customers are one total, from which that of the few who do not count is taken: that costs the same, however many they are.
 *
 * @param months which totals `t`, by their `"billingPeriod"`
 */
export const countedTotals = (componentUuid: Sql, months: Sql, { all, groups }: Audience = storedAudience): Sql => sql`
	select t."billingPeriod", t."used" from "ComponentTotal" t
	where ${all} and t."componentUuid" = ${componentUuid} and t."customerUuid" is null and ${months}
	union all
	select t."billingPeriod", -t."used" from "ComponentTotal" t
	where ${all} and t."componentUuid" = ${componentUuid} and ${months} and t."customerUuid" = any(array(
		select uncounted."uuid" from "Customer" uncounted where uncounted."blocked" or uncounted."archived"
	))
	union all
	select t."billingPeriod", t."used" from "ComponentTotal" t
	where not ${all} and t."componentUuid" = ${componentUuid} and ${months} and t."customerUuid" = any(array(
		select member."customerUuid" from "CustomerOrganizationGroup" member join "Customer" counted on counted."uuid" = member."customerUuid"
		where member."organizationGroupUuid" in (${groups}) and not counted."blocked" and not counted."archived"
	))
`;
