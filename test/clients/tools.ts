import { execFile } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectPath } from "../../src/shared/project-root.ts";

const folder = projectPath("test", "clients");

/** An empty folder for what a client generates, which its sample application imports: no part of the repository. */
export function emptyFolder(client: string): string {
	const path = join(folder, "generated", client);
	rmSync(path, { recursive: true, force: true });
	mkdirSync(path, { recursive: true });
	return path;
}

/** Runs a program of the clients' packages as their users do, and answers what it printed. Throws all that it printed when it fails. */
export async function run(program: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}, packages = folder): Promise<string> {
	// Programs print less under a test runner.
	const { NODE_ENV: _mode, VITEST: _runner, ...usual } = process.env;
	const options = { cwd: folder, env: { ...usual, ...environment, NO_COLOR: "1" }, maxBuffer: 1 << 26 };
	try {
		const { stdout, stderr } = await promisify(execFile)(join(packages, "node_modules", ".bin", program), args, options);
		return stdout + stderr;
	} catch (error) {
		const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
		throw new Error(`${program} ${args.join(" ")} failed:\n${stdout}${stderr}`, { cause: error });
	}
}

/** Compiles a client's sample application against what was generated for it, by the service's own compiler; throws the compiler's errors. */
export const compile = (client: string): Promise<string> => run("tsc", ["--project", join(client, "app")], {}, projectPath());

/** A module of a client's sample application, which can be loaded once what it imports has been generated. */
// biome-ignore lint/suspicious/noExplicitAny: the compiler looks at sample applications by themselves, with what they import
export const application = (client: string, file: string): Promise<any> => import(/* @vite-ignore */ join(folder, client, "app", file));
