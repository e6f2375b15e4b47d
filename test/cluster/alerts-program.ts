import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { projectPath } from "../../src/shared/project-root.ts";
import { readme } from "../readme/document.ts";

/** A program of README.md, as it runs. */
export interface AlertsProgram {
	/** What it has printed, line by line. */
	readonly lines: readonly string[];
	stop(): void;
}

/** Runs the program that README.md subscribes with, against the address and as the owner of the token. */
export function runAlerts(url: string, token: string, position: string): AlertsProgram {
	const { text } = readme.blockWith("js", "graphql-ws");
	const program = text.replace("ws://127.0.0.1:4000/graphql", url.replace(/^http/, "ws")).replace("demo_provider", token);
	// Without a file, packages are looked for from the folder that it runs in.
	const args = ["--input-type=module", "--eval", program, "alerts.mjs", position];
	const child = spawn(process.execPath, args, { cwd: projectPath(), stdio: ["ignore", "pipe", "ignore"] });
	const lines: string[] = [];
	createInterface(child.stdout).on("line", (line) => lines.push(line));
	return { lines, stop: () => void child.kill("SIGKILL") };
}
