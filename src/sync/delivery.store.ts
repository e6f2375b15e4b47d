import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { Made, Outgoing, OutgoingLimit, OutgoingPart, OutgoingPolicy, OutgoingUsage } from "./outgoing.ts";

/** A change that the caller has to itself until the lease ends. */
export interface Claim {
	readonly id: string;
	/** Which change of the object it is: another one may come while this is sent. */
	readonly version: number;
	/** Which attempt it is claimed for, from 1. */
	readonly attempts: number;
}

/**
 * Claims the first change of each lane that is due, those that wait longest first. The rest of a lane waits until its first
 * has been sent or refused. One statement: several callers share no lane.
 */
export function claimDue(queries: Queries, sourceId: number, limit: number, now: Date, leaseEnd: Date): Promise<Claim[]> {
	return queries.rows<Claim>(sql`
		with first as (
			select d."id" from "WaldurDelivery" d
			where d."state" = 'PENDING' and d."due" <= ${now}::timestamptz and d."sourceId" = ${sourceId}::smallint and not exists (
				select from "WaldurDelivery" before
				where before."laneUuid" = d."laneUuid" and before."state" = 'PENDING' and (before."queued", before."id") < (d."queued", d."id")
			)
			order by d."due", d."id" limit ${limit}::int for update skip locked
		)
		update "WaldurDelivery" d set "attempts" = d."attempts" + 1, "due" = ${leaseEnd}::timestamptz
		from first where d."id" = first."id" returning d."id", d."version", d."attempts"
	`);
}

type Loaded<Change> = Change & { readonly id: string };

/** What the claimed changes are of, as it is now. One whose object has gone is left out. */
export async function outgoingOf(queries: Queries, sourceId: number, ids: readonly string[]): Promise<Map<string, Outgoing>> {
	const claimed = sql`d."id" = any(${[...ids]}::bigint[])`;
	const usages = await queries.rows<Loaded<OutgoingUsage>>(sql`
		select d."id", 'USAGE' as "kind", u."resourceUuid" as "resource", u."type", u."usage" as "amount", u."description", u."recurring",
			u."billingPeriod" as "month", case when p."sourceId" = ${sourceId}::smallint then p."uuid" end as "planPeriod", p."start" as "periodStart", p."end" as "periodEnd"
		from "WaldurDelivery" d join "ComponentUsage" u on u."uuid" = d."componentUsageUuid"
		left join "ResourcePlanPeriod" p on p."uuid" = u."planPeriodUuid" where ${claimed}
	`);
	const parts = await queries.rows<Loaded<OutgoingPart>>(sql`
		select d."id", 'USER_USAGE' as "kind", u."resourceUuid" as "resource", u."type", u."billingPeriod" as "month", part."username", part."usage",
			case when a."sourceId" = ${sourceId}::smallint then a."uuid" end as "account"
		from "WaldurDelivery" d join "ComponentUserUsage" part on part."uuid" = d."componentUserUsageUuid"
		join "ComponentUsage" u on u."uuid" = part."componentUsageUuid" left join "OfferingUser" a on a."uuid" = part."userUuid" where ${claimed}
	`);
	const limits = await queries.rows<Loaded<OutgoingLimit>>(sql`
		select d."id", 'LIMIT' as "kind", l."uuid", l."sourceId" is not distinct from ${sourceId}::smallint as "isKnown", l."resourceUuid" as "resource",
			l."componentUuid" as "component", l."userUuid" as "account", l."limit"
		from "WaldurDelivery" d join "ComponentUserUsageLimit" l on l."uuid" = d."userLimitUuid" where ${claimed}
	`);
	const policies = await queries.rows<Loaded<OutgoingPolicy>>(sql`
		select d."id", 'POLICY' as "kind", p."uuid", p."sourceId" is not distinct from ${sourceId}::smallint as "isKnown", p."scopeUuid" as "offering",
			p."actions"::text[] as "actions", p."externalUserEmails" as "emails", p."applyToAll", p."period"::text as "period", coalesce((
				select json_agg(g."organizationGroupUuid") from "OfferingUsagePolicyGroup" g where g."policyUuid" = p."uuid"
			), '[]') as "groups", coalesce((
				select json_agg(json_build_object('type', c."type", 'limit', l."limit"::text) order by c."type")
				from "OfferingUsagePolicyComponentLimit" l join "OfferingComponent" c on c."uuid" = l."componentUuid" where l."policyUuid" = p."uuid"
			), '[]') as "limits"
		from "WaldurDelivery" d join "OfferingUsagePolicy" p on p."uuid" = d."policyUuid" where ${claimed}
	`);
	const deletions = await queries.rows<Loaded<Extract<Outgoing, { kind: "DELETION" }>>>(sql`
		select d."id", 'DELETION' as "kind", d."deletedPath" as "path" from "WaldurDelivery" d where d."deletedPath" is not null and ${claimed}
	`);
	return new Map([...usages, ...parts, ...limits, ...policies, ...deletions].map(({ id, ...outgoing }) => [id, outgoing as Outgoing]));
}

