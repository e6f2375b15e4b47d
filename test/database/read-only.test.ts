import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { startWriting } from "../../src/database/read-only-start.ts";
import { raw, sql } from "../../src/database/sql.ts";
import { tellingTimeouts } from "../../src/database/timeouts.ts";
import { maskError } from "../../src/graphql/mask-error.ts";
import { exitCodes } from "../../src/shared/failure.ts";
import { createHealth, type Health } from "../../src/telemetry/health.ts";
import { demoHandles } from "../../src/world/demo.ts";
import { run } from "../command/process.ts";
import { freshDatabase, urlOf } from "../support/database.ts";
import { setUsage } from "../support/documents.ts";
import { type Answer, type Gateway, startGateway } from "../support/gateway.ts";
import { limited } from "../support/limited.ts";
import { connect, type Events, subscribe } from "../support/sockets.ts";
import { patient } from "../support/templates.setup.ts";

const polling = { timeout: 60_000, interval: 20 };
const unavailable = [expect.objectContaining({ extensions: expect.objectContaining({ code: "SERVICE_UNAVAILABLE" }) })];
const changeless = "The database takes no changes at the moment: try again.";
const alerts = `subscription { policyFirings { ... on PolicyFiringEvent { position } } }`;
const usages = [{ type: demoHandles.componentType, amount: demoHandles.quietAmount }];

describe.skipIf(inject("templates").engine !== "PostgreSQL")("a database that is made read-only under a service (skipped without PostgreSQL)", () => {
	let owner: Database;
	let gateway: Gateway;
	let health: Health;
	let events: Events;
	let ended: Promise<Answer>;
	const closing: (() => unknown)[] = [];

	/** For every session from now on, as a server is demoted: those that there are end. */
	async function make(state: "on" | "off"): Promise<void> {
		await owner.withSession(async (session) => {
			await session.script("set default_transaction_read_only = off");
			const [row] = await session.rows<{ name: string }>(sql`select current_database() as "name"`);
			await session.script(`alter database "${row?.name}" set default_transaction_read_only = ${state}`);
			await session.rows(sql`select pg_terminate_backend("pid") from pg_stat_activity where "datname" = current_database() and "pid" <> pg_backend_pid()`);
		});
	}

	beforeAll(async () => {
		owner = await freshDatabase("demo");
		closing.push(() => owner.close());
		const database = await openPostgres(await urlOf(owner), { waits: patient });
		gateway = await startGateway({ template: "demo", database, limits: limited });
		closing.push(() => gateway.stop());
		health = createHealth();
		health.watch(database.probe());
		closing.push(() => health.stop());
		const client = await connect(gateway.url, "demo_provider");
		closing.push(() => client.dispose());
		events = subscribe(client, alerts);
		ended = events.next();
		ended.catch(() => {});
		await vi.waitUntil(() => health.isReady, polling);
		await make("on");
		await vi.waitUntil(() => !health.isReady, polling);
	});
	afterAll(async () => {
		for (const close of closing.reverse()) await close();
	});

	test("goes on being read, metered in this process", async () => {
		const read = () => gateway.send("demo_owner", `{ resource(uuid: "${demoHandles.resource}") { name } }`);
		await expect.poll(read, polling).toMatchObject({ data: { resource: { name: expect.any(String) } } }); // on new connections
		const answers = await Promise.all(
			Array.from({ length: 30 }, () => gateway.send("demo_manager", "{ resources(first: 100) { nodes { componentUsages(first: 40) { nodes { usage } } } } }")),
		);
		const codes = answers.map(({ errors }) => errors?.[0]?.extensions?.["code"]);
		expect(new Set(codes)).toEqual(new Set([undefined, "RATE_LIMITED"]));
	});

	test("takes no change, and says so", async () => {
		const { errors } = await gateway.send("demo_provider", setUsage, { input: { resource: demoHandles.resource, usages } });
		expect(errors).toEqual(unavailable);
		expect(errors?.[0]?.message).toBe(changeless);
	});

	test("ends subscriptions, for nothing more will be told here", async () => {
		await expect(ended).rejects.toThrow("SERVICE_UNAVAILABLE");
	});

	test("begins none", async () => {
		const client = await connect(gateway.url, "demo_provider");
		await expect(subscribe(client, alerts).next()).rejects.toThrow("SERVICE_UNAVAILABLE");
		await client.dispose();
	});

	test("is no bug", () => {
		expect(gateway.bugs().filter((error) => maskError(error).isBug)).toEqual([]);
	});

	test("is ready again when it takes changes again, and takes them", async () => {
		await make("off");
		await expect.poll(() => health.isReady, polling).toBe(true);
		const report = () => gateway.send("demo_provider", setUsage, { input: { resource: demoHandles.resource, usages } });
		await expect.poll(report, polling).toMatchObject({ data: { setUsage: { __typename: "SetUsagePayload" } } });
	});
});

