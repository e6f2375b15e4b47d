import type { Queries } from "../database/database.ts";
import { type Sql, sql } from "../database/sql.ts";
import type { Months } from "../shared/billing-period.ts";
import type { LimitTotal, PolicyPeriod } from "./policy.ts";

/** What evaluation needs of a policy. */
export interface EvaluatedPolicy {
	readonly uuid: string;
	readonly offeringUuid: string;
	readonly period: PolicyPeriod;
	readonly hasFired: boolean;
}

/** Every policy of the offerings. */
export function policiesOf(queries: Queries, offeringUuids: readonly string[]): Promise<EvaluatedPolicy[]> {
	return queries.rows<EvaluatedPolicy>(sql`
		select "uuid", "scopeUuid" as "offeringUuid", "period"::text as "period", "hasFired"
		from "OfferingUsagePolicy" where "scopeUuid" = any(${offeringUuids}::uuid[]) order by "uuid"
	`);
}

/** The uuids of all offerings that have a policy. */
export async function offeringsWithPolicies(queries: Queries): Promise<string[]> {
	const rows = await queries.rows<{ scopeUuid: string }>(sql`select distinct "scopeUuid" from "OfferingUsagePolicy" order by "scopeUuid"`);
	return rows.map(({ scopeUuid }) => scopeUuid);
}

/**
 * For each policy, its limits and what the affected customers together used in its window, by type of component.
 * Affected are all customers, or those in any of the policy's groups, each once; never blocked or archived ones.
 */
export async function limitTotals(queries: Queries, windows: ReadonlyMap<string, Months>): Promise<Map<string, LimitTotal[]>> {
	const policies = [...windows.keys()];
	const starts = policies.map((uuid) => windows.get(uuid)?.start ?? null);
	const ends = policies.map((uuid) => windows.get(uuid)?.end ?? null);
	const rows = await queries.rows<LimitTotal & { policyUuid: string }>(sql`
		select w.policy as "policyUuid", l."componentUuid", l."limit", coalesce(total.used, 0) as "used"
		from unnest(${policies}::uuid[], ${starts}::date[], ${ends}::date[]) w (policy, "start", "end")
		join "OfferingUsagePolicy" p on p."uuid" = w.policy
		join "OfferingUsagePolicyComponentLimit" l on l."policyUuid" = w.policy
		join "OfferingComponent" c on c."uuid" = l."componentUuid"
		cross join lateral (
			select sum(u."usage") as used from "ComponentUsage" u
			where u."componentUuid" = l."componentUuid"
				and (w."start" is null or u."billingPeriod" between w."start" and w."end")
				and ${affectedCustomer(sql`u."customerUuid"`)}
		) total
		order by w.policy, c."type"
	`);
	const totals = new Map<string, LimitTotal[]>(policies.map((uuid) => [uuid, []]));
	for (const { policyUuid, componentUuid, used, limit } of rows) totals.get(policyUuid)?.push({ componentUuid, used, limit });
	return totals;
}

/** Whom a policy is aimed at: whether at all customers, and otherwise the select of its groups' uuids. */
export interface Audience {
	readonly all: Sql;
	readonly groups: Sql;
}

/** The audience of the stored policy `p`. */
const storedAudience: Audience = {
	all: sql`p."applyToAll"`,
	groups: sql`select aimed."organizationGroupUuid" from "OfferingUsagePolicyGroup" aimed where aimed."policyUuid" = p."uuid"`,
};

/** The customer counts for a policy that is aimed at the audience, the stored policy `p` unless told otherwise, and is bound by it. */
export const affectedCustomer = (customerUuid: Sql, { all, groups }: Audience = storedAudience): Sql => sql`exists (
	select from "Customer" affected
	where affected."uuid" = ${customerUuid} and not affected."blocked" and not affected."archived"
		and (${all} or exists (
			select from "CustomerOrganizationGroup" member
			where member."customerUuid" = affected."uuid" and member."organizationGroupUuid" in (${groups})
		))
)`;

/** Whether a fired policy of the offering blocks new resources of the customer. */
export async function isBlocked(queries: Queries, offeringUuid: string, customerUuid: string): Promise<boolean> {
	const policies = await queries.rows(sql`
		select from "OfferingUsagePolicy" p
		where p."scopeUuid" = ${offeringUuid}::uuid and p."hasFired" and 'BLOCK_CREATION_OF_NEW_RESOURCES' = any(p."actions")
			and ${affectedCustomer(sql`${customerUuid}::uuid`)}
		limit 1
	`);
	return policies.length > 0;
}

