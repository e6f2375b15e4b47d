import type { Queries } from "../database/database.ts";
import { quoted, raw, type Sql, sql } from "../database/sql.ts";
import type { ListImport, Refusal, Row, TableImport, WritableRecord } from "./list.ts";
import type { SeenKeys } from "./seen-keys.ts";
import { joinStatement, lockStatement, planAnew, removeStatement, type Written, writeStatement } from "./statement.ts";

/** What became of one record. */
export type Outcome = "created" | "updated" | "unchanged" | "refused";

export interface BatchResult {
	/** One outcome per record, in their order. */
	readonly outcomes: readonly Outcome[];
	readonly refusals: readonly Refusal[];
	/** For each row with a flag that is changed later, by uuid, what that is to be; undefined where it is so already. */
	readonly later: readonly (readonly [uuid: string, value: boolean | undefined])[];
}

interface Placed {
	/** Which record of the batch the row belongs to. */
	readonly record: number;
	readonly row: Row;
}

/** Writes the records of one list in the given transaction. Refused rows are left out; SQL errors are thrown. */
export async function writeBatch(tx: Queries, list: ListImport, records: readonly WritableRecord[], read: ReadSoFar): Promise<BatchResult> {
	const outcomes: Outcome[] = records.map(() => "unchanged");
	const refusals: Refusal[] = [];
	const later: [string, boolean | undefined][] = [];
	for (const [position, table] of list.tables.entries()) {
		const own = position === 0;
		const changed = (record: number, created: boolean) => {
			if (own && created) outcomes[record] = "created";
			else if (outcomes[record] === "unchanged") outcomes[record] = "updated";
		};
		// Parts of a refused record have nothing to belong to.
		const given = placedIn(records, position).filter(({ record }) => outcomes[record] !== "refused");
		const placed = table.namesSummed === undefined ? given : await namingWholes(tx, table.namesSummed, given);
		if (table.freedFirst !== undefined) await tx.rows(table.freedFirst(asJson(placed)));
		if (table.lockedFirst) await tx.rows(lockStatement(table, asJson(placed)));
		for (const round of rounds(table, placed)) {
			const refuse = (at: Placed, field: string | null, reason: string) => {
				if (own) outcomes[at.record] = "refused";
				refusals.push({ list: list.name, uuid: records[at.record]?.uuid ?? null, field: at.row.path + field, reason });
			};
			/** Writes the rows, and returns those that are left alone for what is stored. */
			const write = async (rows: readonly Placed[], statement: (rows: string) => Sql): Promise<Met[]> => {
				if (rows.length === 0) return [];
				const met: Met[] = [];
				await tx.rows(planAnew);
				for (const { ordinal, field, reason, created, later: value, ...found } of await tx.rows<Written>(statement(asJson(rows)))) {
					const at = rows[ordinal];
					if (at === undefined) continue;
					if (reason !== null) refuse(at, field, reason);
					else if (found.same !== null || found.partOf !== null) met.push({ ...found, at });
					else if (created !== null) changed(at.record, created);
					const { uuid } = at.row.values;
					if (reason === null && table.changedLater !== undefined && typeof uuid === "string") later.push([uuid, value ?? undefined]);
				}
				return met;
			};
			const { again, joining, refused } = decided(table, await write(round, (rows) => writeStatement(table, rows)), read);
			for (const { at, reason } of refused) refuse(at, "uuid", reason);
			await write(again, (rows) => writeStatement(table, rows));
			const { summed } = table;
			if (summed !== undefined) await write(joining, (rows) => joinStatement(table, summed, rows));
		}
		if (table.owner === undefined) continue;
		const owners = new Map(
			records.flatMap(({ parts }, record) =>
				outcomes[record] === "refused" ? [] : (parts[position]?.complete ?? []).map((owner) => [owner, record] as const),
			),
		);
		if (owners.size === 0) continue;
		await tx.rows(planAnew);
		const removed = await tx.rows<{ owner: string }>(removeStatement(table, table.owner, asJson(placed), [...owners.keys()]));
		for (const { owner } of removed) {
			const record = owners.get(owner);
			if (record !== undefined) changed(record, false);
		}
	}
	return { outcomes, refusals, later };
}

