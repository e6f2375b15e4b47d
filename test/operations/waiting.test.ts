import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openPostgres } from "../../src/database/postgres.ts";
import { type Sql, sql } from "../../src/database/sql.ts";
import { turnMonth } from "../../src/domain/month-turn/month-turn.service.ts";
import { measureMonths } from "../../src/domain/month-turn/month-watch.service.ts";
import { openMails } from "../../src/domain/notification/notification.store.ts";
import { appendToLog, endOfLog, numberEntries } from "../../src/event-log/log.store.ts";
import { logAges } from "../../src/event-log/log-age.store.ts";
import { startLogReader } from "../../src/event-log/log-reader.ts";
import { beginning } from "../../src/event-log/position.ts";
import { scansOf } from "../contract/indexes/plan.ts";
import { freshDatabase, urlOf } from "../support/database.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { patient } from "../support/templates.setup.ts";

const aUuid = "7605e5e0-4e2f-575a-b5cc-d657e54c4097";
const aReport = [{ kind: "usage", componentUsageUuid: aUuid }] as const;

let gateway: Gateway;
beforeAll(async () => {
	gateway = await startGateway({ template: "demo" });
});
afterAll(() => gateway.stop());

describe("of what waits in the log is told", () => {
	test("how old the oldest entry is that was not read, and nothing when all was", async () => {
		const database = await freshDatabase("empty");
		await database.transaction((tx) => appendToLog(tx, aReport));
		await numberEntries(database);
		expect(await logAges(database, beginning)).toEqual({ unnumbered: undefined, unread: expect.any(Number) });
		expect(await logAges(database, await endOfLog(database))).toEqual({ unnumbered: undefined, unread: undefined });
		await database.close();
	});

	test("how old the oldest entry is that has no number", async () => {
		const database = await freshDatabase("empty");
		await database.transaction((tx) => appendToLog(tx, aReport));
		await database.rows(sql`update "LogEntry" set "created" = now() - interval '1 hour'`);
		await database.transaction((tx) => appendToLog(tx, aReport));
		const { unnumbered, unread } = await logAges(database, beginning);
		expect([Math.floor(unnumbered ?? 0), unread]).toEqual([3_600, undefined]);
		await database.close();
	});

	test.skipIf(inject("templates").engine !== "PostgreSQL")(
		"an entry that was committed after a later one had its number (skipped without a server)",
		async () => {
			const database = await freshDatabase("empty");
			const other = await openPostgres(await urlOf(database), { waits: patient });
			await other.transaction(async (tx) => {
				await appendToLog(tx, aReport);
				await database.transaction((tx) => appendToLog(tx, aReport));
				await numberEntries(database);
				expect(await logAges(database, beginning)).toEqual({ unnumbered: undefined, unread: expect.any(Number) });
			});
			expect(await logAges(database, beginning)).toEqual({ unnumbered: expect.any(Number), unread: expect.any(Number) });
			await other.close();
			await database.close();
		},
	);

	test("without a look through the log, long as it may be", async () => {
		const database = await freshDatabase("empty");
		await database.rows(sql`insert into "LogEntry" ("componentUsageUuid") select ${aUuid}::uuid from generate_series(1, 20000)`);
		await numberEntries(database);
		await database.rows(sql`insert into "LogEntry" ("componentUsageUuid") select ${aUuid}::uuid from generate_series(1, 20000)`);
		await database.rows(sql`update "LogHead" set "holes" = (select range_agg(int8range(hole, hole + 1)) from generate_series(100000, 120000, 2) hole)`);
		let asked: Sql | undefined;
		await logAges(
			{
				rows: async (statement) => {
					asked = statement;
					return [];
				},
				tuples: () => Promise.reject(new Error("Rows are asked for.")),
			},
			beginning,
		);
		const [row] = await database.rows<{ "QUERY PLAN": [{ Plan: Record<string, number> }] }>(sql`explain (analyze, buffers, format json) ${asked ?? sql``}`);
		const plan = row?.["QUERY PLAN"][0].Plan ?? {};
		// The two tables are of some 400 blocks; a hole without an entry takes three of an index.
		expect(plan["Shared Hit Blocks"]).toBeLessThan(3 * 1_000 + 100);
		expect(JSON.stringify(plan)).not.toContain("Seq Scan on LogEntry");
		await database.close();
	});
});