describe.skipIf(inject("templates").engine !== "PostgreSQL")("a service that is started on a read-only server (skipped without PostgreSQL)", () => {
	test("ends in one line", async () => {
		const owner = await freshDatabase("empty");
		const url = new URL(await urlOf(owner));
		url.searchParams.set("options", "-c default_transaction_read_only=on");
		const ended = await run("service", { PORT: "0", LOG: "off", DATABASE_URL: url.href.replaceAll("+", "%20") }); // libpq knows a + as no space
		await owner.close();
		expect(ended).toEqual({
			exitCode: exitCodes.databaseUnavailable,
			stdout: "",
			stderr: "The database takes no changes: it is a standby, read-only, or its disk is full. Start again when it takes them.\n",
		});
	});
});

describe.skipIf(inject("templates").engine !== "PostgreSQL")("a server whose disk is full (skipped without PostgreSQL)", () => {
	test("is not ready for changes for a while after one found that", async () => {
		const database = await freshDatabase("empty");
		const probe = database.probe();
		expect(await probe.answers(10_000)).toBe(true);
		const write = database.rows(raw(`do $$ begin raise exception 'could not extend file' using errcode = '53100'; end $$`));
		await expect(write).rejects.toMatchObject({ code: "53100" });
		expect(await probe.answers(10_000)).toBe(false);
		await expect.poll(() => probe.answers(10_000), polling).toBe(true);
		probe.close();
		await database.close();
	});
});

test("a start that meets a full disk ends in one line", async () => {
	const database = await freshDatabase("empty");
	const full = Object.assign(new Error("No space left on device"), { code: "53100" });
	await expect(startWriting(database, () => Promise.reject(full))).rejects.toMatchObject({ name: "Failure", exitCode: exitCodes.databaseUnavailable });
	await database.close();
});

describe.skipIf(inject("templates").engine !== "PostgreSQL")("a statement that takes longer than it may (skipped without PostgreSQL)", () => {
	test("has a code of its own, and is written once, with its text", async () => {
		const owner = await freshDatabase("empty");
		const database = await openPostgres(await urlOf(owner), { waits: { ...patient, statement: 50 } });
		const lines: string[] = [];
		const watch = tellingTimeouts((line) => lines.push(line));
		const slow = sql`select pg_sleep(${600}::float8)`;
		const run = () => watch(slow, () => database.rows(slow));
		const error: unknown = await run().catch((thrown: unknown) => thrown);
		await run().catch(() => {});
		await database.close();
		await owner.close();
		expect(maskError(error)).toMatchObject({ isBug: false, error: { extensions: { code: "STATEMENT_TIMEOUT" } } });
		expect(lines).toEqual(["A statement took longer than it may, and was ended: select pg_sleep($1::float8)"]);
	});
});

test("a full disk is no bug, and a database that takes no changes", () => {
	const full = Object.assign(new Error('could not extend file "base/5/16384": No space left on device'), { code: "53100" });
	expect(maskError(full)).toMatchObject({ isBug: false, error: { message: changeless, extensions: { code: "SERVICE_UNAVAILABLE" } } });
});
