import { maySeeRecipients } from "../../access/permissions.ts";
import type { Viewer } from "../../access/viewer.ts";
import type { Queries, Transactions } from "../../database/database.ts";
import { isOneOf, list, raw, type Sql, sql } from "../../database/sql.ts";
import type { Announcement } from "./message.ts";
import { type afterFailure, cutShort, type DeliveryRules, type ExpiryCause, expiries, lease, maxAttempts, states } from "./notification.ts";

/** A notification that the caller has to itself until the lease ends. */
export interface Claim {
	readonly uuid: string;
	/** Which attempt it is claimed for, from 1. */
	readonly attempts: number;
}

/** What was decided of a notification that was due. */
type Decided = Claim & { readonly verdict: "SEND" | "HOLD" | Exclude<ExpiryCause, "DISCARDED"> };

/** How many notifications that are due are looked at together where nothing is sent. */
const expiringAtOnce = 500;

/**
 * Decides what becomes of notifications that are due, those that wait longest first: as many are claimed to be sent as
 * `sending`, at most. A message about a policy that its recipient was mailed about within the interval is held back until
 * that has passed, and is then sent if the policy is fired. One that is too old, or whose policy was deleted, expires.
 *
 * One statement: several callers share no row. Two messages that are open at once never have the same policy and recipient,
 * so a call that sees the one sees when the other was sent. Returns what it changed: nothing when there is nothing to do.
 */
export function decideDue(queries: Queries, sending: number, now: Date, { interval, maxAge }: DeliveryRules): Promise<Decided[]> {
	return queries.rows<Decided>(sql`
		with due as (
			select "uuid", "policyUuid", "recipient", "attempts", "queued" from "Notification"
			where "state" = 'PENDING' and "due" <= ${now}::timestamptz and "attempts" < ${maxAttempts}::int
			order by "due", "uuid" limit ${sending === 0 ? expiringAtOnce : sending}::int for update skip locked
		), decided as (
			select due."uuid", last."sent" + span as held, case
				when due."policyUuid" is null then 'DELETED'
				when due."queued" <= ${new Date(now.getTime() - maxAge)}::timestamptz then 'AGED'
				when last."sent" + span > ${now}::timestamptz then 'HOLD'
				when due."attempts" = 0 and last."sent" + span > due."queued" and not p."hasFired" then 'RESET'
				else 'SEND'
			end as verdict
			from due left join "OfferingUsagePolicy" p on p."uuid" = due."policyUuid" cross join lateral (
				select max(s."sent") as "sent" from "Notification" s
				where s."policyUuid" = due."policyUuid" and lower(s."recipient") = lower(due."recipient") and s."state" = 'SENT'
			) last cross join (select ${interval}::float8 * interval '1 millisecond' as span) pause
		)
		update "Notification" n set "modified" = ${now}::timestamptz,
			"attempts" = n."attempts" + case when verdict = 'SEND' then 1 else 0 end,
			"due" = case verdict
				when 'SEND' then ${new Date(now.getTime() + lease)}::timestamptz
				when 'HOLD' then decided.held
				else n."due"
			end,
			"state" = case when verdict in ('SEND', 'HOLD') then n."state" else 'EXPIRED' end,
			"error" = case verdict when 'DELETED' then ${expiries.DELETED} when 'AGED' then ${expiries.AGED} when 'RESET' then ${expiries.RESET} else n."error" end
		from decided where n."uuid" = decided."uuid" and (verdict <> 'SEND' or ${sending > 0})
		returning n."uuid", n."attempts", verdict
	`);
}

/** Gives up the notifications whose lease ended in their last attempt, and returns how many these are. */
export async function giveUpCutShort(queries: Queries, now: Date): Promise<number> {
	const rows = await queries.rows(sql`
		with ended as (
			select "uuid" from "Notification" where "state" = 'PENDING' and "due" <= ${now}::timestamptz and "attempts" >= ${maxAttempts}::int
			for update skip locked
		)
		update "Notification" n set "state" = 'FAILED', "error" = ${cutShort.reason}, "modified" = ${now}::timestamptz
		from ended where n."uuid" = ended."uuid" returning 1
	`);
	return rows.length;
}

/** What is counted of many. */
const maxCounted = 10_000;

/** How many notifications are due; ten thousand means as many or more. */
export async function countDue(queries: Queries, now: Date): Promise<number> {
	const [row] = await queries.rows<{ count: number }>(sql`
		select count(*)::int as "count" from (
			select from "Notification" where "state" = 'PENDING' and "due" <= ${now}::timestamptz limit ${maxCounted}::int
		) due
	`);
	return row?.count ?? 0;
}

/** How many notifications are in each state; and for how many seconds the one that waits longest has been due, undefined when none is. */
export interface OpenMails {
	readonly counts: Readonly<Record<string, number>>;
	readonly overdue: number | undefined;
}

/**
 * Looks at ten thousand of each state at most, which means as many or more. States are written into the statement, and
 * looked at in the order of an index: planners would read the whole table for one that they do not know, or expect.
 */
export async function openMails(queries: Queries): Promise<OpenMails> {
	const counted = states.map((state) => {
		const word = raw(`'${state}'`);
		return sql`
			select ${word} as "state", (
				select count(*)::int from (select from "Notification" where "state" = ${word} order by "due" limit ${raw(String(maxCounted))}) few
			) as "count"`;
	});
	const rows = await queries.rows<{ state: string; count: number; overdue: number | null }>(sql`
		select counted.*, (
			select extract(epoch from clock_timestamp() - "due")::float8 from "Notification"
			where "state" = 'PENDING' and "due" <= clock_timestamp() order by "due" limit 1
		) as "overdue"
		from (${list(counted, " union all ")}) counted
	`);
	return {
		counts: Object.fromEntries(rows.map(({ state, count }) => [state, count])),
		overdue: rows[0]?.overdue ?? undefined,
	};
}

