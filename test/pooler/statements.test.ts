import { setMaxListeners } from "node:events";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { Abandoned } from "../../src/database/caller.ts";
import type { Database } from "../../src/database/database.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { sql } from "../../src/database/sql.ts";
import { bareDatabase, urlOf } from "../support/database.ts";
import { isPgbouncerInstalled, type Pooler, type PoolMode, startPgbouncer } from "../support/pgbouncer.ts";
import { patient } from "../support/templates.setup.ts";

const isLeftOut = inject("templates").engine === "PGlite" || !isPgbouncerInstalled();

/** How long a statement may take, in milliseconds; and one that takes longer. */
const bound = 700;
const tooSlow = sql`select pg_sleep(30)`;

describe.skipIf(isLeftOut).each<[PoolMode]>([["transaction"], ["session"]])(
	"statements by way of PgBouncer in %s mode (skipped without PostgreSQL or pgbouncer)",
	(mode) => {
		let own: Database;
		let direct: string;
		let pooler: Pooler;
		let database: Database;
		/** The same, whose statements have little time. */
		let hasty: Database;

		beforeAll(async () => {
			own = await bareDatabase();
			direct = await urlOf(own);
			pooler = await startPgbouncer(mode, direct);
			const options = mode === "transaction" ? { listenUrl: direct, preparedStatements: false } : {};
			database = await openPostgres(pooler.url, { ...options, waits: patient });
			hasty = await openPostgres(pooler.url, { ...options, waits: { ...patient, statement: bound, idleInTransaction: bound } });
			await database.rows(sql`create table "Kept" ("value" int primary key)`);
		});
		afterAll(async () => {
			await database.close();
			await hasty.close();
			await pooler.stop();
			await own.close();
		});

		const running = async (statement: string) =>
			(
				await own.rows(
					sql`select from pg_stat_activity where "datname" = current_database() and "state" = 'active' and "query" like ${`%${statement}%`} and "pid" <> pg_backend_pid()`,
				)
			).length;

		test("that take longer than they may are ended by the server, alone and in a transaction", async () => {
			await expect(hasty.rows(tooSlow)).rejects.toMatchObject({ code: "57014" });
			await expect(hasty.transaction((tx) => tx.rows(tooSlow))).rejects.toMatchObject({ code: "57014" });
			expect(await hasty.rows(sql`select ${"on"} as "goes"`)).toEqual([{ goes: "on" }]);
		});

		test("may be paused within a transaction for as long as is said, and no longer", async () => {
			const paused = hasty.transaction(async (tx) => {
				await tx.rows(sql`insert into "Kept" values (1)`);
				await own.rows(sql`select pg_sleep(${(3 * bound) / 1_000})`);
				await tx.rows(sql`select 1`);
			});
			await expect(paused).rejects.toMatchObject({ code: expect.stringMatching(/^(25P03|ETIMEDOUT)$/) }); // the connection was closed
			expect(await own.rows(sql`select from "Kept"`)).toEqual([]);
		});

		test("leave no bound behind for the next client of the pooler", async () => {
			await hasty.rows(sql`select 1`);
			await hasty.transaction((tx) => tx.rows(sql`select 1`));
			const clients = Array.from({ length: 20 }, () => new pg.Client({ connectionString: pooler.url }));
			await Promise.all(clients.map((client) => client.connect()));
			const shown = await Promise.all(clients.map((client) => client.query("select current_setting('statement_timeout') as bound, pg_sleep(0.05)")));
			await Promise.all(clients.map((client) => client.end()));
			expect(shown.flatMap(({ rows }) => rows.map((row: { bound: string }) => row.bound))).toEqual(clients.map(() => "0"));
		});

		test("are answered each its own, many at once, also after one that fails", async () => {
			const answers = await Promise.all(
				Array.from({ length: 300 }, async (_, number) => {
					if (number % 10 === 3) return database.rows(sql`select 1 / ${0}::int`).catch((error: { code: string }) => error.code);
					if (number % 10 === 7) return database.transaction((tx) => tx.tuples(sql`select ${number}::int`));
					return number % 2 === 0
						? database.rows(sql`select ${number}::int as "number"`)
						: database.tuples(sql`select ${number}::int, ${"x"}::text where ${number} > 0`);
				}),
			);
			expect(answers).toEqual(
				Array.from({ length: 300 }, (_, number) => {
					if (number % 10 === 3) return "22012";
					if (number % 10 === 7) return [[number]];
					return number % 2 === 0 ? [{ number }] : [[number, "x"]];
				}),
			);
		});

		test("are cancelled when nobody waits for them, and the connection goes on", async () => {
			const leaving = new AbortController();
			const caller = database.onBehalfOf({ key: "one", viewer: "a token", abandoned: leaving.signal, took: () => {} });
			const asked = caller.rows(sql`select pg_sleep(100), 'abandoned'`);
			await expect.poll(() => running("abandoned")).toBe(1);
			leaving.abort();
			await expect(asked).rejects.toThrow(Abandoned);
			await expect.poll(() => running("abandoned")).toBe(0);
			expect(await Promise.all(Array.from({ length: 30 }, () => database.tuples(sql`select 1`)))).toEqual(Array(30).fill([[1]]));
		});

		test("of a token leave places to others, as without a pooler", async () => {
			const leaving = new AbortController();
			setMaxListeners(30, leaving.signal);
			const greedy = database.onBehalfOf({ key: "greedy", viewer: "a token", abandoned: leaving.signal, took: () => {} });
			const asked = Array.from({ length: 30 }, () => greedy.rows(sql`select pg_sleep(100), 'greedy'`).catch(() => {}));
			await expect.poll(() => running("greedy")).toBe(5);
			expect(await database.onBehalfOf({ key: "modest", viewer: "a token", took: () => {} }).tuples(sql`select 2`)).toEqual([[2]]);
			leaving.abort();
			await Promise.all(asked);
		});

		test("reach who listens, and hold what a session holds", async () => {
			let heard: (payload: string) => void = () => {};
			const told = new Promise<string>((resolve) => {
				heard = resolve;
			});
			const stop = await database.listen("changes", heard);
			await database.rows(sql`select pg_notify('changes', 'now')`);
			expect(await told).toBe("now");
			await stop();

			const isFree = () => database.tuples(sql`select pg_try_advisory_xact_lock(7)`);
			await database.withSession(async (session) => {
				await session.rows(sql`select pg_advisory_lock(7)`);
				expect(await isFree()).toEqual([[false]]);
				expect(await session.tuples(sql`select pg_advisory_unlock(7)`)).toEqual([[true]]);
			});
			expect(await isFree()).toEqual([[true]]);
		});

		test("answer in the words of a database that is away when it is", async () => {
			const asked = database.rows(tooSlow).catch((error: unknown) => error);
			await expect.poll(() => running("pg_sleep(30)")).toBe(1);
			await own.rows(
				sql`select pg_terminate_backend("pid") from pg_stat_activity where "datname" = current_database() and "query" like '%pg_sleep(30)%' and "pid" <> pg_backend_pid()`,
			);
			expect(await asked).toMatchObject({ code: expect.stringMatching(/^(57P0[123]|08\d{3}|ETIMEDOUT|ECONNRESET)$/) });
			expect(await database.tuples(sql`select 1`)).toEqual([[1]]);
		});

		test.runIf(mode === "transaction")("are not prepared where the pooler does not keep them", async () => {
			for (let number = 0; number < 3; number++) await database.rows(sql`select ${number}::int`);
			expect(await database.rows(sql`select "statement" from pg_prepared_statements`)).toEqual([]);
		});
	},
);
