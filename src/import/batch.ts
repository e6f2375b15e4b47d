import type { Queries } from "../database/database.ts";
import type { ListImport, Refusal, Row, TableImport, WritableRecord } from "./list.ts";
import { lockStatement, planAnew, removeStatement, type Written, writeStatement } from "./statement.ts";

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
export async function writeBatch(tx: Queries, list: ListImport, records: readonly WritableRecord[]): Promise<BatchResult> {
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
		const placed = placedIn(records, position).filter(({ record }) => outcomes[record] !== "refused");
		if (table.lockedFirst) await tx.rows(lockStatement(table, asJson(placed)));
		for (const round of rounds(table, placed)) {
			await tx.rows(planAnew);
			for (const { ordinal, field, reason, created, later: value } of await tx.rows<Written>(writeStatement(table, asJson(round)))) {
				const at = round[ordinal];
				if (at === undefined) continue;
				if (reason !== null) {
					if (own) outcomes[at.record] = "refused";
					refusals.push({ list: list.name, uuid: records[at.record]?.uuid ?? null, field: at.row.path + field, reason });
					continue;
				}
				if (created !== null) changed(at.record, created);
				const { uuid } = at.row.values;
				if (table.changedLater !== undefined && typeof uuid === "string") later.push([uuid, value ?? undefined]);
			}
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
