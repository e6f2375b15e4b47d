import { existsSync } from "node:fs";
import { readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepareSchema } from "../../src/database/migrations.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { raw } from "../../src/database/sql.ts";
import { fillWithDemo } from "../../src/demo/demo.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { demoHandles } from "../../src/world/demo.ts";
import { ask, endProcesses, run, type Service, startService } from "../command/process.ts";
import { setUsage } from "../support/documents.ts";
import type { Answer } from "../support/gateway.ts";
import { type OwnServer, startOwnServer } from "../support/postgres-server.ts";
import { connect, subscribe } from "../support/sockets.ts";
import { named, patient } from "../support/templates.setup.ts";
import { deploy, foldersForFile } from "./assembled.ts";

/** Debian's programs, as operators have them; npm's PostgreSQL has the server alone. */
const programs = "/usr/lib/postgresql/15/bin";
const newFolder = foldersForFile();

const alerts = `subscription ($after: String) {
	policyFirings(after: $after) { __typename ... on PolicyFiringEvent { position firing { kind } } ... on Error { code } }
}`;

const isOn = process.env["DEPLOY_LONG"] !== undefined && existsSync(join(programs, "pg_dump"));

describe.skipIf(!isOn)("a backup of PostgreSQL 15, restored on another server (skipped without DEPLOY_LONG or Debian's postgresql-15)", () => {
	const servers: OwnServer[] = [];
	let file: string;
	let first: Service;
	let second: Service;
	let restored: string;
	/** Where the log had turns of the demo's policy: before the backup, and after it. */
	let before: string;
	let after: string;
	let silent: Awaited<ReturnType<typeof deploy>>;

	const script = (name: "backup" | "restore", url: string, ...args: string[]) =>
		deploy(name, args, { PATH: `${programs}:${process.env["PATH"]}`, DATABASE_URL: url });

	async function made(name: string): Promise<string> {
		const server = startOwnServer(name, "15");
		servers.push(server);
		const administration = await openPostgres(server.url, { connections: 1, waits: patient });
		await administration.rows(raw(`create role gateway login password 'p@ss%word'`));
		await administration.rows(raw("create database gateway owner gateway"));
		await administration.close();
		const url = new URL(named(server.url, "gateway"));
		url.username = "gateway";
		url.password = "p%40ss%25word";
		return url.href;
	}

	/** Reports so that the demo's policy turns, and answers the position of that. */
	async function turn(service: Service, kind: "FIRED" | "RESET"): Promise<string> {
		const amount = kind === "FIRED" ? demoHandles.alertAmount : demoHandles.quietAmount;
		const input = { resource: demoHandles.resource, usages: [{ type: demoHandles.componentType, amount }] };
		const answer: Answer = await ask(service, "demo_provider", setUsage.replace("kind windowStart", "kind position windowStart"), { input });
		const [firing] = answer.data.setUsage.firings;
		expect(firing).toMatchObject({ kind });
		return firing.position;
	}

	async function next(service: Service, position: string): Promise<Answer> {
		const client = await connect(service.url, "demo_provider");
		try {
			return (await subscribe(client, alerts, { after: position }).next()).policyFirings;
		} finally {
			await client.dispose();
		}
	}

	beforeAll(async () => {
		file = join(await newFolder(), "backup");
		const url = await made("backup");
		const database = await openPostgres(url, { waits: patient });
		await prepareSchema(database, "on");
		await fillWithDemo(database, { now: systemClock(), timeZone: "UTC" });
		await database.close();
		first = await startService({ DATABASE_URL: url });
		before = await turn(first, "FIRED");
		silent = await script("backup", url, file);
		after = await turn(first, "RESET");

		restored = await made("restore");
	});
	afterAll(async () => {
		await endProcesses();
		for (const server of servers) await server.stop();
	});

	test("is one file that its owner alone may read, made while the service runs, with no word on the error stream", async () => {
		expect(silent).toEqual({ exitCode: 0, stdout: expect.stringMatching(/: \d+ bytes, \d+ tables\n$/), stderr: "" });
		expect((await stat(file)).mode & 0o777).toBe(0o600);
	});

	test("is not written over another file", async () => {
		const { exitCode, stderr } = await script("backup", restored, file);
		expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: `${file} is there already: name another file.\n` });
	});

	test("is not restored when half of it is missing, nor is any part of it", async () => {
		const half = join(await newFolder(), "half");
		await writeFile(half, await readFile(file));
		await truncate(half, Math.floor((await stat(file)).size / 2));
		expect(await script("restore", restored, half)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("Nothing was restored.\n") });
		const { exitCode, stderr } = await script("backup", restored, join(await newFolder(), "empty"));
		expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: "No backup was made: the database holds no tables of the service.\n" });
	});

	test("is restored into an empty database, where every figure follows from its records and the service starts", async () => {
		expect(await script("restore", restored, file)).toMatchObject({ exitCode: 0, stderr: "" });
		expect(await run("verify", { DATABASE_URL: restored })).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^0 figures differ /), stderr: "" });
		second = await startService({ DATABASE_URL: restored });
	});

	test("lets subscribers go on from where it was made, and refuses positions from after it", async () => {
		expect(await next(second, after)).toMatchObject({ __typename: "PositionExpiredError", code: "POSITION_EXPIRED" });
		const position = await turn(second, "RESET");
		expect(await next(second, before)).toMatchObject({ position, firing: { kind: "RESET" } });
		expect(await next(second, after)).toMatchObject({ code: "POSITION_EXPIRED" });
	});

	test("is not restored under a service, nor over what a database holds unless that is asked for", async () => {
		const used = await script("restore", restored, file, "--replace");
		expect(used).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^Others use the database, on \d+ connections: [^\n]*\n$/) });
		await second.stop();
		const full = await script("restore", restored, file);
		expect(full).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^The database is not empty, it has \d+ tables: [^\n]*--replace[^\n]*\n$/) });
		expect(await script("restore", restored, file, "--replace")).toMatchObject({ exitCode: 0, stderr: "" });
		expect(await run("verify", { DATABASE_URL: restored })).toMatchObject({ exitCode: 0 });
	});
});

describe("what cannot be done is refused in one sentence", () => {
	test.each([
		["backup", [], {}, "Say into which file: .deploy/backup FILE"],
		["restore", ["--force"], {}, "Say which file: .deploy/restore FILE [--replace]"],
		["restore", ["/missing"], {}, "/missing cannot be read."],
		["restore", ["/etc/passwd"], { DATABASE_URL: "postgresql://127.0.0.1/gateway" }, "/etc/passwd is no backup that can be read"],
		["backup", ["/tmp/usage-gateway-never"], {}, "Set DATABASE_URL to the database's address."],
		["backup", ["/tmp/usage-gateway-never"], { DATABASE_URL_FILE: "/missing" }, "DATABASE_URL_FILE names /missing, which cannot be read."],
	])("%s refuses %j with %j", async (name, args, settings, sentence) => {
		const { exitCode, stderr } = await deploy(name, args, { PATH: `${programs}:${process.env["PATH"]}`, ...settings });
		expect({ exitCode, lines: stderr.split("\n").length - 1 }).toEqual({ exitCode: 1, lines: 1 });
		expect(stderr).toContain(sentence);
	});
});
