import { setTimeout as pause } from "node:timers/promises";
import { prepareSchema } from "../../../src/database/migrations.ts";
import { openPostgres } from "../../../src/database/postgres.ts";
import { runCommand } from "../../../src/shared/command.ts";
import { Failure } from "../../../src/shared/failure.ts";
import { buildServers, startServer } from "../contestants.ts";
import { emptyDatabase } from "../postgres.ts";
import { endProcesses, postgresProcessor, type ServerProcess } from "../processes.ts";
import { fill, recordsOf, token } from "../set-usage/fill.ts";

/** A million usages. */
const usualResources = 2_500;
const months = 100;

/** Milliseconds between two looks at the memory of the process. */
const betweenLooks = 50;

/** Filling takes longer than a request may. */
const waits = { connect: 10_000, freeConnection: 10_000, statement: 3_600_000, idleInTransaction: 3_600_000 };

const say = (line: string) => process.stdout.write(`${line}\n`);

/** What it takes to export all usages: time, processor time, and the memory that the service takes beyond what it had. */
await runCommand({ args: [], usage: "" }, async () => {
	const resources = Number(process.argv[2] ?? usualResources);
	if (!Number.isInteger(resources) || resources < 1) throw new Failure("Say of how many resources the usage is: npm run bench:export -- 250.");
	await buildServers();
	const database = await emptyDatabase(process.env["BENCH_DATABASE_URL"]);
	try {
		const queries = await openPostgres(database.url, { connections: 1, waits });
		await prepareSchema(queries, "on");
		const size = { customers: 100, resources, months };
		await fill(queries, size);
		say(`${recordsOf(size)} usages are stored.`);
		const server = await startServer("service", database.url);
		// What the first requests load counts for no export.
		for (let times = 0; times < 3; times++) await exported(server.url, "csv", "?type=cpu&billingPeriodYear=2026");
		say("| export | rows | MB | seconds | rows/s | MB of memory before | at most | more | seconds of processor, Node.js | PostgreSQL |");
		say("|---|---|---|---|---|---|---|---|---|---|");
		for (const format of ["csv", "ndjson"] as const) say(await row(server, format, () => postgresProcessor(queries)));
		await queries.close();
	} finally {
		await endProcesses();
		await database.drop();
	}
	return 0;
});

async function row(server: ServerProcess, format: "csv" | "ndjson", postgres: () => Promise<number>): Promise<string> {
	const before = { memory: server.memory(), node: server.processor(), postgres: await postgres(), at: performance.now() };
	let most = before.memory;
	const ended = new AbortController();
	const looks = (async () => {
		for (; !ended.signal.aborted; await pause(betweenLooks)) most = Math.max(most, server.memory());
	})();
	const { rows, bytes } = await exported(server.url, format);
	const seconds = (performance.now() - before.at) / 1_000;
	ended.abort();
	await looks;
	const processor = [server.processor() - before.node, (await postgres()) - before.postgres].map((milliseconds) => (milliseconds / 1_000).toFixed(0));
	const memory = [before.memory, most, most - before.memory].map((megabytes) => megabytes.toFixed(0));
	return `| ${[format, rows.toLocaleString("en"), (bytes / 1e6).toFixed(0), seconds.toFixed(0), (rows / seconds).toFixed(0), ...memory, ...processor].join(" | ")} |`;
}

/** Reads the export as it comes, and keeps nothing of it. */
async function exported(url: string, format: "csv" | "ndjson", parameters = ""): Promise<{ rows: number; bytes: number }> {
	const response = await fetch(new URL(`/export/componentUsages.${format}${parameters}`, url), { headers: { authorization: `Token ${token}` } });
	if (response.status !== 200 || response.body === null) throw new Failure(`The export was answered with ${response.status}: ${await response.text()}`);
	let [lines, bytes] = [0, 0];
	for await (const chunk of response.body) {
		bytes += chunk.length;
		for (const byte of chunk) if (byte === 10) lines++;
	}
	return { rows: format === "csv" ? lines - 1 : lines, bytes };
}
