import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";

// Installs the packages of this folder and of those below it that have some of their own, where their lock is newer than what is there.
for (const folder of [".", "eslint", "federation"].map((name) => join(import.meta.dirname, name))) {
	const [lock, installed] = [join(folder, "package-lock.json"), join(folder, "node_modules", ".package-lock.json")];
	if (existsSync(installed) && statSync(installed).mtimeMs > statSync(lock).mtimeMs) continue;
	const { status } = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder, stdio: "inherit" });
	if (status !== 0) process.exit(status ?? 1);
}
