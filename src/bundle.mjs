// Bundles the service and its commands, once what they are generated from is there.
import "../prisma/generate.mjs";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const { build } = await import("esbuild"); // later than what says that packages are missing
export const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const programs = [
	"main.ts",
	"commands/import.ts",
	"commands/migrate.ts",
	"commands/notifications.ts",
	"commands/sync.ts",
	"commands/token.ts",
	"commands/turn-month.ts",
	"commands/verify.ts",
	"commands/world.ts",
];

/** Bundled with the sources: installed to run, the plugin would ask for Prisma's client, and that for Prisma's tools and TypeScript. */
const bundled = {
	name: "bundled",
	setup: ({ onResolve }) =>
		onResolve({ filter: /^@pothos\/(plugin-prisma|selection-mapper)$/ }, ({ path }) => ({ path: fileURLToPath(import.meta.resolve(path)) })),
};

/** SOURCE_COMMIT, for who builds without the repository, as the image is; else the commit that is checked out, "unknown" outside of a repository. */
function sourceCommit() {
	if (process.env.SOURCE_COMMIT) return process.env.SOURCE_COMMIT;
	if (!existsSync(path("../.git"))) return "unknown";
	try {
		return execFileSync("git", ["rev-parse", "HEAD"], { cwd: path(".."), encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
	} catch {
		return "unknown"; // without git, or in somebody else's repository
	}
}

/** Bundles all programs, and what several of them share or load later as parts of their own; the options say what becomes of them. */
export const bundle = (options) =>
	build({
		absWorkingDir: path(".."),
		entryPoints: programs.map(path),
		bundle: true,
		splitting: true, // what is loaded later, or by several, is a file of its own
		chunkNames: "parts/[name]-[hash]",
		packages: "external",
		define: { SOURCE_COMMIT: JSON.stringify(sourceCommit()) },
		platform: "node",
		format: "esm",
		target: "node20",
		sourcemap: true,
		outdir: path("../dist"),
		outbase: path("."),
		logLevel: "warning",
		metafile: true,
		...options,
		plugins: [...(options.plugins ?? []), bundled],
	});
