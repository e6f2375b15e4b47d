import type { Queries } from "../../database/database.ts";
import { type Sql, sql } from "../../database/sql.ts";
import type { Months } from "../../shared/billing-period.ts";
import type { FiringKind, LimitTotal } from "./policy.ts";
import { type EvaluatedPolicy, storedAudience, totalledMonths } from "./policy-totals.store.ts";

/** The uuids of all offerings that have a policy. */
export async function offeringsWithPolicies(queries: Queries): Promise<string[]> {
	const rows = await queries.rows<{ scopeUuid: string }>(sql`select distinct "scopeUuid" from "OfferingUsagePolicy" order by "scopeUuid"`);
	return rows.map(({ scopeUuid }) => scopeUuid);
}

/** The customer counts for the stored policy `p`, and is bound by it. */
const affectedCustomer = (customerUuid: Sql): Sql => sql`exists (
	select from "Customer" affected
	where affected."uuid" = ${customerUuid} and not affected."blocked" and not affected."archived"
		and (${storedAudience.all} or exists (
			select from "CustomerOrganizationGroup" member
			where member."customerUuid" = affected."uuid" and member."organizationGroupUuid" in (${storedAudience.groups})
		))
)`;

/** Those of the customers who count for the policy. */
export async function countedCustomers(tx: Queries, policyUuid: string, customerUuids: readonly string[]): Promise<Set<string>> {
	const rows = await tx.rows<{ uuid: string }>(sql`
		select given."uuid" from "OfferingUsagePolicy" p, unnest(${customerUuids}::uuid[]) given ("uuid")
		where p."uuid" = ${policyUuid}::uuid and ${affectedCustomer(sql`given."uuid"`)}
	`);
	return new Set(rows.map(({ uuid }) => uuid));
}

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
	readonly kind: FiringKind;
	readonly window: Months;
	readonly breaches: readonly LimitTotal[];
	readonly causeUuid: string | null;
	readonly now: Date;
}

/** Whether a policy is fired after it turned so. */
const isFiredAfter: Readonly<Record<FiringKind, boolean>> = { FIRED: true, RESET: false, WITHDRAWN: false };

/**
 * Turns the policy and records the firing with its breaches. Returns the firing's uuid. Writes wait for their offering's lock
 * longer or shorter after they looked at the clock, and instances' clocks differ by seconds: a firing is never earlier than
 * the one before it, so that the latest by time is the one that counts.
 */
export async function recordTransition(tx: Queries, { policy, kind, window, breaches, causeUuid, now }: TransitionRecord): Promise<string> {
	const hasFired = isFiredAfter[kind];
	const [firing] = await tx.rows<{ uuid: string }>(sql`
		with turn as (
			select greatest(${now}::timestamptz, max("created")) as "at" from "PolicyFiring"
			where "policyUuid" = ${policy.uuid}::uuid and "created" < ${now}::timestamptz + interval '1 minute'
		), turned as (
			update "OfferingUsagePolicy" set "hasFired" = ${hasFired}, "modified" = turn."at",
				"firedDatetime" = case when ${hasFired} then turn."at" else "firedDatetime" end
			from turn where "uuid" = ${policy.uuid}::uuid
		), firing as (
			insert into "PolicyFiring" ("policyUuid", "offeringUuid", "kind", "windowStart", "windowEnd", "causeUuid", "created", "modified")
			select ${policy.uuid}::uuid, ${policy.offeringUuid}::uuid, ${kind}::"PolicyFiringKind", ${window.start}::date, ${window.end}::date, ${causeUuid}::uuid, turn."at", turn."at"
			from turn
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
 * usage counts and of the provider, and the addresses that the policy names. Where a message of the policy to the address is
 * open, the firing is added to it: however often a policy turns, there is one.
 */
export async function addNotifications(tx: Queries, firingUuid: string, { policy, window, now }: TransitionRecord): Promise<void> {
	const totalled = totalledMonths(window);
	await tx.rows(sql`
		with counted as (
			select distinct t."customerUuid"
			from "OfferingUsagePolicy" p join "OfferingUsagePolicyComponentLimit" l on l."policyUuid" = p."uuid"
			join "ComponentTotal" t on t."componentUuid" = l."componentUuid" and t."used" > 0
				and t."billingPeriod" between ${totalled.start}::date and ${totalled.end}::date
			where p."uuid" = ${policy.uuid}::uuid and ${affectedCustomer(sql`t."customerUuid"`)}
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
		insert into "Notification" as opened ("firingUuid", "offeringUuid", "policyUuid", "action", "recipient", "due", "queued", "created", "modified")
		select distinct on (lower("email")) ${firingUuid}::uuid, ${policy.offeringUuid}::uuid, ${policy.uuid}::uuid, action, "email",
			${now}::timestamptz, ${now}::timestamptz, ${now}::timestamptz, ${now}::timestamptz
		from recipients where "email" <> '' order by lower("email"), action
		on conflict ("policyUuid", lower("recipient")) where "state" = 'PENDING'
			do update set "firings" = opened."firings" + 1, "action" = excluded."action", "modified" = excluded."modified"
	`);
}
