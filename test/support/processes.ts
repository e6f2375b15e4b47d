import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";

/** Between two looks at processes, in milliseconds. */
const betweenLooks = 10;

/** Sends the signal, unless the process has ended meanwhile. */
export function send(pid: number, signal: NodeJS.Signals): void {
	try {
		process.kill(pid, signal);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
	}
}

/** State and parent of a process, by the fields of Linux; undefined when it has ended. */
function look(pid: number): { state: string; parent: number } | undefined {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
		const [state = "", parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
		return { state, parent: Number(parent) };
	} catch {
		return undefined;
	}
}

export const childrenOf = (parent: number): number[] =>
	readdirSync("/proc")
		.map(Number)
		.filter((pid) => look(pid)?.parent === parent);

/** Whether the process has ended, be it that its parent has not looked yet. */
export const isOver = (pid: number): boolean => ["Z", undefined].includes(look(pid)?.state);

/** Resolves when all of the processes have ended. */
export async function ended(pids: readonly number[]): Promise<void> {
	while (!pids.every(isOver)) await pause(betweenLooks);
}

/** Whether something answers as PostgreSQL at the URL within two seconds. */
export async function answersAsPostgres(url: string): Promise<boolean> {
	const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
	client.on("error", () => {});
	try {
		await client.connect();
		await client.query("select 1");
		return true;
	} catch {
		return false;
	} finally {
		void client.end().catch(() => {});
	}
}
