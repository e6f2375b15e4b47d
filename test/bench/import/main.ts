import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../../../src/shared/command.ts";
import { Failure } from "../../../src/shared/failure.ts";
import { generateWorld } from "../../../src/world/world.ts";
import { month } from "../months.ts";
import { emptyDatabase } from "../postgres.ts";
import { bundled, cellsOf, measured } from "./measured.ts";

const size = { customers: 100, projects: 400, offerings: 20, components: 4, usersPerUsage: 0 };
const months = 36;
const usualResources = 7_000;

const say = (line: string) => process.stdout.write(`${line}\n`);

/** How long the import of a million usages takes on PostgreSQL, and how much memory. */
await runCommand({ args: [], usage: "" }, async () => {
	const resources = Number(process.argv[2] ?? usualResources);
	if (!Number.isInteger(resources) || resources < 1) throw new Failure("Say of how many resources the usage is imported: npm run bench:import -- 7000.");
	const program = await bundled("import");
	const folder = mkdtempSync(join(tmpdir(), "usage-gateway-import-"));
	const { url, drop } = await emptyDatabase(process.env["BENCH_DATABASE_URL"]);
	try {
		const counts = await generateWorld({ folder, seed: 1, until: month, months, now: new Date(`${month}-20T12:00:00Z`), size: { ...size, resources } });
		const records = counts["marketplace-component-usages"];
		say(`${records} usages are to be imported.`);
		const cost = await measured(program, [folder, "--report", join(folder, "refused.jsonl")], url);
		say("| usages | seconds | usages/s | peak MB RSS | seconds of processor, Node.js | PostgreSQL |\n|---|---|---|---|---|---|");
		say(`| ${cellsOf(records, cost)} |`);
	} finally {
		await drop();
		rmSync(folder, { recursive: true });
	}
	return 0;
});
