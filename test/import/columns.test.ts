import { expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { listImports } from "../../src/import/lists.ts";
import { withSource } from "../../src/import/statement.ts";
import { freshDatabase } from "../support/database.ts";

/** Columns that the import does not write, and why. */
const unwritten: Readonly<Record<string, string>> = {
	"ComponentUsage.modifiedByUuid": "who reported it here; Waldur does not say who did there",
	"ComponentUsage.planPeriodUuid": "Waldur's records name no plan period",
	"ComponentUsage.projectIsRemoved": "triggers write it",
	"Resource.projectIsRemoved": "triggers write it",
};

/** The database makes these of rows whose source has none. */
const made = new Set(["uuid", "created", "modified"]);

test("the import writes every column of what it imports, or a reason says why not", async () => {
	const database = await freshDatabase("empty");
	const stored = await database.rows<{ table: string; column: string }>(sql`
		select c."relname"::text as "table", a."attname"::text as "column" from pg_class c
		join pg_attribute a on a."attrelid" = c."oid" and a."attnum" > 0 and not a."attisdropped"
		where c."relnamespace" = 'public'::regnamespace and c."relkind" = 'r'
	`);
	await database.close();
	const tables = listImports("UTC").flatMap((list) => list.tables.map((table) => withSource(table, 1)));
	const imported = new Set(tables.map(({ table }) => table));
	const written = new Set(tables.flatMap(({ table, columns }) => Object.keys(columns).map((column) => `${table}.${column}`)));
	const missing = stored
		.filter(({ table, column }) => imported.has(table) && !made.has(column))
		.map(({ table, column }) => `${table}.${column}`)
		.filter((column) => !written.has(column));

	expect(missing.sort()).toEqual(Object.keys(unwritten).sort());
});
