import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { projectPath } from "../../src/shared/project-root.ts";
import { answersAsPostgres, childrenOf, ended, send } from "../support/processes.ts";

/** A PostgreSQL server of a test's own, to which anything may happen. */
export interface PostgresServer {
	readonly url: string;
	/** Kills all its processes at once, as a lack of memory does, and starts it again. Resolves when it takes connections. */
	crash(): Promise<void>;
	/** Restarts it without a clean shutdown, as `pg_ctl restart --mode immediate` does. Resolves when it takes connections. */
	restartAtOnce(): Promise<void>;
	/** Ends every connection. Resolves when it has been told to all of them. */
	terminateConnections(): Promise<void>;
	/** Stops all its processes where they are. */
	freeze(): void;
	/** Lets them go on. */
	thaw(): void;
	stop(): Promise<void>;
}

/** Between two looks at whether something has happened, in milliseconds. */
const betweenLooks = 10;

export function startPostgresServer(): PostgresServer {
	const folder = mkdtempSync(join(tmpdir(), "usage-gateway-faults-"));
	execFileSync("chmod", ["a+rx", folder]);
	const data = join(folder, "data");
	const pidFile = join(data, "postmaster.pid");
	const url = execFileSync(projectPath(".ci", "postgres"), ["18", folder], { cwd: projectPath(), encoding: "utf8" }).trim();
	const postmaster = () => Number(readFileSync(pidFile, "utf8").split("\n")[0]);
	let frozen: number[] = [];

	/** Sends it to the server's processes as they are; the first one stops before, lest it starts others meanwhile. */
	function signalAll(signal: NodeJS.Signals): number[] {
		const first = postmaster();
		process.kill(first, "SIGSTOP");
		const all = [first, ...childrenOf(first)];
		for (const pid of all) send(pid, signal);
		return all;
	}

	/** Starts it as it was started before, and waits until it takes connections. */
	async function start(): Promise<void> {
		rmSync(pidFile, { force: true }); // its processes have ended
		const [program = "", ...args] = readFileSync(join(data, "postmaster.opts"), "utf8").trim().replaceAll('"', "").split(" ");
		const { uid, gid } = statSync(data);
		spawn(program, args, { cwd: data, uid, gid, stdio: "ignore", detached: true }).unref();
		while (!(await answersAsPostgres(url))) await pause(betweenLooks);
	}

	return {
		url,
		crash: async () => {
			await ended(signalAll("SIGKILL"));
			await start();
		},
		restartAtOnce: async () => {
			const all = [postmaster(), ...childrenOf(postmaster())];
			process.kill(postmaster(), "SIGQUIT");
			await ended(all);
			await start();
		},
		terminateConnections: async () => {
			const client = new pg.Client({ connectionString: url });
			await client.connect();
			await client.query("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'");
			await client.end();
		},
		freeze: () => {
			frozen = signalAll("SIGSTOP");
		},
		thaw: () => {
			for (const pid of frozen) send(pid, "SIGCONT");
			frozen = [];
		},
		stop: async () => {
			for (const pid of frozen) send(pid, "SIGCONT");
			if (existsSync(pidFile)) {
				const all = [postmaster(), ...childrenOf(postmaster())];
				process.kill(postmaster(), "SIGQUIT");
				await ended(all);
			}
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
