import { type ChildProcess, fork } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { projectPath } from "../../../src/shared/project-root.ts";
import type { Message } from "./answer.ts";

/** A process of the benchmark. */
export interface Program {
	/** Asks it, and waits for its answer. Rejects when it ends before. */
	ask<Answer>(name: string, value?: unknown): Promise<Answer>;
	/** Calls back whenever it tells something of that name. */
	on<Value>(name: string, listener: (value: Value) => void): void;
	/** The first text that it prints in which the pattern is found, and what is found. Rejects when it ends before. */
	printed(pattern: RegExp): Promise<string>;
	/** Kills it, and waits for its end. */
	end(): Promise<void>;
}

const programs = {
	service: "src/main.ts",
	recipe: "test/bench/fanout/recipe.ts",
	subscribers: "test/bench/fanout/subscribers.ts",
	control: "test/bench/fanout/control.ts",
};
const folder = projectPath("dist", "fanout");
const built = (program: keyof typeof programs) => projectPath("dist", "fanout", `${program}.js`);

/** How much of what a program that ended has written on its error stream is told, in characters. */
const shownComplaints = 1_000;

const running = new Set<ChildProcess>();

/** Bundles the programs as `npm run build` does: what runs is what is deployed, not what a loader makes of the sources. */
export async function buildPrograms(): Promise<void> {
	mkdirSync(folder, { recursive: true });
	const entryPoints = Object.fromEntries(Object.entries(programs).map(([name, file]) => [name, projectPath(file)]));
	await build({ entryPoints, outdir: folder, bundle: true, packages: "external", platform: "node", format: "esm", target: "node20", logLevel: "warning" });
}

/** Starts a program; one that is measured lets the driver ask what it takes. */
export function startProgram(program: Exclude<keyof typeof programs, "control">, settings: Readonly<Record<string, string>> = {}): Program {
	const child = fork(built(program), [], {
		cwd: projectPath(),
		env: { PATH: process.env["PATH"], ...settings },
		execArgv: program === "subscribers" ? [] : ["--expose-gc", "--import", pathToFileURL(built("control")).href],
		serialization: "advanced",
		stdio: ["ignore", "pipe", "pipe", "ipc"],
	});
	running.add(child);
	const told = new EventEmitter();
	child.on("message", (message: Message) => told.emit(message.name, message.value));
	let [printed, complaints] = ["", ""];
	child.stderr?.setEncoding("utf8").on("data", (text) => {
		complaints = (complaints + text).slice(-shownComplaints);
	});
	child.stdout?.setEncoding("utf8").on("data", (text) => {
		printed += text;
		told.emit("printed");
	});
	const ended = once(child, "close").then(() => void running.delete(child));
	const tooEarly = ended.then(() => Promise.reject(new Error(`The program ${program} ended: ${complaints}`)));
	tooEarly.catch(() => {});

	return {
		ask: async <Answer>(name: string, value?: unknown): Promise<Answer> => {
			const answered = once(told, name);
			child.send({ name, value } satisfies Message);
			const [answer] = await Promise.race([answered, tooEarly]);
			return answer;
		},
		on: (name, listener) => void told.on(name, listener),
		printed: async (pattern) => {
			for (;;) {
				const [found] = pattern.exec(printed) ?? [];
				if (found !== undefined) return found;
				await Promise.race([once(told, "printed"), tooEarly]);
			}
		},
		end: () => {
			child.kill("SIGKILL");
			return ended;
		},
	};
}

/** Kills every program that still runs. */
export async function endPrograms(): Promise<void> {
	await Promise.all(
		[...running].map(async (child) => {
			child.kill("SIGKILL");
			await once(child, "close");
		}),
	);
}
