import { type ChildProcess, fork } from "node:child_process";
import { EventEmitter, once } from "node:events";
import type { Database } from "../../src/database/database.ts";
import { projectPath } from "../../src/shared/project-root.ts";
import type { Message } from "../bench/fanout/answer.ts";
import type { Memory } from "../bench/fanout/control.ts";
import { freshDatabase, urlOf } from "../support/database.ts";
import type { Burst } from "./gateway.ts";
import type { Stalls } from "./stalls.ts";

/** A gateway in a process of its own. */
export interface GatewayProcess {
	readonly url: string;
	/** Makes firings at once, and answers their positions in the order of the log. */
	fire(burst: Burst): Promise<string[]>;
	/** What it takes when all is collected that is to be. */
	memory(): Promise<Memory>;
	/** Bytes that it took at most since this was asked before. */
	peak(): Promise<number>;
	/** Errors that nobody named since this was asked before, each with its stack. */
	bugs(): Promise<string[]>;
	/** How long nothing else could be done since this was asked before. */
	stalls(): Promise<Stalls>;
	stop(): Promise<void>;
}

/** Starts the gateway on a fresh database of the server that `fill` has filled. What is asked of a gateway that has ended is refused with what it wrote last. */
export async function startGatewayProcess(
	fill: (database: Database) => Promise<void>,
	{ isLimited = false }: { isLimited?: boolean } = {},
): Promise<GatewayProcess> {
	const database = await freshDatabase("empty");
	await fill(database);
	const child = fork(projectPath("test", "bounds", "gateway.ts"), [], {
		cwd: projectPath(),
		env: { PATH: process.env["PATH"], DATABASE_URL: await urlOf(database), LIMITED: isLimited ? "true" : undefined },
		execArgv: ["--expose-gc", "--import", "tsx"],
		serialization: "advanced",
		stdio: ["ignore", "ignore", "pipe", "ipc"],
	});
	const { ask, told, ended } = conversation(child);
	const [url] = await told("started");
	return {
		url: String(url),
		fire: (burst) => ask<string[]>("fire", burst),
		memory: () => ask<Memory>("memory"),
		peak: () => ask<number>("peak"),
		bugs: () => ask<string[]>("bugs"),
		stalls: () => ask<Stalls>("stalls"),
		stop: async () => {
			child.kill("SIGKILL");
			await ended;
			await database.close();
		},
	};
}

/** As much of what it has complained of is told when it ends, in characters. */
const shownComplaints = 2_000;

function conversation(child: ChildProcess) {
	const messages = new EventEmitter();
	let complaints = "";
	child.stderr?.setEncoding("utf8").on("data", (text) => {
		complaints = (complaints + text).slice(-shownComplaints);
	});
	child.on("message", ({ name, value }: Message) => messages.emit(name, value));
	const ended = once(child, "close");
	const tooEarly = ended.then(([code, signal]) => Promise.reject(new Error(`The gateway ended with ${code ?? signal}: ${complaints}`)));
	tooEarly.catch(() => {});
	const told = (name: string): Promise<unknown[]> => Promise.race([once(messages, name), tooEarly]);
	/** One question of a name at a time: answers have no other. */
	const ask = async <Answer>(name: string, value?: unknown): Promise<Answer> => {
		const answered = told(name);
		child.send({ name, value } satisfies Message);
		return (await answered)[0] as Answer;
	};
	return { ask, told, ended };
}