/** Notes that Waldur accepted the change. One that was made while it was sent is due at once. */
export async function markSent(queries: Queries, { id, version, attempts }: Claim, now: Date): Promise<boolean> {
	const rows = await queries.rows(sql`
		update "WaldurDelivery" set "sent" = ${now}::timestamptz, "modified" = ${now}::timestamptz, "error" = null, "due" = ${now}::timestamptz,
			"state" = case when "version" = ${version}::int then 'SENT'::"DeliveryState" else "state" end,
			"attempts" = case when "version" = ${version}::int then "attempts" else 0 end
		where "id" = ${id}::bigint and "attempts" = ${attempts}::int and "state" = 'PENDING' returning 1
	`);
	return rows.length > 0;
}

/** What Waldur took is Waldur's from now on: once that has it no more, it is removed here, though it was never read from there. */
export async function takeSource(queries: Queries, { id }: Claim, sourceId: number): Promise<void> {
	await queries.rows(sql`
		with usage as (
			update "ComponentUsage" u set "sourceId" = ${sourceId}::smallint from "WaldurDelivery" d
			where d."id" = ${id}::bigint and u."uuid" = d."componentUsageUuid" and u."sourceId" is null
		)
		update "ComponentUserUsage" p set "sourceId" = ${sourceId}::smallint from "WaldurDelivery" d
		where d."id" = ${id}::bigint and p."uuid" = d."componentUserUsageUuid" and p."sourceId" is null
	`);
}

/** Notes that the change was refused for good, unless there is a newer one, which is due at once. */
export async function markRefused(queries: Queries, { id, version, attempts }: Claim, reason: string, now: Date): Promise<void> {
	await queries.rows(sql`
		update "WaldurDelivery" set "error" = ${reason}, "modified" = ${now}::timestamptz, "due" = ${now}::timestamptz,
			"state" = case when "version" = ${version}::int then 'FAILED'::"DeliveryState" else "state" end,
			"attempts" = case when "version" = ${version}::int then "attempts" else 0 end
		where "id" = ${id}::bigint and "attempts" = ${attempts}::int and "state" = 'PENDING'
	`);
}

/** What an earlier attempt sent to create the object; undefined when there was none. Its answer may have been lost. */
export async function creationOf(queries: Queries, { id }: Claim): Promise<Made | undefined> {
	const [row] = await queries.rows<{ creating: Made | null }>(sql`select "creating" from "WaldurDelivery" where "id" = ${id}::bigint`);
	return row?.creating ?? undefined;
}

/** Notes what is about to be sent to create the object. */
export async function noteCreation(queries: Queries, { id }: Claim, object: Made): Promise<void> {
	await queries.rows(sql`update "WaldurDelivery" set "creating" = ${JSON.stringify(object)}::jsonb where "id" = ${id}::bigint`);
}

