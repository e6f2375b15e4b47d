import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { raw, sql } from "../../src/database/sql.ts";
import { freshDatabase, urlOf } from "../support/database.ts";
import { patient } from "../support/templates.setup.ts";

/** What one connection's backend may take, in bytes. */
const maxMemory = 10_000_000;

describe.skipIf(inject("templates").engine !== "PostgreSQL")("a connection that is asked for ever other columns (skipped without PostgreSQL)", () => {
	let own: Database;
	let database: Database;

	/** Each time other ones, in a statement as reads are: with a parameter and a join. */
	const columnsOf = (number: number) =>
		Array.from({ length: 11 }, (_, bit) => ((number >> bit) & 1 ? `, t."created" as "c${bit}", r."name" as "n${bit}"` : "")).join("");
	const shape = (number: number) => sql`
		select t."uuid"${raw(columnsOf(number))} from "ComponentUsage" t left join "Resource" r on r."uuid" = t."resourceUuid"
		where t."resourceUuid" = any(${[]}::uuid[]) order by t."billingPeriod"
	`;
	const prepared = () => database.rows<{ statement: string }>(sql`select "statement" from pg_prepared_statements`);

	beforeAll(async () => {
		own = await freshDatabase("demo");
		database = await openPostgres(await urlOf(own), { connections: 1, waits: patient });
		for (let number = 0; number < 1_500; number++) await database.tuples(shape(number));
	});
	afterAll(async () => {
		await database.close();
		await own.close();
	});

	test("keeps two hundred of them prepared", async () => {
		expect(await prepared()).toHaveLength(200);
	});

	test("takes less than ten megabytes of the server", async () => {
		const [memory] = await database.rows<{ bytes: number }>(sql`select sum("total_bytes")::float8 as "bytes" from pg_backend_memory_contexts`);
		expect(memory?.bytes).toBeLessThan(maxMemory);
	});

	test("still answers what it has not kept, and keeps that instead of what was not asked for longest", async () => {
		const again = shape(0);
		expect(await database.tuples(again)).toEqual([]);
		expect((await prepared()).map(({ statement }) => statement)).toContain(again.text);
	});

	test("keeps what is asked all the time, whatever is asked in between", async () => {
		const often = sql`select 'often', ${1}::int`;
		for (let number = 0; number < 300; number++) {
			await database.tuples(shape(number));
			await database.tuples(often);
		}
		const [row] = await database.rows<{ plans: number }>(sql`
			select ("generic_plans" + "custom_plans")::int as "plans" from pg_prepared_statements where "statement" = ${often.text}
		`);
		expect(row?.plans).toBe(300);
	});
});
