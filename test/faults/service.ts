import { fork } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { build } from "esbuild";
import { projectPath } from "../../src/shared/project-root.ts";
import type { Settings } from "../command/process.ts";
import type { Point } from "./points.ts";

/** A service that is killed, by itself or from outside. */
export interface DoomedService {
	readonly url: string;
	kill(): void;
	/** Resolves when it is dead with what it complained of; rejects when it ended in any other way. */
	readonly dead: Promise<string>;
	readonly isDead: boolean;
}

let bundled: Promise<string> | undefined;

/** The program in one file, made once: it starts in half the time. */
function program(): Promise<string> {
	const outfile = projectPath("node_modules", ".cache", `faults-${process.pid}`, "program.mjs");
	const options = { bundle: true, packages: "external", platform: "node", format: "esm", target: "node20", logLevel: "warning" } as const;
	bundled ??= build({ ...options, entryPoints: [projectPath("test", "faults", "program.ts")], outfile }).then(() => outfile);
	return bundled;
}

/** Leaves nothing of the services behind. */
export async function clearServices(): Promise<void> {
	if (bundled !== undefined) await rm(dirname(await bundled), { recursive: true, force: true });
	bundled = undefined;
}

/** Starts a service, which kills itself when it comes to the point for the given time. */
export async function startDoomed(settings: Settings, at?: { readonly point: Point; readonly time: number }): Promise<DoomedService> {
	const child = fork(await program(), at === undefined ? [] : [at.point, String(at.time)], {
		cwd: projectPath(),
		env: { PATH: process.env["PATH"], ...settings },
		stdio: ["ignore", "ignore", "pipe", "ipc"],
	});
	let complaints = "";
	child.stderr?.setEncoding("utf8").on("data", (text) => (complaints += text));
	let isDead = false;
	const dead = once(child, "close").then(([exitCode, signal]) => {
		isDead = true;
		if (signal !== "SIGKILL") throw new Error(`The service ended with ${exitCode ?? signal}: ${complaints}`);
		return complaints;
	});
	const early = dead.then(() => Promise.reject(new Error(`The service was killed before it served: ${complaints}`)));
	early.catch(() => {});
	const [url] = await Promise.race([once(child, "message"), early]);
	return {
		url,
		kill: () => void child.kill("SIGKILL"),
		dead,
		get isDead() {
			return isDead;
		},
	};
}
