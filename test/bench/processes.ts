import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Queries } from "../../src/database/database.ts";
import { sql } from "../../src/database/sql.ts";

export interface ServerProcess {
	readonly url: string;
	/** Milliseconds of processor time that the process has taken. */
	processor(): number;
	/** Megabytes of memory that the process has now. */
	memory(): number;
	stop(): Promise<void>;
}

const running = new Set<ChildProcess>();

/** Starts a server as a process of its own, and waits until it prints where it listens. */
export function startProcess(program: string, args: readonly string[], environment: NodeJS.ProcessEnv): Promise<ServerProcess> {
	const child = spawn(program, args, { env: { ...process.env, NODE_ENV: "production", ...environment }, stdio: ["ignore", "pipe", "inherit"] });
	running.add(child);
	child.once("exit", () => running.delete(child));
	return new Promise((resolve, reject) => {
		let printed = "";
		child.once("error", reject);
		child.once("exit", (code) => reject(new Error(`${program} ${args.join(" ")} has ended with ${code}.`)));
		child.stdout.on("data", (text: Buffer) => {
			printed += text.toString();
			const [url] = /http:\/\/127\.0\.0\.1:\d+\S*/.exec(printed) ?? [];
			if (url === undefined || child.pid === undefined) return;
			child.stdout.removeAllListeners("data").resume();
			resolve({ url, processor: () => processorOf(child.pid as number), memory: () => memoryOf(child.pid as number), stop: () => ended(child) });
		});
	});
}

/** Milliseconds of processor time that the process has taken; 0 when it has ended. */
export const processorOf = (pid: number): number => timesOf(pid)?.own ?? 0;

/** Megabytes of memory that the process has now; 0 when it has ended. */
function memoryOf(pid: number): number {
	try {
		return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? 0) / 1_024;
	} catch {
		return 0;
	}
}

/** Ends every server that still runs. */
export async function endProcesses(): Promise<void> {
	await Promise.all([...running].map(ended));
}

function ended(child: ChildProcess): Promise<void> {
	return new Promise((resolve) => {
		child.removeAllListeners("exit").once("exit", () => {
			running.delete(child);
			resolve();
		});
		child.kill("SIGTERM");
	});
}

/**
 * Milliseconds of processor time that all processes of the PostgreSQL server have taken, those that have ended included; it
 * must run on this computer.
 */
export async function postgresProcessor(queries: Queries): Promise<number> {
	const rows = await queries.rows<{ pid: number }>(sql`select "pid" from pg_stat_activity`);
	const times = rows.flatMap(({ pid }) => timesOf(pid) ?? []);
	const ofEnded = timesOf(times[0]?.parent ?? 0)?.ofEnded ?? 0;
	return times.reduce((sum, { own }) => sum + own, ofEnded);
}

const millisecondsOfTick = 10;

interface Times {
	/** User and system time of the process. */
	readonly own: number;
	/** The same of its children that have ended. */
	readonly ofEnded: number;
	readonly parent: number;
}

/** Undefined when there is no process with the number. */
function timesOf(pid: number): Times | undefined {
	let stat: string;
	try {
		stat = readFileSync(`/proc/${pid}/stat`, "latin1");
	} catch {
		return undefined;
	}
	// The second field is the program's name in brackets, and may have spaces: the state is the first field behind it.
	const fields = stat
		.slice(stat.lastIndexOf(")") + 2)
		.split(" ")
		.map(Number);
	const [own, ofEnded] = [11, 13].map((at) => ((fields[at] ?? 0) + (fields[at + 1] ?? 0)) * millisecondsOfTick);
	return { own: own ?? 0, ofEnded: ofEnded ?? 0, parent: fields[1] ?? 0 };
}
