import { maySeeRecipients } from "../access/permissions.ts";
import type { Viewer } from "../access/viewer.ts";
import type { Queries } from "../database/database.ts";
import { isOneOf, sql } from "../database/sql.ts";
import type { Announcement } from "./message.ts";
import { type afterFailure, cutShort, lease, mostAttempts } from "./notification.ts";

/** A notification that the caller has to itself until the lease ends. */
export interface Claim {
	readonly uuid: string;
	/** Which attempt it is claimed for, from 1. */
	readonly attempts: number;
}

/** Claims notifications that are due, at most `size`, those that wait longest first. One statement: several callers share no row. */
export function claimDue(queries: Queries, size: number, now: Date): Promise<Claim[]> {
	return queries.rows<Claim>(sql`
		with due as (
			select "uuid" from "Notification" where "state" = 'PENDING' and "due" <= ${now}::timestamptz and "attempts" < ${mostAttempts}::int
			order by "due", "uuid" limit ${size}::int for update skip locked
		)
		update "Notification" n set "attempts" = n."attempts" + 1, "due" = ${new Date(now.getTime() + lease)}::timestamptz, "modified" = ${now}::timestamptz
		from due where n."uuid" = due."uuid"
		returning n."uuid", n."attempts"
	`);
}

/** Gives up the notifications whose lease ended in their last attempt. */
export async function giveUpCutShort(queries: Queries, now: Date): Promise<void> {
	await queries.rows(sql`
		update "Notification" set "state" = 'FAILED', "error" = ${cutShort}, "modified" = ${now}::timestamptz
		where "state" = 'PENDING' and "due" <= ${now}::timestamptz and "attempts" >= ${mostAttempts}::int
	`);
}

/**
 * What the notifications tell. Totals and limits are the provider's figures and include what others used: they are read for
 * addresses that the provider named, and for those who own the provider now.
 */
export function announcementsOf(queries: Queries, uuids: readonly string[], now: Date): Promise<Announcement[]> {
	return queries.rows<Announcement>(sql`
		select n."uuid", n."recipient", o."name" as "offering", f."windowStart", f."windowEnd", f."created" as "fired", coalesce((
			select json_agg(json_build_object('name', c."name", 'measuredUnit', c."measuredUnit", 'figures', case when told.figures
				then json_build_object('used', b."used"::text, 'limit', b."limit"::text) end) order by c."type")
			from "PolicyFiringBreach" b join "OfferingComponent" c on c."uuid" = b."componentUuid" where b."firingUuid" = f."uuid"
		), '[]') as "exceeded"
		from "Notification" n join "PolicyFiring" f on f."uuid" = n."firingUuid" join "Offering" o on o."uuid" = f."offeringUuid"
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

/** The mail server took the message: that stands, whatever else was noted meanwhile. */
export async function markSent(queries: Queries, { uuid }: Claim, now: Date): Promise<void> {
	await queries.rows(sql`
		update "Notification" set "state" = 'SENT', "sent" = ${now}::timestamptz, "error" = null, "modified" = ${now}::timestamptz
		where "uuid" = ${uuid}::uuid and "state" <> 'SENT'
	`);
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

/** A notification that waits. */
export interface Waiting {
	readonly uuid: string;
	readonly firingUuid: string;
}

/** The notifications that wait and are due at the moment or later, in that order. */
export function waitingSince(queries: Queries, moment: Date): Promise<Waiting[]> {
	return queries.rows<Waiting>(sql`
		select "uuid", "firingUuid" from "Notification" where "state" = 'PENDING' and "due" >= ${moment}::timestamptz order by "due", "uuid"
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
