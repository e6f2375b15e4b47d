import type { Database } from "../../src/database/database.ts";
import { name, raw, sql } from "../../src/database/sql.ts";

/**
 * Fills a table without its indexes and constraints, and makes them again: many times as fast. `isBare` leaves references and what
 * triggers write out for good, for a database that is only read.
 */
export async function inBulk(database: Database, table: string, work: () => Promise<void>, isBare = false): Promise<void> {
	const constraints = await database.rows<{ constraint: string; table: string; definition: string }>(sql`
		select c.conname as "constraint", c.conrelid::regclass::text as "table", pg_get_constraintdef(c.oid) as "definition"
		from pg_constraint c where ${`"${table}"`}::regclass in (c.conrelid, c.confrelid) and c.contype in ('f', 'p', 'u') order by c.contype = 'f', c.conname
	`);
	const drop = [...constraints].reverse().map((one) => raw(`alter table ${one.table} drop constraint "${one.constraint}"`));
	for (const statement of drop) await database.rows(statement);
	const indexes = await database.rows<{ name: string; definition: string }>(sql`
		select indexname as "name", indexdef as "definition" from pg_indexes where schemaname = 'public' and tablename = ${table}
	`);
	for (const index of indexes) await database.rows(sql`drop index ${name(index.name)}`);
	if (isBare) await database.rows(sql`alter table ${name(table)} disable trigger user`);
	await work();
	if (isBare) await database.rows(sql`alter table ${name(table)} enable trigger user`);
	for (const index of indexes) await database.rows(raw(index.definition));
	const made = constraints.filter(({ definition }) => !isBare || !definition.startsWith("FOREIGN KEY"));
	for (const one of made) await database.rows(raw(`alter table ${one.table} add constraint "${one.constraint}" ${one.definition}`));
}
