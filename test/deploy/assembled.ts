import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll } from "vitest";
import { projectPath } from "../../src/shared/project-root.ts";
import type { Ended } from "../command/process.ts";

/** Runs a program of .deploy to its end, from another folder than the project's. */
export const deploy = (program: string, args: readonly string[], settings: NodeJS.ProcessEnv = {}): Promise<Ended> =>
	runProgram(projectPath(".deploy", program), args, settings);

/** Runs a program to its end, from another folder than the project's, with nothing in its environment but PATH and the settings. */
export const runProgram = (program: string, args: readonly string[], settings: NodeJS.ProcessEnv): Promise<Ended> =>
	new Promise((ended) => {
		const options = { cwd: tmpdir(), env: { PATH: process.env["PATH"], ...settings }, maxBuffer: 64 * 1024 * 1024 };
		const child = execFile(program, args, options, (_, stdout, stderr) => ended({ exitCode: child.exitCode, stdout, stderr }));
	});

/** Empty folders outside of the project, where Node finds none of its packages; gone after the file's tests. */
export function foldersForFile(): () => Promise<string> {
	const made: string[] = [];
	afterAll(async () => {
		for (const folder of made) await rm(folder, { recursive: true, force: true });
	});
	return async () => {
		const folder = await mkdtemp(join(tmpdir(), "usage-gateway-deploy-"));
		made.push(folder);
		return folder;
	};
}

/** Each file below a folder with its content's SHA-256 and its size in bytes. */
export async function filesOf(folder: string): Promise<{ file: string; sha256: string; bytes: number }[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
	return Promise.all(
		files.sort().map(async (file) => {
			const content = await readFile(file);
			return { file: relative(folder, file), sha256: createHash("sha256").update(content).digest("hex"), bytes: content.length };
		}),
	);
}
