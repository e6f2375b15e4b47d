// Bundles the service and its commands into dist, once what they are generated from is there.
import "../prisma/generate.mjs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const programs = ["main.ts", "access/main.ts", "database/main.ts", "import/main.ts", "month-turn/main.ts", "world/main.ts"];

await build({
	entryPoints: programs.map(path),
	bundle: true,
	splitting: true, // what is loaded later, or by several, is a file of its own
	chunkNames: "parts/[name]-[hash]",
	packages: "external",
	platform: "node",
	format: "esm",
	target: "node20",
	sourcemap: true,
	outdir: path("../dist"),
	outbase: path("."),
	logLevel: "warning",
});