/**
 * What the notifications report, as it is now. Totals and limits are the provider's figures and include what others used: they
 * are read for addresses that the provider named, and for those who own the provider now.
 */
export function announcementsOf(queries: Queries, uuids: readonly string[], now: Date): Promise<Announcement[]> {
	return queries.rows<Announcement>(sql`
		select n."uuid", n."recipient", n."firings", o."name" as "offering", f."windowStart", f."windowEnd", f."created" as "fired", opened."created" as "since",
			case when last."kind" <> 'FIRED' then last."created" end as "reset", coalesce((
			select json_agg(json_build_object('name', c."name", 'measuredUnit', c."measuredUnit", 'figures', case when told.figures
				then json_build_object('used', b."used"::text, 'limit', b."limit"::text) end) order by c."type")
			from "PolicyFiringBreach" b join "OfferingComponent" c on c."uuid" = b."componentUuid" where b."firingUuid" = f."uuid"
		), '[]') as "exceeded"
		from "Notification" n join "PolicyFiring" opened on opened."uuid" = n."firingUuid" join "Offering" o on o."uuid" = n."offeringUuid"
		left join lateral (${latestFiring(sql`true`)}) last on true
		left join lateral (${latestFiring(sql`turned."kind" = 'FIRED'`)}) latest on true
		join "PolicyFiring" f on f."uuid" = coalesce(latest."uuid", opened."uuid")
		cross join lateral (
			select n."action" = 'NOTIFY_EXTERNAL_USER' or exists (
				select from "CustomerRole" role join "User" owner on owner."uuid" = role."userUuid" and owner."isActive"
				where role."customerUuid" = o."providerUuid" and role."role" = 'OWNER'
					and (role."expires" is null or role."expires" > ${now}::timestamptz) and lower(owner."email") = lower(n."recipient")
			) as figures
		) told
		where ${isOneOf(sql`n."uuid"`, uuids)}
	`);
}

/** The last of the turns of the policy of the notification `n` for which the condition holds. */
const latestFiring = (condition: Sql): Sql => sql`
	select turned."uuid", turned."kind", turned."created" from "PolicyFiring" turned
	where turned."policyUuid" = n."policyUuid" and ${condition} order by turned."created" desc, turned."number" desc limit 1
`;

/**
 * The mail server took the message: SENT replaces any other state that was noted meanwhile. Firings that were added after it was
 * written are the next message's.
 *
 * @param told how many firings the message reported
 */
export async function markSent(database: Transactions, { uuid }: Claim, told: number, now: Date): Promise<void> {
	await database.transaction(async (tx) => {
		const [found] = await tx.rows<{ state: string; firings: number }>(
			sql`select "state"::text as "state", "firings" from "Notification" where "uuid" = ${uuid}::uuid for update`,
		);
		if (found === undefined || found.state === "SENT") return;
		await tx.rows(sql`
			update "Notification" set "state" = 'SENT', "sent" = ${now}::timestamptz, "error" = null, "modified" = ${now}::timestamptz,
				"firings" = ${told}::int
			where "uuid" = ${uuid}::uuid
		`);
		const untold = found.firings - told;
		if (found.state !== "PENDING" || untold === 0) return;
		await tx.rows(sql`
			insert into "Notification" ("firingUuid", "offeringUuid", "policyUuid", "action", "recipient", "firings", "due", "queued", "created", "modified")
			select latest."uuid", n."offeringUuid", n."policyUuid", n."action", n."recipient", ${untold}::int, ${now}::timestamptz, ${now}::timestamptz, ${now}::timestamptz, ${now}::timestamptz
			from "Notification" n cross join lateral (${latestFiring(sql`turned."kind" = 'FIRED'`)}) latest
			where n."uuid" = ${uuid}::uuid
			on conflict do nothing
		`);
	});
}

/** Notes the failure of the attempt that was claimed, unless the lease ended and another attempt has begun. */
export async function markFailed(
	queries: Queries,
	{ uuid, attempts }: Claim,
	{ state, due }: ReturnType<typeof afterFailure>,
	reason: string,
	now: Date,
): Promise<void> {
	await queries.rows(sql`
		update "Notification" set "state" = ${state}::"NotificationState", "due" = ${due}::timestamptz, "error" = ${reason}, "modified" = ${now}::timestamptz
		where "uuid" = ${uuid}::uuid and "state" = 'PENDING' and "attempts" = ${attempts}::int
	`);
}

/** Each notification's address; null where the viewer may not know it. */
export async function recipientsOf(queries: Queries, viewer: Viewer, uuids: readonly string[]): Promise<(string | null)[]> {
	const rows = await queries.rows<{ uuid: string; recipient: string }>(sql`
		select n."uuid", n."recipient" from "Notification" n where ${isOneOf(sql`n."uuid"`, uuids)} and ${maySeeRecipients(viewer, sql`n`)}
	`);
	const recipients = new Map(rows.map(({ uuid, recipient }) => [uuid, recipient]));
	return uuids.map((uuid) => recipients.get(uuid) ?? null);
}
