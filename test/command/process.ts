import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { projectPath } from "../../src/shared/project-root.ts";

/** What a command finds in its environment, apart from PATH. */
export type Settings = Readonly<Record<string, string>>;

export interface Ended {
	readonly exitCode: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

export interface Service {
	readonly pid: number;
	/** The address of GraphQL, as the service printed it. */
	readonly url: string;
	/** What it has printed up to its last line of greeting. */
	readonly greeting: string;
	/** What it has written on the error stream until now. */
	errors(): string;
	/** Asks it to stop, as an operator or a container does, and waits for its end. */
	stop(): Promise<Ended>;
	/** Kills it, so that it has no time for anything, and waits for its end. */
	kill(): Promise<Ended>;
	/** Presses Ctrl-C again and again until it ends, as npm does in passing on what the process got already. */
	interrupt(): Promise<Ended>;
	/** Its end, whatever brings it about. */
	readonly ended: Promise<Ended>;
}

const programs = {
	service: "main.js",
	token: "commands/token.js",
	migrate: "commands/migrate.js",
	import: "commands/import.js",
	"turn-month": "commands/turn-month.js",
	notifications: "commands/notifications.js",
	verify: "commands/verify.js",
	world: "commands/world.js",
};
type Command = keyof typeof programs;

const running = new Set<ChildProcess>();

/** Runs one of the commands of package.json to its end. */
export async function run(command: Command, settings: Settings, ...args: string[]): Promise<Ended> {
	return begin(command, settings, args).ended;
}

/** Starts the service on a free port, and waits until it says where it is. Throws what it printed when it ends before. */
export async function startService(settings: Settings, options?: Starting): Promise<Service> {
	const { child, output, ended } = begin("service", { PORT: "0", GRAPHIQL: "on", LOG: "off", RATE_LIMIT: "0", ...settings }, [], options);
	const greeting = new Promise<string>((resolve) => {
		child.stdout?.on("data", () => {
			if (/^GraphiQL: .*\n/m.test(output.stdout)) resolve(output.stdout);
		});
	});
	const text = await Promise.race([
		greeting,
		ended.then(({ exitCode, stderr }) => {
			throw new Error(`The service ended with ${exitCode}: ${stderr}`);
		}),
	]);
	return {
		pid: child.pid ?? 0,
		url: /http:\S+/.exec(text)?.[0] ?? "",
		greeting: text,
		errors: () => output.stderr,
		stop: () => {
			child.kill("SIGTERM");
			return ended;
		},
		kill: () => {
			child.kill("SIGKILL");
			return ended;
		},
		interrupt: () => {
			const pressing = setInterval(() => child.kill("SIGINT"), 1);
			return ended.finally(() => clearInterval(pressing));
		},
		ended,
	};
}

/** How a command is started: with so many files that it may open, within another program, or elsewhere. */
interface Starting {
	readonly openFiles?: number;
	/** The other program's words. */
	readonly within?: readonly string[];
	/** Whose dist is run: the project's without it. */
	readonly folder?: string;
	/** The working directory: the project's folder without it. */
	readonly cwd?: string;
}

/** Starts one of the commands of package.json. */
export function begin(
	command: Command,
	settings: Settings,
	args: readonly string[] = [],
	{ openFiles, within = [], folder = projectPath(), cwd = projectPath() }: Starting = {},
) {
	const program = [process.execPath, "--enable-source-maps", join(folder, "dist", programs[command]), ...args];
	const limited = openFiles === undefined ? [] : ["sh", "-c", `ulimit -n ${openFiles} && exec "$0" "$@"`];
	const [file = "", ...rest] = [...limited, ...within, ...program];
	const child = spawn(file, rest, {
		cwd,
		env: { PATH: process.env["PATH"], ...settings },
		stdio: ["ignore", "pipe", "pipe"],
	});
	running.add(child);
	const output = { stdout: "", stderr: "" };
	for (const stream of ["stdout", "stderr"] as const) child[stream].setEncoding("utf8").on("data", (text) => (output[stream] += text));
	const ended = once(child, "close").then(([exitCode]): Ended => {
		running.delete(child);
		return { exitCode, ...output };
	});
	return { child, output, ended };
}

/** Ends every command that still runs. */
export async function endProcesses(): Promise<void> {
	const children = [...running];
	for (const child of children) child.kill("SIGKILL");
	await Promise.all(children.map((child) => once(child, "close")));
}

/** A path of its own for each directory of a test file, and none of them afterwards; what still runs then is ended. */
export function directoriesForFile(): () => Promise<string> {
	const made: string[] = [];
	afterAll(async () => {
		await endProcesses();
		for (const directory of made) await rm(directory, { recursive: true, force: true });
	});
	return async () => {
		const parent = await mkdtemp(join(tmpdir(), "usage-gateway-command-"));
		made.push(parent);
		return join(parent, "data");
	};
}

/** Runs a document on a service, as the owner of the token. */
export async function ask(service: Pick<Service, "url">, token: string, query: string, variables?: object) {
	const headers = { "content-type": "application/json", connection: "close", authorization: `Token ${token}` };
	const response = await fetch(service.url, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
	return response.json();
}
