import { setTimeout as pause } from "node:timers/promises";
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { takesNoChanges } from "../database/states.ts";
import { createPositionCodec, type Position, type PositionCodec } from "./position.ts";

/** The channel on which the log is announced: a transaction that has appended says nothing, numbering says `numbered`. */
export const logChannel = "usage_gateway_log";
export const numbered = "numbered";

/** What an entry is about: a policy turned, or usage was reported. It may be deleted by now. */
export type LogSubject = { kind: "firing"; policyFiringUuid: string } | { kind: "usage"; componentUsageUuid: string };

/** An entry, and when it was written, in milliseconds as performance.now() counts them. */
export type LogEntry = LogSubject & { readonly position: Position; readonly written: number };

/**
 * Appends entries in order and announces them. The last write of a transaction; nothing to append, nothing announced.
 * The transaction has an id before it draws one of an entry: numbering relies on that.
 */
export async function appendToLog(tx: Queries, subjects: readonly LogSubject[]): Promise<void> {
	if (subjects.length === 0) return;
	const usages = subjects.map((subject) => (subject.kind === "usage" ? subject.componentUsageUuid : null));
	const firings = subjects.map((subject) => (subject.kind === "firing" ? subject.policyFiringUuid : null));
	await tx.rows(sql`
		with own as materialized (select (pg_current_xact_id()::text)::bigint as "xid"), appended as (
			insert into "LogEntry" ("xid", "componentUsageUuid", "policyFiringUuid")
			select own."xid", usage, firing from own, unnest(${usages}::uuid[], ${firings}::uuid[]) with ordinality entry (usage, firing, place) order by place
			returning 1
		)
		select pg_notify(${logChannel}, '') from appended limit 1
	`);
}

/** What one statement numbers. */
const numberedAtOnce = 5_000;

/**
 * Gives numbers to all entries that are committed and have none: readers find entries by them alone. Ends early when another
 * caller does it at the moment, which announces it, and when the database takes no changes. Never within a transaction.
 */
export async function numberEntries(queries: Queries, atOnce: number = numberedAtOnce): Promise<void> {
	await numberAll(queries, atOnce).catch((error: unknown) => {
		if (!takesNoChanges(error)) throw error;
	});
}

async function numberAll(queries: Queries, atOnce: number): Promise<void> {
	for (;;) {
		const [row] = await queries.rows<{ count: number }>(sql`select "number_log_entries"(${atOnce}::int) as "count"`);
		if (row === undefined || row.count < atOnce) return;
	}
}

/** Reads and writes positions of this database's log. */
export async function readPositionCodec(queries: Queries): Promise<PositionCodec> {
	const [row] = await queries.rows<{ key: string }>(sql`select encode("key", 'hex') as "key" from "LogHead"`);
	if (row === undefined) throw new Error("The log has no head.");
	return createPositionCodec(Buffer.from(row.key, "hex"));
}

/** The position is of another history than this log's, or the log does not keep all that came after it: no follower can go on from it. */
export class LogTruncated extends Error {
	override readonly name = "LogTruncated";
}

interface EntryRow {
	readonly isGood: boolean;
	readonly number: string | null;
	readonly mark: string;
	readonly entryId: string | null;
	readonly policyFiringUuid: string | null;
	readonly componentUsageUuid: string | null;
	readonly age: number;
}

/** Whether a log goes on from the position: it has that number with that mark, or keeps everything from the beginning. */
const isGood = ({ number, mark }: Position) => sql`(
	exists (select from "LogNumber" where "number" = ${String(number)}::bigint and "mark" = ${String(mark)}::bigint)
	or exists (select from "LogHead" where "last" = ${String(number)}::bigint and "mark" = ${String(mark)}::bigint)
	or exists (select from "LogHead" where ${String(number)}::bigint = 0 and "pruned" = 0)
)`;

/** The next entries after the position. Throws LogTruncated when the log cannot go on from there. */
export async function entriesAfter(queries: Queries, position: Position, limit: number): Promise<LogEntry[]> {
	const after = String(position.number);
	const rows = await queries.rows<EntryRow>(sql`
		select ${isGood(position)} as "isGood", entry.* from (select) one left join lateral (
			select n."number", n."mark", e."id" as "entryId", e."policyFiringUuid", e."componentUsageUuid",
				extract(epoch from clock_timestamp() - e."created")::float8 as "age"
			from "LogNumber" n left join "LogEntry" e on e."id" = n."entryId"
			where n."number" > ${after}::bigint order by n."number" limit ${limit}::int
		) entry on true order by entry."number"
	`);
	if (rows[0]?.isGood !== true) throw new LogTruncated();
	const now = performance.now();
	return rows.flatMap(({ number, mark, entryId, age, ...subject }) => {
		if (number === null) return [];
		if (entryId === null) throw new LogTruncated(); // a version before this one prunes entries without their numbers
		return [{ position: { number: BigInt(number), mark: BigInt(mark) }, written: now - age * 1_000, ...subjectOf(subject) }];
	});
}

