import { fork } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { build } from "esbuild";
import { projectPath } from "../../src/shared/project-root.ts";
import type { Settings } from "../command/process.ts";
import type { MigrationPoint } from "./migration-points.ts";
import type { Point } from "./points.ts";

/** A service that is killed, by itself or from outside. */
export interface DoomedService {
	readonly url: string;
	kill(): void;
	/** Resolves when it is dead with what it complained of; rejects when it ended in any other way. */
	readonly dead: Promise<string>;
	readonly isDead: boolean;
}

const bundled = new Map<string, Promise<string>>();

/** The program of this folder in one file, made once: it starts in half the time. */
function program(name: "program" | "migrating-program"): Promise<string> {
	const outfile = projectPath("node_modules", ".cache", `faults-${process.pid}`, `${name}.mjs`);
	const options = { bundle: true, packages: "external", platform: "node", format: "esm", target: "node20", logLevel: "warning" } as const;
	const made = bundled.get(name) ?? build({ ...options, entryPoints: [projectPath("test", "faults", `${name}.ts`)], outfile }).then(() => outfile);
	bundled.set(name, made);
	return made;
}

/** Leaves nothing of the programs behind. */
export async function clearServices(): Promise<void> {
	for (const made of bundled.values()) await rm(dirname(await made), { recursive: true, force: true });
	bundled.clear();
}

/** Applies the migrations in a process that kills itself when it comes to the point. Returns how that ended: by SIGKILL, or as one that never came to it. */
export async function migrateDoomed(settings: Settings, point: MigrationPoint): Promise<NodeJS.Signals | number> {
	const env = { PATH: process.env["PATH"], ...settings };
	const child = fork(await program("migrating-program"), [point], { cwd: projectPath(), env, stdio: ["ignore", "ignore", "inherit", "ipc"] });
	const [exitCode, signal] = await once(child, "close");
	return signal ?? exitCode;
}

/** Starts a service, which kills itself when it comes to the point for the given time. */
export async function startDoomed(settings: Settings, at?: { readonly point: Point; readonly time: number }): Promise<DoomedService> {
	const child = fork(await program("program"), at === undefined ? [] : [at.point, String(at.time)], {
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