test("a live follower that does not come back for more is the lag of the subscriptions, until it does or leaves", async () => {
	const database = await freshDatabase("empty");
	const errors: unknown[] = [];
	const log = await startLogReader(database, { onError: (error) => errors.push(error), pollEvery: 20 });
	const follower = log.follow(await log.end(), new AbortController().signal, false);
	const next = follower.next();
	expect(log.lag()).toBe(0);
	await database.transaction((tx) => appendToLog(tx, aReport));
	await database.rows(sql`update "LogEntry" set "created" = now() - interval '1 hour'`);
	await next;
	expect(log.lag()).toBeGreaterThan(0);
	await follower.return();
	expect([log.lag(), errors]).toEqual([0, []]);
	await log.stop();
	await database.close();
});

describe("of notifications and months is told", () => {
	test("how many notifications are in each state, and for how long the first has been due", async () => {
		const { counts, overdue } = await openMails(gateway.database);
		const [stored] = await gateway.database.rows<{ pending: number }>(
			sql`select count(*) filter (where "state" = 'PENDING')::int as "pending" from "Notification"`,
		);
		expect(counts).toEqual({ PENDING: stored?.pending, SENT: expect.any(Number), FAILED: 0, EXPIRED: expect.any(Number) });
		expect(overdue).toBeGreaterThan(0);
	});

	test("every state that is stored", async () => {
		const stored = await gateway.database.rows<{ state: string }>(sql`select unnest(enum_range(null::"NotificationState"))::text as "state"`);
		expect(Object.keys((await openMails(gateway.database)).counts).sort()).toEqual(stored.map(({ state }) => state).sort());
	});

	test("ten thousand at most of a state", async () => {
		const database = await freshDatabase("demo");
		await database.rows(sql`
			insert into "Notification" ("firingUuid", "offeringUuid", "policyUuid", "action", "recipient", "state")
			select f."uuid", f."offeringUuid", f."policyUuid", 'NOTIFY_EXTERNAL_USER', n || '@example.org', 'SENT' from (select * from "PolicyFiring" limit 1) f, generate_series(1, 60000) n
		`);
		expect((await openMails(database)).counts["SENT"]).toBe(10_000);
		await database.close();
	});

	test("without a look through all notifications, whichever states they are in and in whatever order", async () => {
		const database = await freshDatabase("demo");
		await database.rows(sql`
			insert into "Notification" ("firingUuid", "offeringUuid", "policyUuid", "action", "recipient", "state", "due")
			select f."uuid", f."offeringUuid", f."policyUuid", 'NOTIFY_EXTERNAL_USER', n || '@example.org',
				case when n <= 30000 then 'EXPIRED' else 'SENT' end::"NotificationState", now() - interval '1 day' + n * interval '1 second'
			from (select * from "PolicyFiring" limit 1) f, generate_series(1, 60000) n
		`);
		await database.rows(sql`analyze "Notification"`);
		let asked: Sql | undefined;
		const recording = {
			rows: async (statement: Sql) => {
				asked = statement;
				return [];
			},
			tuples: () => Promise.reject(new Error("Rows are asked for.")),
		};
		await openMails(recording);
		const scans = await scansOf(database, asked ?? sql``);
		const looked = scans.reduce((sum, { rows }) => sum + rows, 0);
		expect(scans.filter(({ isWhole }) => isWhole)).toEqual([]);
		expect(looked).toBeGreaterThanOrEqual(20_000);
		expect(looked).toBeLessThan(20_000 + 1_000);
		await database.close();
	});

	test("the last month that has begun for every offering, and the first that has not", async () => {
		const database = await freshDatabase("demo");
		const told: Date[][] = [];
		const metrics = { months: (last: Date, next: Date) => void told.push([last, next]) };
		const at = (moment: string) => measureMonths({ database, reference: { now: async () => new Date(moment) }, timeZone: "Europe/Tallinn", metrics });
		await turnMonth(database, { now: new Date("2026-12-10T00:00:00Z"), timeZone: "Europe/Tallinn" });
		await at("2026-12-20T00:00:00Z");
		await at("2027-02-05T00:00:00Z");
		const december = [new Date("2026-11-30T22:00:00Z"), new Date("2026-12-31T22:00:00Z")];
		expect(told).toEqual([december, december]);
		await database.close();
	});
});
