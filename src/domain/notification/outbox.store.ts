import type { Queries } from "../../database/database.ts";
import { and, isOneOf, isOneOfWords, type Sql, sql } from "../../database/sql.ts";
import { conditions, when } from "../../reading/conditions.ts";
import { expiries } from "./notification.ts";

/** Which notifications: all that is given must hold. */
export interface Selection {
	readonly uuids: readonly string[];
	readonly states: readonly string[];
	readonly policy: string | undefined;
	readonly offering: string | undefined;
	readonly recipient: string | undefined;
}

/** A notification as an operator reads it. */
export interface ListedNotification {
	readonly uuid: string;
	readonly state: string;
	readonly recipient: string;
	readonly offering: string;
	readonly firings: number;
	readonly attempts: number;
	readonly created: Date;
	readonly error: string | null;
}

const selected = ({ uuids, states, policy, offering, recipient }: Selection): Sql =>
	and(
		conditions(
			uuids.length === 0 ? undefined : isOneOf(sql`n."uuid"`, uuids),
			states.length === 0 ? undefined : isOneOfWords(sql`n."state"`, "NotificationState", states),
			when(policy, (uuid) => sql`n."policyUuid" = ${uuid}::uuid`),
			when(offering, (uuid) => sql`n."offeringUuid" = ${uuid}::uuid`),
			when(recipient, (address) => sql`lower(n."recipient") = lower(${address})`),
		),
	);

/** The newest notifications of the selection, at most so many. */
export function newestNotifications(queries: Queries, selection: Selection, limit: number): Promise<ListedNotification[]> {
	return queries.rows<ListedNotification>(sql`
		select n."uuid", n."state"::text as "state", n."recipient", o."name" as "offering", n."firings", n."attempts", n."created", n."error"
		from "Notification" n join "Offering" o on o."uuid" = n."offeringUuid" where ${selected(selection)}
		order by n."created" desc, n."uuid" limit ${limit}::int
	`);
}

/** What one statement changes. */
const atOnce = 1_000;

/** Runs a statement that changes some rows until it changes none, and returns how many it changed. */
async function untilDone(change: () => Promise<unknown[]>): Promise<number> {
	let changed = 0;
	for (let some = await change(); some.length > 0; some = await change()) changed += some.length;
	return changed;
}

/** Expires what waits, and returns how many these were. What is on its way at the moment may arrive all the same. */
export const discardNotifications = (queries: Queries, selection: Selection, now: Date): Promise<number> =>
	untilDone(() =>
		queries.rows(sql`
			with waiting as (
				select n."uuid" from "Notification" n where n."state" = 'PENDING' and ${selected(selection)} limit ${atOnce}::int for update skip locked
			)
			update "Notification" n set "state" = 'EXPIRED', "error" = ${expiries.DISCARDED}, "modified" = ${now}::timestamptz
			from waiting where n."uuid" = waiting."uuid" returning 1
		`),
	);

/**
 * Queues what was given up or has expired again, as if it were new, and returns how many these were: of a policy and
 * recipient the newest, unless one of theirs waits already. Nothing of a policy that was deleted.
 */
export const requeueNotifications = (queries: Queries, selection: Selection, now: Date): Promise<number> =>
	untilDone(() =>
		queries.rows(sql`
			with unsent as (
				select distinct on (n."policyUuid", lower(n."recipient")) n."uuid" from "Notification" n
				where n."state" in ('FAILED', 'EXPIRED') and n."policyUuid" is not null and ${selected(selection)} and not exists (
					select from "Notification" waiting
					where waiting."policyUuid" = n."policyUuid" and lower(waiting."recipient") = lower(n."recipient") and waiting."state" = 'PENDING'
				)
				order by n."policyUuid", lower(n."recipient"), n."created" desc limit ${atOnce}::int
			)
			update "Notification" n set "state" = 'PENDING', "attempts" = 0, "error" = null,
				"due" = ${now}::timestamptz, "queued" = ${now}::timestamptz, "modified" = ${now}::timestamptz
			from unsent where n."uuid" = unsent."uuid" and n."state" <> 'PENDING' returning 1
		`),
	);
