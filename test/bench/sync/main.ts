import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { runCommand } from "../../../src/shared/command.ts";
import { Failure } from "../../../src/shared/failure.ts";
import { projectPath } from "../../../src/shared/project-root.ts";
import { generateWorld } from "../../../src/world/world.ts";
import { bundled, cellsOf, measured } from "../import/measured.ts";
import { month } from "../months.ts";
import { emptyDatabase } from "../postgres.ts";

const size = { customers: 100, projects: 400, offerings: 20, components: 4, usersPerUsage: 0 };
const months = 36;
const usualResources = 7_000;

const say = (line: string) => process.stdout.write(`${line}\n`);

/** How long it takes to bring a database in step with a Waldur of a million usages, and how much memory, beside an import of the same. */
await runCommand({ args: [], usage: "" }, async () => {
	const resources = Number(process.argv[2] ?? usualResources);
	if (!Number.isInteger(resources) || resources < 1) throw new Failure("Say of how many resources the usage is: npm run bench:sync -- 7000.");
	const [importing, syncing] = [await bundled("import"), await bundled("sync")];
	const folder = mkdtempSync(join(tmpdir(), "usage-gateway-sync-"));
	const databases = [await emptyDatabase(process.env["BENCH_DATABASE_URL"]), await emptyDatabase(process.env["BENCH_DATABASE_URL"])] as const;
	const counts = await generateWorld({ folder, seed: 1, until: month, months, now: new Date(`${month}-20T12:00:00Z`), size: { ...size, resources } });
	const records = counts["marketplace-component-usages"];
	const waldur = await startedWaldur(folder);
	try {
		const environment = { WALDUR_TOKEN: waldur.token };
		const report = ["--report", join(folder, "refused.jsonl")];
		const rows: [name: string, run: () => ReturnType<typeof measured>][] = [
			["import", () => measured(importing, [waldur.base, ...report], databases[0].url, environment)],
			["sync, the first pass", () => measured(syncing, [waldur.base], databases[1].url, environment)],
			["import again", () => measured(importing, [waldur.base, ...report], databases[0].url, environment)],
			["sync, a whole pass", () => measured(syncing, [waldur.base, "--whole"], databases[1].url, environment)],
			["sync, what changed", () => measured(syncing, [waldur.base], databases[1].url, environment)],
		];
		say("| from a Waldur | usages | seconds | usages/s | peak MB RSS | seconds of processor, Node.js | PostgreSQL |\n|---|---|---|---|---|---|---|");
		for (const [name, run] of rows) say(`| ${name} | ${cellsOf(records, await run())} |`);
	} finally {
		waldur.stop();
		for (const { drop } of databases) await drop();
		rmSync(folder, { recursive: true });
	}
	return 0;
});

async function startedWaldur(folder: string): Promise<{ base: string; token: string; stop(): void }> {
	const outfile = projectPath("dist", "bench", "waldur.js");
	await build({
		entryPoints: [projectPath("test", "bench", "sync", "waldur.ts")],
		outfile,
		bundle: true,
		packages: "external",
		platform: "node",
		format: "esm",
	});
	const child = fork(outfile, [folder], { execArgv: ["--max-old-space-size=8192"] });
	const { base, token } = await new Promise<{ base: string; token: string }>((resolve, reject) => {
		child.once("message", resolve as (message: unknown) => void);
		child.once("exit", () => reject(new Failure("The Waldur has ended.")));
	});
	return { base, token, stop: () => child.kill() };
}
