import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { build } from "esbuild";
import { openPostgres } from "../../../src/database/postgres.ts";
import { runCommand } from "../../../src/shared/command.ts";
import { Failure } from "../../../src/shared/failure.ts";
import { projectPath } from "../../../src/shared/project-root.ts";
import { generateWorld } from "../../../src/world/world.ts";
import { month } from "../months.ts";
import { emptyDatabase } from "../postgres.ts";
import { postgresProcessor, processorOf } from "../processes.ts";

const size = { customers: 100, projects: 400, offerings: 20, components: 4, usersPerUsage: 0 };
const months = 36;
const usualResources = 7_000;

/** Milliseconds between two looks at the process. The kernel keeps the highest memory, so that a late look misses little. */
const betweenLooks = 200;

const say = (line: string) => process.stdout.write(`${line}\n`);

/** How long the import of a million usages takes on PostgreSQL, and how much memory. */
await runCommand({ args: [], usage: "" }, async () => {
	const resources = Number(process.argv[2] ?? usualResources);
	if (!Number.isInteger(resources) || resources < 1) throw new Failure("Say of how many resources the usage is imported: npm run bench:import -- 7000.");
	const outfile = projectPath("dist", "bench", "import.js");
	await build({ entryPoints: [projectPath("src", "commands", "import.ts")], outfile, bundle: true, packages: "external", platform: "node", format: "esm" });
	const folder = mkdtempSync(join(tmpdir(), "usage-gateway-import-"));
	const { url, drop } = await emptyDatabase(process.env["BENCH_DATABASE_URL"]);
	try {
		const counts = await generateWorld({ folder, seed: 1, until: month, months, now: new Date(`${month}-20T12:00:00Z`), size: { ...size, resources } });
		const records = counts["marketplace-component-usages"];
		say(`${records} usages are to be imported.`);
		say(table(records, await importFolder(outfile, folder, url)));
	} finally {
		await drop();
		rmSync(folder, { recursive: true });
	}
	return 0;
});

interface Cost {
	readonly seconds: number;
	/** Highest resident memory of the process, in kilobytes. */
	readonly peak: number;
	/** Seconds of processor time. */
	readonly node: number;
	readonly postgres: number;
}

/** Runs the import as a process of its own. Throws unless everything went in. */
async function importFolder(program: string, folder: string, url: string): Promise<Cost> {
	const database = await openPostgres(url, { connections: 1 });
	const before = await postgresProcessor(database);
	const start = performance.now();
	const environment = { ...process.env, NODE_ENV: "production", DATABASE_URL: url };
	const child = spawn(process.execPath, [program, folder, "--report", join(folder, "refused.jsonl")], {
		env: environment,
		stdio: ["ignore", "ignore", "inherit"],
	});
	const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
	const { peak, node } = await watched(child);
	const code = await ended;
	if (code !== 0) throw new Failure(`The import has ended with ${code}.`);
	const seconds = (performance.now() - start) / 1_000;
	const postgres = (await postgresProcessor(database)) - before;
	await database.close();
	return { seconds, peak, node: node / 1_000, postgres: postgres / 1_000 };
}

/** What the process took until it ended. */
async function watched(child: ChildProcess): Promise<{ peak: number; node: number }> {
	let seen = { peak: 0, node: 0 };
	for (; child.exitCode === null && child.pid !== undefined; await pause(betweenLooks)) {
		const peak = highestMemory(child.pid);
		if (peak !== undefined) seen = { peak, node: processorOf(child.pid) };
	}
	return seen;
}

/** Undefined when the process has ended. */
function highestMemory(pid: number): number | undefined {
	try {
		return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) || undefined;
	} catch {
		return undefined;
	}
}

function table(records: number, { seconds, peak, node, postgres }: Cost): string {
	const cells = [records, seconds.toFixed(0), (records / seconds).toFixed(0), (peak / 1024).toFixed(0), node.toFixed(0), postgres.toFixed(0)];
	return [
		"| usages | seconds | usages/s | peak MB RSS | seconds of processor, Node.js | PostgreSQL |",
		"|---|---|---|---|---|---|",
		`| ${cells.join(" | ")} |`,
	].join("\n");
}
