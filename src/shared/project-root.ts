import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The absolute path of a file of the project, whether the code runs from src/ or bundled from dist/. */
export function projectPath(...parts: string[]): string {
	return join(projectRoot, ...parts);
}

const projectRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

function findRoot(directory: string): string {
	if (existsSync(join(directory, "package.json"))) return directory;
	const parent = dirname(directory);
	if (parent === directory) throw new Error("package.json is missing: the service must run inside its project folder.");
	return findRoot(parent);
}
