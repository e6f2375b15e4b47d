import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { raw, sql } from "../../src/database/sql.ts";
import { appendToLog } from "../../src/event-log/log.store.ts";
import { demoHandles } from "../../src/world/demo.ts";
import { ask, endProcesses, run, type Service, startService } from "../command/process.ts";
import { freshDatabase, urlOf } from "../support/database.ts";
import { connect, subscribe } from "../support/sockets.ts";
import { patient } from "../support/templates.setup.ts";

/** Warns, and fails, in a process as soon as it would tell so by itself. */
const strange = `const waiting = setInterval(() => {
	if (process.listenerCount("uncaughtException") === 0) return;
	clearInterval(waiting);
	process.emitWarning("odd");
	setTimeout(() => { throw new Error("worse"); }, 100);
}, 10);`;

/** A Waldur that nobody reaches. */
const waldur = "http://127.0.0.1:1/api/";

const isServer = inject("templates").engine === "PostgreSQL";

describe.skipIf(!isServer)("a service on PostgreSQL, as those who run it see it (skipped without a server)", () => {
	let database: Database;
	let other: Database;
	let service: Service;
	let operations: string;
	beforeAll(async () => {
		database = await freshDatabase("demo");
		const url = await urlOf(database);
		other = await openPostgres(url, { waits: patient });
		service = await startService({
			DATABASE_URL: url,
			OPERATIONS_PORT: "0",
			LOG: "json",
			SMTP_URL: "smtp://127.0.0.1:1",
			WALDUR_URL: waldur,
			WALDUR_WRITE: "on",
		});
		operations = /^Health and metrics: (\S+)$/m.exec(service.greeting)?.[1] ?? "";
		await vi.waitFor(async () => expect((await fetch(`${operations}/health/ready`)).status).toBe(200), { timeout: 60_000 });
	});
	afterAll(async () => {
		await endProcesses();
		await other?.close();
		await database?.close();
	});

	/** The figure of a series; undefined when there is none. */
	async function figure(series: string): Promise<number | undefined> {
		const text = await (await fetch(`${operations}/metrics`)).text();
		const line = text.split("\n").find((line) => line.startsWith(`usage_gateway_${series} `));
		return line === undefined ? undefined : Number(line.split(" ").at(-1));
	}
	const becomes = (series: string, holds: (value: number) => boolean) =>
		vi.waitFor(async () => expect(await figure(series)).toSatisfy(holds), { timeout: 60_000, interval: 100 });
	const report = (amount: number) =>
		ask(
			service,
			"demo_provider",
			`mutation { setUsage(input: { resource: "${demoHandles.resource}", usages: [{ type: "cpu_hours", amount: "${amount}" }] }) { __typename } }`,
		);

	/** Does the work while another transaction holds what the statement locks. */
	async function whileHeld(lock: string, work: () => Promise<void>): Promise<void> {
		await other.transaction(
			async (tx) => {
				await tx.rows(raw(lock));
				await work();
			},
			{ once: true },
		);
	}

	test("nothing waits in its log when everything is read", async () => {
		await report(1);
		await becomes("log_undelivered_age_seconds", (age) => age < 2);
		await becomes("log_unnumbered_age_seconds", (age) => age < 2);
	});

	test("what is not numbered, because another transaction holds the head of the log, grows old, and is neither delivered", async () => {
		await whileHeld(`select from "LogHead" for update`, async () => {
			await report(2);
			await becomes("log_unnumbered_age_seconds", (age) => age > 4);
			expect(await figure("log_undelivered_age_seconds")).toBeGreaterThan(4);
		});
		await becomes("log_unnumbered_age_seconds", (age) => age < 2);
		await becomes("log_undelivered_age_seconds", (age) => age < 2);
	});

	test("its log is not said to be fine while nobody can look at it", async () => {
		await whileHeld(`lock table "LogHead" in access exclusive mode`, () => becomes("log_undelivered_age_seconds", (age) => age > 4));
		await becomes("log_undelivered_age_seconds", (age) => age < 2);
	});

	test("a statement over a second is counted, and a line with its text, its viewer and the request", async () => {
		const before = (await figure("slow_statements_total")) ?? 0;
		let answer: Promise<unknown> | undefined;
		await whileHeld(`lock table "Resource" in access exclusive mode`, async () => {
			answer = ask(service, "demo_owner", `{ resource(uuid: "${demoHandles.resource}") { name } }`);
			await vi.waitFor(async () => {
				const waiting = await database.rows(sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`);
				expect(waiting).toHaveLength(1);
			});
			await pause(1_100); // the time that makes it slow
		});
		await answer;
		await becomes("slow_statements_total", (count) => count > before);
		await vi.waitFor(() =>
			expect(errorLines()).toContainEqual({
				time: expect.any(String),
				message: expect.stringMatching(/^A statement took \d+\.\d s$/),
				ms: expect.any(Number),
				viewer: "owner",
				requestId: expect.stringMatching(/^[\w-]{36}$/),
				untold: 0,
				statement: expect.stringContaining('from "Resource"'),
			}),
		);
		expect(service.errors()).not.toContain(demoHandles.resource);
	});

	test("connections in use and callers that wait are told", async () => {
		const names = Array.from(
			{ length: 30 },
			(_, index) => `{ resource(uuid: "${demoHandles.resource}") { name } offerings(first: ${index + 1}) { nodes { uuid } } }`,
		);
		let answers: Promise<unknown>[] = [];
		await whileHeld(`lock table "Resource" in access exclusive mode`, async () => {
			answers = names.map((query) => ask(service, "demo_owner", query));
			await becomes("pool_waiting", (waiting) => waiting > 0);
			await becomes("pool_in_use", (inUse) => inUse >= 5);
		});
		await Promise.all(answers);
		await becomes("pool_waiting", (waiting) => waiting === 0);
		expect(await figure("pool_waited_seconds_total")).toBeGreaterThan(0);
		expect(await figure("pool_size")).toBe(10);
	});

	test("how far a subscription is behind is told while what it is to be told of cannot be read", async () => {
		const client = await connect(service.url, "demo_provider");
		const events = subscribe(client, "subscription { usageReported { __typename } }");
		await becomes("subscribers", (count) => count === 1);
		const first = events.next();
		await report(3);
		await first; // it is live from here on
		expect(await figure("subscription_lag_seconds")).toBe(0);
		const [usage] = await database.rows<{ uuid: string }>(sql`select "uuid" from "ComponentUsage" order by "modified" desc limit 1`);
		await whileHeld(`lock table "ComponentUsage" in access exclusive mode`, async () => {
			await database.transaction((tx) => appendToLog(tx, [{ kind: "usage", componentUsageUuid: usage?.uuid ?? "" }]));
			await becomes("subscription_lag_seconds", (lag) => lag > 0);
		});
		await becomes("subscription_lag_seconds", (lag) => lag === 0);
		await client.dispose();
	});

	test("its build, its notifications and its months are told", async () => {
		await becomes('notifications{state="EXPIRED"}', (count) => count > 0);
		await becomes("notifications_overdue_seconds", (seconds) => seconds >= 0);
		await becomes("month_turned_timestamp_seconds", (moment) => moment * 1_000 <= Date.now() && moment * 1_000 > Date.now() - 32 * 86_400_000);
		await becomes("month_to_turn_timestamp_seconds", (moment) => moment * 1_000 > Date.now());
		const text = await (await fetch(`${operations}/metrics`)).text();
		expect(text).toMatch(
			/^usage_gateway_build_info\{version="\d+\.\d+\.\d+",commit="([\da-f]{40}|unknown)",node="v\d[^"]*",engine="PostgreSQL 1[5-9][^"]*"\} 1$/m,
		);
	});

	test("how far it is behind a Waldur that is away is told, and what waits for it", async () => {
		await becomes("waldur_held_removals", (held) => held === 0);
		expect(await figure("waldur_delivery_overdue_seconds")).toBeLessThan(60);
		await database.rows(sql`
			insert into "WaldurDelivery" ("sourceId", "laneUuid", "deletedPath", "queued")
			select "id", gen_random_uuid(), 'component-user-usage-limits/1/', now() - interval '1 hour' from "Source" where "name" = ${waldur}
		`);
		await becomes('waldur_deliveries_total{outcome="WAITING"}', (count) => count > 0);
		await becomes('waldur_deliveries{state="PENDING"}', (count) => count === 1);
		await becomes("waldur_delivery_overdue_seconds", (seconds) => seconds > 3_000);
		expect(await figure("waldur_lag_seconds")).toBeGreaterThan(0);
	});

	test("each line of its error stream is JSON with the time, those of Node.js itself among them", async () => {
		const odd = await run("service", {
			PORT: "0",
			DATABASE_URL: await urlOf(database),
			LOG: "json",
			NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(strange)}`,
		});
		const { exitCode, stderr } = odd;
		const lines = stderr
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line));
		expect(exitCode).toBe(1);
		expect(lines.map(({ message }) => message)).toEqual(expect.arrayContaining(["Warning: odd", "Error: worse"]));
		for (const { time } of lines) expect(Number.isNaN(Date.parse(time))).toBe(false);
	});

	const errorLines = () =>
		service
			.errors()
			.split("\n")
			.flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
});
