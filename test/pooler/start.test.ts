import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { parseConfig } from "../../src/config.ts";
import type { Database } from "../../src/database/database.ts";
import { openDatabase } from "../../src/database/open.ts";
import { exitCodes, Failure } from "../../src/shared/failure.ts";
import { endProcesses, run, type Settings, startService } from "../command/process.ts";
import { bareDatabase, urlOf } from "../support/database.ts";
import { isPgbouncerInstalled, type Pooler, startPgbouncer } from "../support/pgbouncer.ts";

const isLeftOut = inject("templates").engine === "PGlite" || !isPgbouncerInstalled();

describe.skipIf(isLeftOut)("a start behind PgBouncer (skipped without PostgreSQL or pgbouncer)", () => {
	let database: Database;
	let another: Database;
	let poolers: Record<"transaction" | "session" | "statement", Pooler>;
	/** As every command does it. */
	const open = async (settings: Settings) => (await openDatabase(parseConfig(settings).database)).close();
	let [direct, elsewhere] = ["", ""];

	beforeAll(async () => {
		database = await bareDatabase();
		another = await bareDatabase();
		[direct, elsewhere] = [await urlOf(database), await urlOf(another)];
		const [transaction, session, statement] = await Promise.all([
			startPgbouncer("transaction", direct),
			startPgbouncer("session", direct),
			startPgbouncer("transaction", direct, { pool_mode: "statement" }),
		]);
		poolers = { transaction, session, statement };
	});
	afterAll(async () => {
		await endProcesses();
		for (const pooler of Object.values(poolers)) await pooler.stop();
		await database.close();
		await another.close();
	});

	const noSessions =
		"The pooler of DATABASE_URL is in transaction mode, in which nothing can be listened to: set DATABASE_LISTEN_URL to the address of the server itself, or its pool_mode to session.";

	test.each<[string, () => Settings, string]>([
		["a pooler in transaction mode without an address to listen at", () => ({ DATABASE_URL: poolers.transaction.url }), noSessions],
		[
			"the same pooler as the address to listen at",
			() => ({ DATABASE_URL: direct, DATABASE_LISTEN_URL: poolers.transaction.url }),
			"The pooler of DATABASE_LISTEN_URL is in transaction mode, in which nothing can be listened to: set DATABASE_LISTEN_URL to the address of the server itself.",
		],
		[
			"a pooler that does not keep prepared statements",
			() => ({ DATABASE_URL: poolers.transaction.url, DATABASE_LISTEN_URL: direct }),
			"The pooler of DATABASE_URL does not keep prepared statements in transaction mode: set PREPARED_STATEMENTS=off, or max_prepared_statements of PgBouncer 1.21 or newer.",
		],
		[
			"a pooler in statement mode",
			() => ({ DATABASE_URL: poolers.statement.url, DATABASE_LISTEN_URL: direct, PREPARED_STATEMENTS: "off" }),
			"The pooler of DATABASE_URL is in statement mode, which knows no transactions: set its pool_mode to transaction, with DATABASE_LISTEN_URL, or to session.",
		],
		[
			"another database to listen at",
			() => ({ DATABASE_URL: poolers.transaction.url, DATABASE_LISTEN_URL: elsewhere, PREPARED_STATEMENTS: "off" }),
			"DATABASE_LISTEN_URL is another database than DATABASE_URL: set both to the same database of the same server.",
		],
		[
			"nobody at the address to listen at",
			() => ({ DATABASE_URL: direct, DATABASE_LISTEN_URL: "postgresql://gateway:s3cret@127.0.0.1:2/usage" }),
			"The database 127.0.0.1:2/usage of DATABASE_LISTEN_URL cannot be used: connect ECONNREFUSED 127.0.0.1:2",
		],
	])("is refused with %s", async (_what, settings, message) => {
		await expect(open(settings())).rejects.toEqual(new Failure(message, exitCodes.databaseUnavailable));
	});

	test("is refused in one line, with 69, by the service and its commands alike", async () => {
		const expected = { exitCode: exitCodes.databaseUnavailable, stdout: "", stderr: `${noSessions}\n` };
		expect(await run("service", { PORT: "0", LOG: "off", DATABASE_URL: poolers.transaction.url })).toEqual(expected);
		expect(await run("token", { LOG: "off", DATABASE_URL: poolers.transaction.url }, "list")).toEqual(expected);
	});

	test("waits for no notification where it sees that connections share those of the server", async () => {
		const timed = async (settings: Settings) => {
			const begun = performance.now();
			await expect(open(settings)).rejects.toThrow();
			return performance.now() - begun;
		};
		const waited = await timed({ DATABASE_URL: direct, DATABASE_LISTEN_URL: elsewhere });
		expect(await timed({ DATABASE_URL: poolers.transaction.url })).toBeLessThan(waited / 2);
	});

	test.each<[string, () => Settings]>([
		["in transaction mode", () => ({ DATABASE_URL: poolers.transaction.url, DATABASE_LISTEN_URL: direct, PREPARED_STATEMENTS: "off" })],
		["in session mode", () => ({ DATABASE_URL: poolers.session.url })],
	])("migrates and serves %s", async (_mode, settings) => {
		const service = await startService(settings());
		const { exitCode, stderr } = await service.stop();
		expect({ exitCode, stderr: stderr.replaceAll(/^Buil.*\n/gm, "") }).toEqual({
			exitCode: 0,
			stderr: expect.stringMatching(/^(Notifications|There is no mail).*\n?$|^$/),
		});
	});
});
