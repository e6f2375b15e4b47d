import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { projectPath } from "../../src/shared/project-root.ts";
import { answersAsPostgres } from "./processes.ts";
import { named } from "./templates.setup.ts";

/** A pooler in front of one database, with one of the configurations of .deploy. */
export interface Pooler {
	/** Of the database, by way of the pooler. */
	readonly url: string;
	stop(): Promise<void>;
}

export type PoolMode = "transaction" | "session";

const program = "/usr/sbin/pgbouncer";

export const isPgbouncerInstalled = (): boolean => isThere(program);

export function isThere(path: string): boolean {
	try {
		accessSync(path);
		return true;
	} catch {
		return false;
	}
}

/**
 * Starts PgBouncer with the configuration of .deploy for the mode: nothing but the places in it is another, and what `changes` says.
 * It refuses to run as root, and is another user then.
 */
export async function startPgbouncer(mode: PoolMode, databaseUrl: string, changes: Readonly<Record<string, string>> = {}): Promise<Pooler> {
	const folder = mkdtempSync(join(tmpdir(), "usage-gateway-pgbouncer-"));
	execFileSync("chmod", ["a+rwx", folder]);
	const { hostname, port: serverPort, pathname, username } = new URL(databaseUrl);
	const port = await freePort();
	const places: Record<string, string> = {
		gateway: `host=${hostname} port=${serverPort} dbname=${pathname.slice(1)}`,
		listen_port: String(port),
		unix_socket_dir: "",
		auth_file: join(folder, "userlist.txt"),
		logfile: join(folder, "pgbouncer.log"),
		pidfile: join(folder, "pgbouncer.pid"),
		...changes,
	};
	writeFileSync(join(folder, "userlist.txt"), `"${username}" "secret"\n`, { mode: 0o644 });
	writeFileSync(join(folder, "pgbouncer.ini"), configured(readFileSync(projectPath(".deploy", `pgbouncer-${mode}.ini`), "utf8"), places), { mode: 0o644 });

	const child = spawnUnprivileged(program, ["-q", join(folder, "pgbouncer.ini")]);
	const url = named(`postgresql://${username}:secret@127.0.0.1:${port}`, "gateway");
	const stop = async () => {
		if (child.exitCode === null && child.signalCode === null) {
			child.kill("SIGTERM"); // it leaves at once; SIGINT would wait for its clients
			await once(child, "close");
		}
		rmSync(folder, { recursive: true, force: true });
	};
	for (let tries = 0; !(await answersAsPostgres(url)); tries++) {
		if (tries < 200 && child.exitCode === null) {
			await pause(50);
			continue;
		}
		const log = isThere(places["logfile"] ?? "") ? readFileSync(places["logfile"] ?? "", "utf8") : "";
		await stop();
		throw new Error(`PgBouncer does not start: ${log}`);
	}
	return { url, stop };
}

/** The configuration with other values. Throws when it has no such names. */
function configured(text: string, values: Readonly<Record<string, string>>): string {
	return Object.entries(values).reduce((rest, [name, value]) => {
		const line = new RegExp(`^${name} = .*$`, "m");
		if (!line.test(rest)) throw new Error(`The configuration has no ${name}.`);
		return rest.replace(line, () => `${name} = ${value}`);
	}, text);
}

/** Starts the program as a user who may do little. */
export function spawnUnprivileged(file: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): ChildProcess {
	const isRoot = process.getuid?.() === 0;
	const [command = "", ...rest] = [...(isRoot ? ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] : []), file, ...args];
	return spawn(command, rest, { stdio: "ignore", env });
}

/** A port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	server.close();
	return typeof address === "object" && address !== null ? address.port : 0;
}
