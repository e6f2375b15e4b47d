import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { build } from "esbuild";
import { openPostgres } from "../../../src/database/postgres.ts";
import { Failure } from "../../../src/shared/failure.ts";
import { projectPath } from "../../../src/shared/project-root.ts";
import { postgresProcessor, processorOf } from "../processes.ts";

/** Milliseconds between two looks at the process. The kernel keeps the highest memory, so that a late look misses little. */
const betweenLooks = 200;

/** The command of src/commands, bundled as it is when it is built. */
export async function bundled(command: string): Promise<string> {
	const outfile = projectPath("dist", "bench", `${command}.js`);
	await build({ entryPoints: [projectPath("src", "commands", `${command}.ts`)], outfile, bundle: true, packages: "external", platform: "node", format: "esm" });
	return outfile;
}

/** What a command took. */
export interface Cost {
	readonly seconds: number;
	/** Highest resident memory of the process, in kilobytes. */
	readonly peak: number;
	/** Seconds of processor time. */
	readonly node: number;
	readonly postgres: number;
}

/** Runs the program as a process of its own on the database. Throws unless it ends with 0. */
export async function measured(program: string, args: readonly string[], url: string, more: NodeJS.ProcessEnv = {}): Promise<Cost> {
	const database = await openPostgres(url, { connections: 1 });
	const before = await postgresProcessor(database);
	const start = performance.now();
	const child = spawn(process.execPath, [program, ...args], {
		env: { ...process.env, NODE_ENV: "production", DATABASE_URL: url, ...more },
		stdio: ["ignore", "ignore", "inherit"],
	});
	const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
	const { peak, node } = await watched(child);
	const code = await ended;
	if (code !== 0) throw new Failure(`The command has ended with ${code}.`);
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

/** The figures of a row. */
export const cellsOf = (records: number, { seconds, peak, node, postgres }: Cost): string =>
	[records, seconds.toFixed(0), (records / seconds).toFixed(0), (peak / 1024).toFixed(0), node.toFixed(0), postgres.toFixed(0)].join(" | ");
