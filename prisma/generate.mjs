// Generates src/generated from schema.prisma when it is missing or older than the schema.
// The generators need no schema engine, but the CLI looks for one: any executable satisfies it, so nothing is downloaded.
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
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
const cli = placeOfCli();

const last = path("../src/generated/calendar-dates.ts");
if (modified(last) < Math.max(modified(path("schema.prisma")), modified(cli))) {
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
	writeFileSync(last, calendarDates(readFileSync(path("schema.prisma"), "utf8")));
}

function placeOfCli() {
	try {
		return createRequire(import.meta.url).resolve("prisma/build/index.js");
	} catch {
		process.stderr.write("Packages are missing: npm ci installs them, without --omit=dev and without NODE_ENV=production.\n");
		return process.exit(1);
	}
}

/** The columns of each model that are calendar dates: Prisma's types do not say it, to them a date is a moment. */
function calendarDates(schema) {
	const models = [...schema.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)].map(([, model, body]) => {
		const columns = [...body.matchAll(/^ +(\w+) +DateTime\b.*@db\.Date(?!\w)/gm)].map(([, column]) => JSON.stringify(column));
		return columns.length === 0 ? "" : `\t${model}: [${columns.join(", ")}],\n`;
	});
	return `export const calendarDates = {\n${models.join("")}} as const;\n`;
}
