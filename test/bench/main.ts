import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addToken } from "../../src/access/token.store.ts";
import { startTokenWatch } from "../../src/access/token-watch.ts";
import { viewerOf } from "../../src/access/viewer.ts";
import type { Database } from "../../src/database/database.ts";
import { applyMigrations } from "../../src/database/migrations.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { sql } from "../../src/database/sql.ts";
import { folderSource } from "../../src/import/folder.source.ts";
import { importWorld } from "../../src/import/import.ts";
import { startLogReader } from "../../src/log/log-reader.ts";
import { evaluateAllPolicies } from "../../src/policy/policy.service.ts";
import { startServer } from "../../src/server/server.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { runCommand } from "../../src/shared/failure.ts";
import { projectPath } from "../../src/shared/project-root.ts";
import { generateWorld } from "../../src/world/world.ts";
import { handWritten } from "./hand-written.ts";
import { type Rate, rounds } from "./load.ts";

const token = "demo_bench";
const connections = 16;
const size = { customers: 100, projects: 400, offerings: 20, components: 4, resources: 2_000, usersPerUsage: 3 };
const month = "2026-11";

const nestedGraph = `{
	resources(first: 20) { nodes {
		uuid name state
		offering { uuid name category { uuid title } components { uuid type name measuredUnit } }
		project { uuid name customer { uuid name } }
		componentUsages(first: 10, filter: { billingPeriod: "${month}-01" }) { nodes {
			uuid usage date component { uuid type name measuredUnit } userUsages(first: 10) { nodes { uuid username usage } }
		} }
	} }
}`;

/** Requests per second of the nested graph, beside what reading the same rows by hand costs. Ratios of one run count, not figures. */
await runCommand(async () => {
	const folder = mkdtempSync(join(tmpdir(), "usage-gateway-bench-"));
	execFileSync("chmod", ["a+rx", folder]);
	const url =
		process.env["BENCH_DATABASE_URL"] ?? execFileSync(projectPath(".ci", "postgres"), ["18", folder], { cwd: projectPath(), encoding: "utf8" }).trim();
	const say = (line: string) => process.stdout.write(`${line}\n`);
	try {
		const database = await openPostgres(url);
		await fill(database, join(folder, "world"));
		const log = await startLogReader(database, { onError: () => {} });
		const tokens = startTokenWatch({ database, clock: systemClock, onError: (error) => say(String(error)) });
		const services = { database, tokens, clock: systemClock, timeZone: "UTC", log, authenticate: (text: string) => viewerOf(database, text, systemClock()) };
		const server = await startServer(services, { host: "127.0.0.1", port: 0, isDemo: false, onBug: (bug) => say(String(bug)) });
		const peer = await handWritten(url, month);
		const results = await rounds(
			{
				"usage-gateway": {
					url: server.url,
					init: {
						method: "POST",
						headers: { "content-type": "application/json", authorization: `Token ${token}` },
						body: JSON.stringify({ query: nestedGraph }),
					},
				},
				"hand-written": { url: peer.url, init: {} },
			},
			{ connections, seconds: 4, rounds: 3 },
		);
		say(table(results));
		await peer.stop();
		await log.stop();
		await server.stop();
		await database.close();
	} finally {
		stopServer(folder);
		rmSync(folder, { recursive: true, force: true });
	}
	return 0;
});

async function fill(database: Database, folder: string): Promise<void> {
	await applyMigrations(database);
	const moment = { now: new Date(`${month}-20T12:00:00Z`), timeZone: "UTC" };
	await generateWorld({ folder, seed: 1, until: month, months: 12, now: moment.now, size });
	await importWorld({ database, source: folderSource(folder), timeZone: "UTC", evaluatePolicies: (changed) => evaluateAllPolicies(changed, moment) });
	await database.rows(sql`insert into "User" ("username", "isStaff") values ('bench', true) on conflict do nothing`);
	await addToken(database, { token, username: "bench", name: "bench", expires: null, now: moment.now });
	await database.rows(sql`analyze`);
}

function table(results: ReadonlyMap<string, Rate>): string {
	const base = results.get("hand-written")?.perSecond ?? 1;
	const rows = [...results].map(
		([name, { perSecond, p50, p99 }]) => `| ${name} | ${perSecond.toFixed(0)} | ${(perSecond / base).toFixed(2)} | ${p50.toFixed(1)} | ${p99.toFixed(1)} |`,
	);
	return ["| nested graph, 16 connections | requests/s | ratio | p50 ms | p99 ms |", "|---|---|---|---|---|", ...rows].join("\n");
}

function stopServer(folder: string): void {
	try {
		process.kill(Number(readFileSync(join(folder, "data", "postmaster.pid"), "utf8").split("\n")[0]), "SIGINT");
	} catch {
		// a server that was given, or none that has started
	}
}
