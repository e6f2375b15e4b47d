import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { openPostgres } from "../../src/database/postgres.ts";
import { raw } from "../../src/database/sql.ts";
import { projectPath } from "../../src/shared/project-root.ts";

/** An empty database. */
export interface EmptyDatabase {
	readonly url: string;
	/** Drops it, and stops the server unless it was given. */
	drop(): Promise<void>;
}

/** Makes an empty database on the server, or on one of its own when none is given. */
export async function emptyDatabase(serverUrl: string | undefined): Promise<EmptyDatabase> {
	const server = serverUrl === undefined ? startServer() : { url: serverUrl, stop: async () => {} };
	const name = `bench_${randomBytes(6).toString("hex")}`;
	const run = async (statement: string) => {
		const database = await openPostgres(server.url, { connections: 1 });
		await database.rows(raw(statement)).finally(() => database.close());
	};
	try {
		await run(`create database "${name}"`);
	} catch (error) {
		await server.stop();
		throw error;
	}
	const url = new URL(server.url);
	url.pathname = `/${name}`;
	return {
		url: url.href,
		drop: () => run(`drop database "${name}" with (force)`).finally(() => server.stop()),
	};
}

function startServer(): { url: string; stop(): Promise<void> } {
	const folder = mkdtempSync(join(tmpdir(), "usage-gateway-bench-"));
	execFileSync("chmod", ["a+rx", folder]);
	const pidFile = join(folder, "data", "postmaster.pid");
	const stop = async () => {
		if (existsSync(pidFile)) process.kill(Number(readFileSync(pidFile, "utf8").split("\n")[0]), "SIGINT");
		for (let tenths = 0; tenths < 200 && existsSync(pidFile); tenths++) await pause(100);
		rmSync(folder, { recursive: true, force: true });
	};
	const url = execFileSync(projectPath(".ci", "postgres"), ["18", folder], { cwd: projectPath(), encoding: "utf8" }).trim();
	return { url, stop };
}
