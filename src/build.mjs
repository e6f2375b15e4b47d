// Bundles the service and its commands into dist, once what they are generated from is there.
import "../prisma/generate.mjs";
import { readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const programs = [
	"main.ts",
	"access/main.ts",
	"database/main.ts",
	"import/main.ts",
	"month-turn/main.ts",
	"notification/main.ts",
	"verify/main.ts",
	"world/main.ts",
];

const { metafile } = await build({
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
	metafile: true,
});

// The parts of what was bundled before: nothing that runs looks for one later than at its start.
const made = new Set(Object.keys(metafile.outputs).map((file) => file.split("/").at(-1)));
for (const part of readdirSync(path("../dist/parts"))) if (!made.has(part)) rmSync(path(`../dist/parts/${part}`));
