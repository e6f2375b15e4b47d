// Generates src/generated from schema.prisma when it is missing or older than the schema.
// The generators need no schema engine, but the CLI looks for one: any executable satisfies it, so nothing is downloaded.
import { execFileSync } from "node:child_process";
import { rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";

const oldest = [20, 19];
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
	process.stderr.write(`Node ${oldest.join(".")} or newer is needed: this is ${process.versions.node}.\n`);
	process.exit(1);
}

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const modified = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const cli = createRequire(import.meta.url).resolve("prisma/build/index.js");

if (modified(path("../src/generated/pothos.ts")) < Math.max(modified(path("schema.prisma")), modified(cli))) {
	rmSync(path("../src/generated"), { recursive: true, force: true });
	execFileSync(process.execPath, [cli, "generate", "--config", path("prisma.config.ts")], {
		cwd: path(".."),
		env: {
			...process.env,
			PATH: `${path("../node_modules/.bin")}${delimiter}${process.env.PATH}`,
			PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
			PRISMA_HIDE_UPDATE_MESSAGE: "1",
			CHECKPOINT_DISABLE: "1",
		},
		stdio: "pipe", // told in the error when it fails
	});
}