function subjectOf({ policyFiringUuid, componentUsageUuid }: Pick<EntryRow, "policyFiringUuid" | "componentUsageUuid">): LogSubject {
	return policyFiringUuid === null ? { kind: "usage", componentUsageUuid: componentUsageUuid ?? "" } : { kind: "firing", policyFiringUuid };
}

/** Whether the database takes no changes: then nothing is added to the log, though it can be read. */
export async function isReadOnly(queries: Queries): Promise<boolean> {
	const [row] = await queries.rows<{ readOnly: boolean }>(sql`
		select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean as "readOnly"
	`);
	return row?.readOnly === true;
}

/** The position of the last entry: what comes later is live. */
export async function endOfLog(queries: Queries): Promise<Position> {
	const [row] = await queries.rows<{ last: string; mark: string }>(sql`select "last", "mark" from "LogHead"`);
	if (row === undefined) throw new Error("The log has no head.");
	return { number: BigInt(row.last), mark: BigInt(row.mark) };
}

/** Whether the log goes on from the position. */
export async function goesOnFrom(queries: Queries, position: Position): Promise<boolean> {
	const [row] = await queries.rows<{ isGood: boolean }>(sql`select ${isGood(position)} as "isGood"`);
	return row?.isGood === true;
}

/**
 * Where the log has the firings, by their uuids; those that it does not keep any more are missing. Numbers those that a call has
 * just appended; when another caller does, waits for it for a moment.
 */
export async function positionsOfFirings(queries: Queries, firingUuids: readonly string[]): Promise<Map<string, Position>> {
	const positions = new Map<string, Position>();
	for (let look = 0; look < looks; look++) {
		const rows = await queries.rows<{ policyFiringUuid: string; number: string | null; mark: string }>(sql`
			select e."policyFiringUuid", n."number", n."mark" from "LogEntry" e left join "LogNumber" n on n."entryId" = e."id"
			where e."policyFiringUuid" = any(${[...firingUuids]}::uuid[])
		`);
		for (const { policyFiringUuid, number, mark } of rows) if (number !== null) positions.set(policyFiringUuid, { number: BigInt(number), mark: BigInt(mark) });
		if (rows.every(({ number }) => number !== null)) return positions;
		if (look > 0) await pause(betweenLooks);
		await numberAll(queries, numberedAtOnce); // throws on a database that takes no changes
	}
	throw Object.assign(new Error("Entries of the log are not numbered yet."), { code: "57014" });
}

/** How often numbers of entries are looked for, and the pause between two looks in milliseconds. */
const looks = 50;
const betweenLooks = 10;

/** Removes the entries that were written before the moment: no follower can go on from a position before them any more. */
export async function pruneLog(queries: Queries, before: Date): Promise<void> {
	while ((await pruneSome(queries, before)) === prunedAtOnce);
}

/** What one statement removes, so that it stays short. */
const prunedAtOnce = 5_000;

async function pruneSome(queries: Queries, before: Date): Promise<number> {
	const [row] = await queries.rows<{ count: number }>(sql`
		with last as (
			select "number" from (
				select n."number", e."created" from "LogNumber" n left join "LogEntry" e on e."id" = n."entryId" order by n."number" limit ${prunedAtOnce}::int
			) oldest where "created" is null or "created" < ${before}::timestamptz order by "number" desc limit 1
		), old as (
			select n."number", n."entryId" from "LogNumber" n, last where n."number" <= last."number"
		), entries as (
			delete from "LogEntry" e using old where e."id" = old."entryId" returning 1
		), numbers as (
			-- The last one stays: readers go on from it.
			delete from "LogNumber" n using last where n."number" < last."number"
		), moved as (
			update "LogHead" set "pruned" = greatest("pruned", last."number") from last
		)
		select count(*)::int as "count" from old
	`);
	return row?.count ?? 0;
}
