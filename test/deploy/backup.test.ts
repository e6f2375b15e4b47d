import { existsSync } from "node:fs";
import { readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepareSchema } from "../../src/database/migrations.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { raw } from "../../src/database/sql.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { projectPath } from "../../src/shared/project-root.ts";
import { demoHandles } from "../../src/world/demo.ts";
import { fillWithDemo } from "../../src/world/fill-demo.ts";
import { ask, endProcesses, run, type Service, startService } from "../command/process.ts";
import { setUsage } from "../support/documents.ts";
import type { Answer } from "../support/gateway.ts";
import { isPgbouncerInstalled, startPgbouncer } from "../support/pgbouncer.ts";
import { type OwnServer, startOwnServer } from "../support/postgres-server.ts";
import { connect, subscribe } from "../support/sockets.ts";
import { named, patient } from "../support/templates.setup.ts";
import { deploy, foldersForFile, runProgram } from "./assembled.ts";

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
	let original: string;
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
		original = await made("backup");
		const database = await openPostgres(original, { waits: patient });
		await prepareSchema(database, "on");
		await fillWithDemo(database, { now: systemClock(), timeZone: "UTC" });
		await database.close();
		first = await startService({ DATABASE_URL: original });
		before = await turn(first, "FIRED");
		silent = await script("backup", original, file);
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

	test("is made by one of two that begin with one name, and the other leaves it alone", async () => {
		const folder = await newFolder();
		const ended = await Promise.all([script("backup", original, join(folder, "one")), script("backup", original, join(folder, "one"))]);

		expect(ended.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1]);
		expect(ended.map(({ stderr }) => stderr).sort()).toEqual(["", expect.stringMatching(/ there (already|meanwhile): [^\n]*\n$/)]);
		expect(await readdir(folder)).toEqual(["one"]);
	});

	test("is not restored when half of it is missing, nor is any part of it", async () => {
		const half = join(await newFolder(), "half");
		await writeFile(half, await readFile(file));
		await truncate(half, Math.floor((await stat(file)).size / 2));
		expect(await script("restore", restored, half)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("Nothing was restored.\n") });
		const { exitCode, stderr } = await script("backup", restored, join(await newFolder(), "empty"));
		expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: "No backup was made: the database holds no tables of the service.\n" });
	});

	test("is not restored in part when its reader is killed", async () => {
		const reader = await newFolder();
		const whole = `exec ${join(programs, "pg_restore")} "$@"`;
		const killed = `${join(programs, "pg_restore")} "$@" | sed '/^COPY /,$d'; kill -KILL $$`; // after its tables, before what is in them
		await writeFile(join(reader, "pg_restore"), `#!/bin/sh\ncase "$*" in --list*) ${whole} ;; *) ${killed} ;; esac\n`, { mode: 0o755 });
		const settings = { PATH: `${reader}:${programs}:${process.env["PATH"]}`, DATABASE_URL: restored };
		expect(await deploy("restore", [file], settings)).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/Nothing was restored\.\n$/) });
		expect(await script("backup", restored, join(await newFolder(), "empty"))).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("no tables") });
	});

	test("is restored into an empty database, where every figure follows from its records and the service starts", async () => {
		// From version 17 on, pg_restore begins so.
		const newer = await newFolder();
		const begins = "s/^SET lock_timeout = 0;$/&\\nSET transaction_timeout = 0;/";
		await writeFile(join(newer, "pg_restore"), `#!/bin/sh\n${programs}/pg_restore "$@" | sed '${begins}'\n`, { mode: 0o755 });
		const settings = { PATH: `${newer}:${programs}:${process.env["PATH"]}`, DATABASE_URL: restored };
		expect(await deploy("restore", [file], settings)).toMatchObject({ exitCode: 0, stderr: "" });
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

describe.skipIf(!isOn || !isPgbouncerInstalled())("by way of PgBouncer (skipped without DEPLOY_LONG, Debian's postgresql-15 or pgbouncer)", () => {
	let server: OwnServer;
	let url: string;
	beforeAll(async () => {
		server = startOwnServer("pooled-backup", "15");
		const administration = await openPostgres(server.url, { connections: 1, waits: patient });
		await administration.rows(raw("create database gateway"));
		await administration.close();
		url = named(server.url, "gateway");
		const database = await openPostgres(url, { waits: patient });
		await prepareSchema(database, "on");
		await database.close();
	});
	afterAll(() => server.stop());

	test("in transaction mode nothing is dumped or restored, and the server itself is taken where it is named", async () => {
		const pooler = await startPgbouncer("transaction", url);
		try {
			const file = join(await newFolder(), "backup");
			const settings = { PATH: `${programs}:${process.env["PATH"]}`, DATABASE_URL: pooler.url };
			const sentence =
				"DATABASE_URL is of a pooler in transaction mode, whose other clients would fail: set DATABASE_LISTEN_URL to the server itself, not the pooler.\n";
			expect(await deploy("backup", [file], settings)).toEqual({ exitCode: 1, stdout: "", stderr: sentence });
			expect(await deploy("backup", [file], { ...settings, DATABASE_LISTEN_URL: url })).toMatchObject({ exitCode: 0, stderr: "" });
			expect(await deploy("restore", [file, "--replace"], settings)).toEqual({ exitCode: 1, stdout: "", stderr: sentence });
		} finally {
			await pooler.stop();
		}
	});

	test("in session mode a backup is made", async () => {
		const pooler = await startPgbouncer("session", url);
		try {
			const settings = { PATH: `${programs}:${process.env["PATH"]}`, DATABASE_URL: pooler.url };
			expect(await deploy("backup", [join(await newFolder(), "backup")], settings)).toMatchObject({ exitCode: 0, stderr: "" });
		} finally {
			await pooler.stop();
		}
	});
});

describe("the scripts connect to", () => {
	/** What PostgreSQL's programs are called with, and the password that they are given besides. */
	const connected = (settings: NodeJS.ProcessEnv) =>
		runProgram(
			"bash",
			[
				"-c",
				`set -euo pipefail; . "$0"; refuse_pooler() { :; }; connect; echo "$database"; echo "\${PGPASSWORD-none} \${PGSSLROOTCERT-none}"`,
				projectPath(".deploy", "connection.sh"),
			],
			{
				HOME: "/nonexistent",
				...settings,
			},
		);

	test.each([
		["postgresql://db/usage", "postgresql://db/usage", "none none"],
		["postgres://gateway@db:5432,other:5433/usage?target_session_attrs=read-write", undefined, "none none"],
		["postgresql://gateway:secret@db/usage", "postgresql://gateway@db/usage", "secret none"],
		["postgresql://gateway:pa:ss@db/usage", "postgresql://gateway@db/usage", "pa:ss none"],
		["postgresql://gateway:p%40s%25s%5C@[::1]:5432/usage?host=/run", "postgresql://gateway@[::1]:5432/usage?host=/run", "p@s%s\\ none"],
		["host=db dbname=usage user=gateway", undefined, "none none"],
		["postgresql://db/usage?sslmode=verify-full", undefined, "none system"],
		["postgresql://db/usage?sslmode=verify-full&sslrootcert=/ca.pem", undefined, "none none"],
		["host=db dbname=usage sslmode=verify-full", undefined, "none system"],
	])("the database of %s, with no password in what they are called with", async (url, address, others) => {
		expect(await connected({ DATABASE_URL: url })).toEqual({ exitCode: 0, stdout: `${address ?? url}\n${others}\n`, stderr: "" });
	});

	test("the server that is named beside a pooler, in a file too", async () => {
		expect(await connected({ DATABASE_URL: "postgresql://pooler/usage", DATABASE_LISTEN_URL: "postgresql://db/usage" })).toMatchObject({
			stdout: "postgresql://db/usage\nnone none\n",
		});
		const file = join(await newFolder(), "url");
		await writeFile(file, "postgresql://gateway:secret@db/usage\r\n");
		for (const name of ["DATABASE_URL_FILE", "DATABASE_LISTEN_URL_FILE"])
			expect(await connected({ [name]: file })).toMatchObject({ stdout: "postgresql://gateway@db/usage\nsecret none\n" });
	});

	const listed =
		"DATABASE_URL has a password that would be in the list of processes: write it as postgresql://user:password@host, or leave it to PGPASSWORD or PGPASSFILE.";
	const unencoded = "DATABASE_URL has an @, / or ? that is not percent-encoded in its user, its password or its parameters.";
	test.each([
		["host=db dbname=usage password=secret", listed],
		["host=db dbname=usage password = 'secret'", listed],
		["postgresql://db/usage?user=gateway&password=secret", listed],
		["postgresql://db/usage?%70assword=secret", listed],
		["postgresql://db/usage?sslpassword=secret", listed],
		["postgresql://gateway:se@cret@db/usage", unencoded],
		["postgresql://gateway:se/cret@db/usage", unencoded],
		["postgresql://gateway:se?cret@db/usage", unencoded],
		["postgresql://gateway:100%@db/usage", "DATABASE_URL has a % that encodes nothing: write it as %25."],
		["socket:/run/postgresql?db=usage", "DATABASE_URL is of a form that PostgreSQL's programs do not read: write it as postgresql:///database?host=/folder."],
	])("none by %s", async (url, sentence) => {
		expect(await connected({ DATABASE_URL: url })).toEqual({ exitCode: 1, stdout: "", stderr: `${sentence}\n` });
	});

	test("none by a variable that is given twice", async () => {
		const { stderr } = await connected({ DATABASE_URL: "postgresql://db/usage", DATABASE_URL_FILE: "/missing" });
		expect(stderr).toBe("DATABASE_URL and DATABASE_URL_FILE must not both be set.\n");
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