/** Leaves the change to a later attempt. */
export async function markWaiting(queries: Queries, { id, attempts }: Claim, reason: string, due: Date, now: Date): Promise<void> {
	await queries.rows(sql`
		update "WaldurDelivery" set "error" = ${reason}, "due" = ${due}::timestamptz, "modified" = ${now}::timestamptz
		where "id" = ${id}::bigint and "attempts" = ${attempts}::int and "state" = 'PENDING'
	`);
}

const givenUpAtOnce = 5_000;

/** Gives up what waits to be sent, where nothing is sent any more: otherwise it would be kept for good. Returns how many changes these were. */
export async function giveUpWaiting(queries: Queries, sourceId: number, now: Date): Promise<number> {
	for (let given = 0; ; ) {
		const rows = await queries.rows(sql`
			with waiting as (
				select "id" from "WaldurDelivery" where "sourceId" = ${sourceId}::smallint and "state" = 'PENDING' limit ${givenUpAtOnce}::int for update
			)
			update "WaldurDelivery" d set "state" = 'FAILED', "modified" = ${now}::timestamptz,
				"error" = 'The service was started without WALDUR_WRITE before this was sent.'
			from waiting where d."id" = waiting."id" returning 1
		`);
		given += rows.length;
		if (rows.length === 0) return given;
	}
}

/** Forgets deletions that Waldur accepted before the moment: until then they tell a list that was read before from one that was read after. */
export async function forgetDeletions(queries: Queries, before: Date): Promise<void> {
	await queries.rows(sql`delete from "WaldurDelivery" where "deletedPath" is not null and "state" = 'SENT' and "sent" < ${before}::timestamptz`);
}

/** Forgets the delivery of an object that has gone. */
export async function forgetDelivery(queries: Queries, { id }: Claim): Promise<void> {
	await queries.rows(sql`delete from "WaldurDelivery" where "id" = ${id}::bigint`);
}

const made = { LIMIT: sql`"ComponentUserUsageLimit"`, POLICY: sql`"OfferingUsagePolicy"` };

/**
 * The object that was made here goes by the uuid that Waldur gave it from now on. "gone" when it was deleted meanwhile; a pass
 * that read it before may have made it "known" by that uuid.
 */
export async function takeUuid(queries: Queries, kind: "LIMIT" | "POLICY", uuid: string, given: string, sourceId: number): Promise<"taken" | "known" | "gone"> {
	const known = await queries.rows(sql`select 1 from ${made[kind]} where "uuid" = ${given}::uuid`);
	if (known.length > 0) return "known";
	const rows = await queries.rows(sql`
		update ${made[kind]} set "uuid" = ${given}::uuid, "sourceId" = ${sourceId}::smallint where "uuid" = ${uuid}::uuid returning 1
	`);
	return rows.length > 0 ? "taken" : "gone";
}

/** Those of the uuids that no stored object of the kind goes by. */
export async function unknownOf(queries: Queries, kind: "LIMIT" | "POLICY", uuids: readonly string[]): Promise<string[]> {
	const rows = await queries.rows<{ uuid: string }>(sql`
		select given."uuid" from unnest(${[...uuids]}::uuid[]) given ("uuid") where not exists (select from ${made[kind]} t where t."uuid" = given."uuid")
	`);
	return rows.map(({ uuid }) => uuid);
}

/** Queues the deletion of what is there at the path. */
export async function queueDeletionAt(queries: Queries, sourceId: number, { lane, path }: { lane: string; path: string }, now: Date): Promise<void> {
	await queries.rows(sql`
		insert into "WaldurDelivery" ("sourceId", "laneUuid", "deletedPath", "due", "queued", "created", "modified")
		values (${sourceId}::smallint, ${lane}::uuid, ${path}, ${now}::timestamptz, ${now}::timestamptz, ${now}::timestamptz, ${now}::timestamptz)
	`);
}
