import { randomUUID } from "node:crypto";
import type { Queries } from "../../src/database/database.ts";
import { list, name, sql } from "../../src/database/sql.ts";

/** Puts a row into a table and answers its uuid, made when the row has none. */
export async function insert(queries: Queries, table: string, row: Record<string, unknown>): Promise<string> {
	const uuid = (row["uuid"] as string | undefined) ?? randomUUID();
	await insertRow(queries, table, { uuid, ...row });
	return uuid;
}

/** Puts a row into a table that has no uuid of its own. */
export async function insertRow(queries: Queries, table: string, row: Record<string, unknown>): Promise<void> {
	const columns = Object.keys(row).map(name);
	const values = Object.values(row).map((value) => sql`${value}`);
	await queries.rows(sql`insert into ${name(table)} (${list(columns)}) values (${list(values)})`);
}