/** What has been read of the list. */
export interface ReadSoFar {
	readonly seen: SeenKeys;
	/** All of it has been read. */
	readonly isAll: boolean;
}

/** A row that is the same as stored ones, or a part of one. */
interface Met extends Pick<Written, "same" | "partOf" | "mayBeSummed"> {
	readonly at: Placed;
}

/** What becomes of rows that are what is stored under another uuid: the stored row's own record is still in the source, or it was made anew. */
function decided({ sameAs }: TableImport, met: readonly Met[], { seen, isAll }: ReadSoFar) {
	const again: Placed[] = [];
	const joining: Placed[] = [];
	const refused: { at: Placed; reason: string }[] = [];
	const replaced = new Set<string>();
	const as = ({ record, row }: Placed, decision: object): Placed => ({ record, row: { ...row, values: { ...row.values, ...decision } } });
	for (const { at, same, partOf, mayBeSummed } of met) {
		const gone = same?.find((uuid) => !seen.has(uuid) && !replaced.has(uuid));
		const [kept] = same ?? [];
		if (partOf !== null) joining.push(as(at, { joins: partOf }));
		else if (sameAs?.decidedLast === true && !isAll) refused.push({ at, reason: sameAs.reason });
		else if (gone !== undefined) {
			replaced.add(gone);
			again.push(as(at, { replaces: gone }));
		} else if (sameAs?.whenBoth === "apart") again.push(as(at, { apart: true }));
		else if (sameAs?.whenBoth === "summed" && mayBeSummed === true) joining.push(as(at, { joins: kept }));
		else refused.push({ at, reason: `${sameAs?.reason}: ${kept}` });
	}
	return { again, joining, refused };
}

/** The rows with the stored row in the place of a record that is a part of it. */
async function namingWholes(
	tx: Queries,
	{ column, summed: { parts, whole } }: NonNullable<TableImport["namesSummed"]>,
	placed: readonly Placed[],
): Promise<readonly Placed[]> {
	const named = [...new Set(placed.map(({ row }) => row.values[column]))];
	const wholes = new Map(
		(
			await tx.rows<{ uuid: string; whole: string }>(
				sql`select "uuid", ${raw(quoted(whole))} as "whole" from ${raw(quoted(parts))} where "uuid" = any(${named}::uuid[])`,
			)
		).map((row) => [row.uuid, row.whole]),
	);
	if (wholes.size === 0) return placed;
	return placed.map(({ record, row }) => {
		const found = wholes.get(String(row.values[column]));
		return { record, row: found === undefined ? row : { ...row, values: { ...row.values, [column]: found } } };
	});
}

/** The rows that the records bring for the list's table at that position. */
const placedIn = (records: readonly WritableRecord[], position: number): Placed[] =>
	records.flatMap(({ parts }, record) => (parts[position]?.rows ?? []).map((row) => ({ record, row })));

/** Whether two of the records bring a row for the same stored one: what becomes of the second depends on the first. */
export const rowsMeet = (list: ListImport, records: readonly WritableRecord[]): boolean =>
	list.tables.some((table, position) => rounds(table, placedIn(records, position)).length > 1);

/** Splits the rows so that no two of a round meet the same stored row: one statement cannot write a row twice. */
function rounds(table: TableImport, rows: readonly Placed[]): Placed[][] {
	const result: { seen: Set<string>; rows: Placed[] }[] = [];
	for (const placed of rows) {
		const identities = table.distinct.map((columns, index) => JSON.stringify([index, ...columns.map((column) => placed.row.values[column])]));
		// After the last round that holds any of its identities: rows keep their order.
		const last = result.findLastIndex(({ seen }) => identities.some((identity) => seen.has(identity)));
		const round = result[last + 1] ?? { seen: new Set<string>(), rows: [] };
		if (last + 1 === result.length) result.push(round);
		for (const identity of identities) round.seen.add(identity);
		round.rows.push(placed);
	}
	return result.map((round) => round.rows);
}

const asJson = (rows: readonly Placed[]) => JSON.stringify(rows.map(({ row }, ordinal) => ({ ordinal, ...row.values })));