/** What a transition writes. */
export interface TransitionRecord {
	readonly policy: EvaluatedPolicy;
	readonly kind: "FIRED" | "RESET";
	readonly window: Months;
	readonly breaches: readonly LimitTotal[];
	readonly causeUuid: string | null;
	readonly now: Date;
}

/** Turns the policy and records the firing with its breaches. Answers the firing's uuid. */
export async function recordTransition(tx: Queries, { policy, kind, window, breaches, causeUuid, now }: TransitionRecord): Promise<string> {
	const hasFired = kind === "FIRED";
	const [firing] = await tx.rows<{ uuid: string }>(sql`
		with turned as (
			update "OfferingUsagePolicy" set "hasFired" = ${hasFired}, "modified" = ${now}::timestamptz,
				"firedDatetime" = case when ${hasFired} then ${now}::timestamptz else "firedDatetime" end
			where "uuid" = ${policy.uuid}::uuid
		), firing as (
			insert into "PolicyFiring" ("policyUuid", "offeringUuid", "kind", "windowStart", "windowEnd", "causeUuid", "created", "modified")
			values (${policy.uuid}::uuid, ${policy.offeringUuid}::uuid, ${kind}::"PolicyFiringKind", ${window.start}::date, ${window.end}::date, ${causeUuid}::uuid, ${now}::timestamptz, ${now}::timestamptz)
			returning "uuid"
		), breaches as (
			insert into "PolicyFiringBreach" ("firingUuid", "componentUuid", "used", "limit")
			select firing."uuid", breach.component, breach.used, breach."limit"
			from firing, unnest(
				${breaches.map(({ componentUuid }) => componentUuid)}::uuid[], ${breaches.map(({ used }) => used)}::numeric[],
				${breaches.map(({ limit }) => limit)}::numeric[]
			) breach (component, used, "limit")
		)
		select "uuid" from firing
	`);
	if (firing === undefined) throw new Error("A firing was not recorded.");
	return firing.uuid;
}

/**
 * Puts the firing's notifications into the outbox, one for each address: the owners of the affected customers whose
 * usage counts and of the provider, and the addresses that the policy names.
 */
export async function addNotifications(tx: Queries, firingUuid: string, { policy, window, now }: TransitionRecord): Promise<void> {
	await tx.rows(sql`
		with counted as (
			select distinct u."customerUuid"
			from "OfferingUsagePolicy" p join "OfferingUsagePolicyComponentLimit" l on l."policyUuid" = p."uuid"
			join "ComponentUsage" u on u."componentUuid" = l."componentUuid" and u."usage" > 0
				and (${window.start}::date is null or u."billingPeriod" between ${window.start}::date and ${window.end}::date)
			where p."uuid" = ${policy.uuid}::uuid and ${affectedCustomer(sql`u."customerUuid"`)}
		), recipients as (
			select 'NOTIFY_ORGANIZATION_OWNERS'::"PolicyAction" as action, person."email"
			from "OfferingUsagePolicy" p join "Offering" o on o."uuid" = p."scopeUuid"
			join "CustomerRole" role on role."role" = 'OWNER' and (role."expires" is null or role."expires" > ${now}::timestamptz)
				and (role."customerUuid" = o."providerUuid" or role."customerUuid" in (select "customerUuid" from counted))
			join "User" person on person."uuid" = role."userUuid" and person."isActive"
			where p."uuid" = ${policy.uuid}::uuid and 'NOTIFY_ORGANIZATION_OWNERS' = any(p."actions")
			union all
			select 'NOTIFY_EXTERNAL_USER', address from "OfferingUsagePolicy" p, unnest(p."externalUserEmails") address
			where p."uuid" = ${policy.uuid}::uuid and 'NOTIFY_EXTERNAL_USER' = any(p."actions")
		)
		insert into "Notification" ("firingUuid", "action", "recipient", "due", "created", "modified")
		select distinct on (lower("email")) ${firingUuid}::uuid, action, "email", ${now}::timestamptz, ${now}::timestamptz, ${now}::timestamptz
		from recipients where "email" <> '' order by lower("email"), action
		on conflict do nothing
	`);
}
