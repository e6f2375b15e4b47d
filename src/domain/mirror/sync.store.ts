import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";

/** What the last pass did with one list. */
export interface SyncedList {
	/** As Waldur's API names it. */
	readonly name: string;
	readonly read: number;
	readonly changed: number;
	readonly removed: number;
	readonly refused: number;
	/** Removals that wait to be confirmed. */
	readonly held: number;
}

/** How far the database is in step with a Waldur. */
export interface SyncStatus {
	/** When the last pass that ended well began; null before the first. */
	readonly lastSuccess: Date | null;
	readonly lastWhole: Date | null;
	/** Whether a process synchronizes now. */
	readonly isRunning: boolean;
	/** Why the last pass failed; null when it did not. */
	readonly error: string | null;
	readonly lists: readonly SyncedList[];
}

/** How far the database is in step with the source. */
export async function syncStatus(queries: Queries, sourceId: number, now: Date): Promise<SyncStatus> {
	const [status] = await queries.rows<Omit<SyncStatus, "lists">>(sql`
		select "lastSuccess", "lastWhole", "error", "leaseUntil" is not null and "leaseUntil" > ${now}::timestamptz as "isRunning"
		from "WaldurSync" where "sourceId" = ${sourceId}::smallint
	`);
	const lists = await queries.rows<SyncedList>(sql`
		select "name", "read", "changed", "removed", "refused", "held" from "WaldurSyncList" where "sourceId" = ${sourceId}::smallint order by "finished", "name"
	`);
	return { ...(status ?? { lastSuccess: null, lastWhole: null, error: null, isRunning: false }), lists };
}

/** Whether the last pass of the source ended well, or there was none: not when it failed, or its process was killed. */
export async function endedWell(queries: Queries, sourceId: number): Promise<boolean> {
	const rows = await queries.rows(sql`
		select 1 from "WaldurSync" where "sourceId" = ${sourceId}::smallint and ("holder" is not null or "error" is not null)
	`);
	return rows.length === 0;
}

/** Takes the lease of the source for the holder, or renews it; false while another process has it. */
export async function takeLease(queries: Queries, sourceId: number, holder: string, now: Date, until: Date): Promise<boolean> {
	const rows = await queries.rows(sql`
		insert into "WaldurSync" as s ("sourceId", "holder", "leaseUntil") values (${sourceId}::smallint, ${holder}, ${until}::timestamptz)
		on conflict ("sourceId") do update set "holder" = excluded."holder", "leaseUntil" = excluded."leaseUntil"
		where s."holder" is null or s."holder" = excluded."holder" or s."leaseUntil" is null or s."leaseUntil" <= ${now}::timestamptz
		returning 1
	`);
	return rows.length > 0;
}

/** Renews the lease that the holder has; false when another process took it, or gave it back since. */
export async function renewLease(queries: Queries, sourceId: number, holder: string, until: Date): Promise<boolean> {
	const rows = await queries.rows(sql`
		update "WaldurSync" set "leaseUntil" = ${until}::timestamptz where "sourceId" = ${sourceId}::smallint and "holder" = ${holder} returning 1
	`);
	return rows.length > 0;
}

/** Gives the lease back in the midst of a pass. The holder stays noted: the next pass knows that this one has not ended. */
export async function releaseLease(queries: Queries, sourceId: number, holder: string): Promise<void> {
	await queries.rows(sql`
		update "WaldurSync" set "leaseUntil" = null where "sourceId" = ${sourceId}::smallint and "holder" = ${holder}
	`);
}

/** Gives the lease back, and notes how the pass ended: that it came to its end, or why it did not. */
export async function endPass(
	queries: Queries,
	sourceId: number,
	holder: string,
	{ succeeded, error, now }: { succeeded: { readonly began: Date; readonly isWhole: boolean } | undefined; error: string | null; now: Date },
): Promise<void> {
	await queries.rows(sql`
		update "WaldurSync" set "holder" = null, "leaseUntil" = null, "error" = ${error}, "modified" = ${now}::timestamptz,
			"lastSuccess" = coalesce(${succeeded?.began ?? null}::timestamptz, "lastSuccess"),
			"lastWhole" = coalesce(${succeeded?.isWhole === true ? succeeded.began : null}::timestamptz, "lastWhole")
		where "sourceId" = ${sourceId}::smallint and "holder" = ${holder}
	`);
}

/** From where each list of the source is read on, by its name; those that were never read are left out. */
export async function watermarks(queries: Queries, sourceId: number): Promise<ReadonlyMap<string, Date>> {
	const rows = await queries.rows<{ name: string; watermark: Date }>(sql`
		select "name", "watermark" from "WaldurSyncList" where "sourceId" = ${sourceId}::smallint and "watermark" is not null
	`);
	return new Map(rows.map(({ name, watermark }) => [name, watermark]));
}

/** What a pass did with one list; `held` is undefined when it was not compared with what is stored. */
export type PassedList = Omit<SyncedList, "held"> & { readonly held: number | undefined };

/**
 * Notes what a pass did with a list, and from where it is read on; without a watermark it is read from where it was. Removals
 * that an earlier pass held still wait after one that did not compare the list.
 */
export async function noteList(queries: Queries, sourceId: number, list: PassedList, watermark: Date | undefined, now: Date): Promise<void> {
	await queries.rows(sql`
		insert into "WaldurSyncList" as l ("sourceId", "name", "watermark", "read", "changed", "removed", "refused", "held", "finished")
		values (
			${sourceId}::smallint, ${list.name}, ${watermark ?? null}::timestamptz, ${list.read}::int, ${list.changed}::int, ${list.removed}::int,
			${list.refused}::int, ${list.held ?? 0}::int, ${now}::timestamptz
		)
		on conflict ("sourceId", "name") do update set "watermark" = coalesce(excluded."watermark", l."watermark"), "read" = excluded."read",
			"changed" = excluded."changed", "removed" = excluded."removed", "refused" = excluded."refused",
			"held" = coalesce(${list.held ?? null}::int, l."held"), "finished" = excluded."finished"
	`);
}
