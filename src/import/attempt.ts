import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { type BatchResult, type ReadSoFar, writeBatch } from "./batch.ts";
import type { ImportOptions } from "./import-types.ts";
import type { Attempt, ListImport, WritableRecord } from "./list.ts";

export async function withSavepoint<Result>(tx: Queries, work: (tx: Queries) => Promise<Result>): Promise<Result> {
	await tx.rows(sql`savepoint batch`);
	try {
		const result = await work(tx);
		await tx.rows(sql`release savepoint batch`);
		return result;
	} catch (error) {
		await tx.rows(sql`rollback to savepoint batch`);
		throw error;
	}
}

/** Writes the records; when the database refuses the statement, writes them in halves until the one is found that it refuses. */
export async function writeOrSplit(
	list: ListImport,
	records: readonly WritableRecord[],
	attempt: Attempt,
	read: ReadSoFar,
	around: ImportOptions["around"] = (_tx, _list, all, write) => write(all),
): Promise<BatchResult> {
	const write = () => attempt((tx) => around(tx, list.name, records, (some) => writeBatch(tx, list, some, read)));
	try {
		// Another batch that is written at once may have had the same row: what it has stored is seen now.
		return await write().catch((error: unknown) => (records.length === 1 && isTaken(error) ? write() : Promise.reject(error)));
	} catch (error) {
		const reason = dataError(error);
		if (reason === undefined) throw error;
		if (records.length === 1) {
			return { outcomes: ["refused"], refusals: [{ list: list.name, uuid: records[0]?.uuid ?? null, field: "", reason }], later: [] };
		}
	}
	const half = Math.ceil(records.length / 2);
	const first = await writeOrSplit(list, records.slice(0, half), attempt, read, around);
	const second = await writeOrSplit(list, records.slice(half), attempt, read, around);
	return { outcomes: [...first.outcomes, ...second.outcomes], refusals: [...first.refusals, ...second.refusals], later: [...first.later, ...second.later] };
}

/** Data exceptions, integrity violations and exceeded limits. */
const causedByData = /^(2[123]|54)/;

const isTaken = (error: unknown): boolean => sqlState(error) === "23505";

/** The message of an error that the data caused, undefined for every other. */
function dataError(error: unknown): string | undefined {
	return error instanceof Error && causedByData.test(sqlState(error)) ? error.message : undefined;
}

const sqlState = (error: unknown): string => (error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "");
