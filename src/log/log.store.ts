import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";

/** The channel on which a grown log is announced: one notification a transaction, without content. */
export const logChannel = "usage_gateway_log";

/**
 * Where an entry stands in the log: by transaction, then within it. Opaque to clients. Only entries of transactions that
 * every snapshot sees are read, so nothing can appear before a position that was given out.
 */
export interface Position {
	readonly xid: bigint;
	readonly id: bigint;
}

export const printedPosition = ({ xid, id }: Position): string => `${xid.toString(36)}.${id.toString(36)}`;

/** The position in the text, or undefined when it is none. */
export function parsedPosition(text: string): Position | undefined {
	const [, xid, id] = /^([0-9a-z]{1,13})\.([0-9a-z]{1,13})$/.exec(text) ?? [];
	if (xid === undefined || id === undefined) return undefined;
	const position = { xid: fromBase36(xid), id: fromBase36(id) };
	return position.xid <= lastId && position.id <= lastId ? position : undefined;
}

/** The largest bigint that PostgreSQL stores. */
const lastId = 2n ** 63n - 1n;

const fromBase36 = (text: string): bigint => [...text].reduce((value, digit) => value * 36n + BigInt(Number.parseInt(digit, 36)), 0n);

export const isAfter = (one: Position, other: Position): boolean => one.xid > other.xid || (one.xid === other.xid && one.id > other.id);

/** What an entry is about: a policy turned, or usage was reported. */
export type LogSubject = { kind: "firing"; policyFiringUuid: string } | { kind: "usage"; componentUsageUuid: string };

/** An entry, and how old it was when it was read, in seconds. */
export type LogEntry = LogSubject & { readonly position: Position; readonly age: number };

/** Appends entries in order and announces them. The last write of a transaction; nothing to append, nothing announced. */
export async function appendToLog(tx: Queries, subjects: readonly LogSubject[]): Promise<void> {
	if (subjects.length === 0) return;
	const usages = subjects.map((subject) => (subject.kind === "usage" ? subject.componentUsageUuid : null));
	const firings = subjects.map((subject) => (subject.kind === "firing" ? subject.policyFiringUuid : null));
	await tx.rows(sql`
		with appended as (
			insert into "LogEntry" ("componentUsageUuid", "policyFiringUuid")
			select usage, firing from unnest(${usages}::uuid[], ${firings}::uuid[]) with ordinality entry (usage, firing, place) order by place
			returning 1
		)
		select pg_notify(${logChannel}, '') from appended limit 1
	`);
}

type EntryRow = { xid: string; id: string; policyFiringUuid: string | null; componentUsageUuid: string | null; age: number };

/** The next entries after the position that no transaction still under way can precede. */
export async function entriesAfter(queries: Queries, { xid, id }: Position, limit: number): Promise<LogEntry[]> {
	const rows = await queries.rows<EntryRow>(sql`
		select "xid", "id", "policyFiringUuid", "componentUsageUuid", extract(epoch from clock_timestamp() - "created")::float8 as "age" from "LogEntry"
		where ("xid", "id") > (${String(xid)}::bigint, ${String(id)}::bigint)
			and "xid" < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint
		order by "xid", "id" limit ${limit}::int
	`);
	return rows.map((row) => ({ position: { xid: BigInt(row.xid), id: BigInt(row.id) }, age: row.age, ...subjectOf(row) }));
}

function subjectOf({ policyFiringUuid, componentUsageUuid }: EntryRow): LogSubject {
	return policyFiringUuid === null ? { kind: "usage", componentUsageUuid: componentUsageUuid ?? "" } : { kind: "firing", policyFiringUuid };
}

/** Whether the database takes no changes: then nothing is added to the log, though it can be read. */
export async function isReadOnly(queries: Queries): Promise<boolean> {
	const [row] = await queries.rows<{ readOnly: boolean }>(sql`
		select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean as "readOnly"
	`);
	return row?.readOnly === true;
}

/** The position behind everything that is in the log for good: what comes later is live. */
export async function endOfLog(queries: Queries): Promise<Position> {
	const [row] = await queries.rows<{ xid: string }>(sql`select (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint - 1 as "xid"`);
	return { xid: BigInt(row?.xid ?? 0), id: lastId };
}

/**
 * Whether everything after the position is in the log. Not when a transaction that far has not begun, for then it is of
 * another database, or of one that was restored; nor when entries after it were let go.
 */
export async function reachesBackTo(queries: Queries, { xid, id }: Position): Promise<boolean> {
	const [row] = await queries.rows<{ reaches: boolean }>(sql`
		select ${String(xid)}::numeric < (pg_snapshot_xmax(pg_current_snapshot())::text)::numeric
			and not exists (select from "LogHorizon" h where (h."xid", h."id") > (${String(xid)}::bigint, ${String(id)}::bigint)) as "reaches"
	`);
	return row?.reaches === true;
}

/** Lets go of the entries that were written before the moment: nobody can go on from a position before them any more. */
export async function letGoOfEntries(queries: Queries, before: Date): Promise<void> {
	while ((await letGoOfSome(queries, before)) === entriesAtOnce);
}

/** What one statement lets go of, so that it stays short. */
const entriesAtOnce = 5_000;

async function letGoOfSome(queries: Queries, before: Date): Promise<number> {
	const [row] = await queries.rows<{ count: number }>(sql`
		with last as (
			select "xid", "id" from (
				select "xid", "id", "created" from "LogEntry" order by "xid", "id" limit ${entriesAtOnce}::int
			) oldest where "created" < ${before}::timestamptz order by "xid" desc, "id" desc limit 1
		), gone as (
			delete from "LogEntry" l using last where (l."xid", l."id") <= (last."xid", last."id") returning 1
		), moved as (
			insert into "LogHorizon" ("only", "xid", "id") select true, "xid", "id" from last
			on conflict ("only") do update set "xid" = excluded."xid", "id" = excluded."id"
			where ("LogHorizon"."xid", "LogHorizon"."id") < (excluded."xid", excluded."id")
		)
		select count(*)::int as "count" from gone
	`);
	return row?.count ?? 0;
}
