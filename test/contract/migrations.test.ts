import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { readMigrations } from "../../src/database/migration-files.ts";
import { applyMigrations } from "../../src/database/migrations.ts";
import { openPGlite } from "../../src/database/pglite.ts";
import { pendingMigration } from "../../src/database/schema-drift.ts";
import { raw, sql } from "../../src/database/sql.ts";
import { calendarDates } from "../../src/generated/calendar-dates.ts";
import { freshDatabase } from "../support/database.ts";

let database: Database;

beforeAll(async () => {
	database = await freshDatabase("empty");
});

afterAll(() => database.close());

describe("the migrations", () => {
	test("lead to the schema", async () => {
		const scratch = await openPGlite();
		expect(await pendingMigration(scratch).finally(() => scratch.close())).toBeUndefined();
	});

	/** Tables of which a migration has rewritten every row anyway. */
	const rewritten = ["Notification"];

	test("build no index over a table that was there before: prisma/indexes.sql does", async () => {
		const recent = (await readMigrations()).filter(({ name }) => name >= "20261130");
		const held = recent.flatMap(({ name, script }) => {
			const own = [...[...script.matchAll(/CREATE TABLE "(\w+)"/gi)].map(([, table]) => table), ...rewritten];
			const indexed = [...script.matchAll(/CREATE (?:UNIQUE )?INDEX (?:IF NOT EXISTS )?"\w+" ON "(\w+)"/gi)].map(([, table]) => table);
			return indexed.filter((table) => !own.includes(table)).map((table) => `${name}: ${table}`);
		});
		expect(held).toEqual([]);
	});

	test("have calendar dates where the types of rows do", async () => {
		const columns = await database.rows<{ table: string; column: string }>(sql`
			select table_name as "table", column_name as "column" from information_schema.columns where table_schema = 'public' and data_type = 'date' order by 1, 2
		`);
		const typed = Object.entries(calendarDates).flatMap(([table, dates]) => dates.map((column) => ({ table, column })));
		const named = ({ table, column }: { table: string; column: string }) => `${table}.${column}`;
		expect(typed.map(named).sort(), "columns that src/database/model.ts reads as dates").toEqual(columns.map(named).sort());
	});

	test("are applied once", async () => {
		expect(await applyMigrations(database)).toEqual([]);
	});

	test("leave no lock behind that another process would wait for, and can be applied again", async () => {
		expect(await applyMigrations(database)).toEqual([]);
		const held = sql`
			select 1 from pg_locks where "locktype" = 'advisory' and "database" = (select oid from pg_database where datname = current_database())
		`;
		// A server ends a closed connection, and its locks, a moment later. The embedded database's one connection keeps them.
		if (database.engine === "PostgreSQL") await expect.poll(() => database.rows(held)).toEqual([]);
	});
});

describe("the database itself refuses", () => {
	const refused: [string, string][] = [
		["a negative usage", `insert into "ComponentUserUsage" ("componentUsageUuid", "username", "usage") values (gen_random_uuid(), 'x', -1)`],
		["a usage that is no number", `insert into "ComponentUserUsage" ("componentUsageUuid", "username", "usage") values (gen_random_uuid(), 'x', 'NaN')`],
		["an empty username", `insert into "ComponentUserUsage" ("componentUsageUuid", "username", "usage") values (gen_random_uuid(), '', 1)`],
		["a policy without actions", `insert into "OfferingUsagePolicy" ("scopeUuid", "actions") values (gen_random_uuid(), '{}')`],
		["a log entry about nothing", `insert into "LogEntry" ("xid") values (1)`],
		[
			"a component type with a space",
			`insert into "OfferingComponent" ("offeringUuid", "type", "name", "billingType") values (gen_random_uuid(), 'a b', 'x', 'USAGE')`,
		],
	];

	test.each(refused)("%s", async (_case, statement) => {
		await expect(database.rows(raw(statement))).rejects.toThrow(/check constraint/);
	});

	test("a billing month that does not begin on its first day", async () => {
		const statement = sql`
			insert into "ComponentUsage" ("resourceUuid", "componentUuid", "offeringUuid", "projectUuid", "customerUuid", "type", "usage", "date", "billingPeriod")
			select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'cpu', 1, now(), '2017-01-02'`;
		await expect(database.rows(statement)).rejects.toThrow(/ComponentUsage_billingPeriod_check/);
	});
});
