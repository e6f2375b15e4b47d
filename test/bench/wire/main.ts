import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listNames } from "../../../src/import/source.ts";
import { urlSource } from "../../../src/import/url.source.ts";
import { runCommand } from "../../../src/shared/command.ts";
import { Failure } from "../../../src/shared/failure.ts";
import { generateWorld } from "../../../src/world/world.ts";
import { startWaldur } from "../../waldur/waldur.ts";
import { month } from "../months.ts";

const size = { customers: 100, projects: 400, offerings: 20, components: 4, usersPerUsage: 1 };
const months = 6;
const usualResources = 1_000;

const say = (line: string) => process.stdout.write(`${line}\n`);

/** What it takes to read all lists of a Waldur: requests, and bytes of JSON. Time would be that of the server that plays it. */
await runCommand({ args: [], usage: "" }, async () => {
	const resources = Number(process.argv[2] ?? usualResources);
	if (!Number.isInteger(resources) || resources < 1) throw new Failure("Say how many resources the Waldur has: npm run bench:wire -- 1000.");
	const folder = mkdtempSync(join(tmpdir(), "usage-gateway-wire-"));
	try {
		await generateWorld({ folder, seed: 1, until: month, months, now: new Date(`${month}-20T12:00:00Z`), size: { ...size, resources } });
		const lists = Object.fromEntries(listNames.map((list) => [list, JSON.parse(readFileSync(join(folder, `${list}.json`), "utf8"))]));
		say("| a Waldur | records | requests | MB of JSON |\n|---|---|---|---|");
		for (const userPermissions of [true, false]) {
			const waldur = await startWaldur(lists, undefined, { userPermissions });
			say(`| ${userPermissions ? "with" : "without"} /user-permissions/ | ${await cells(waldur)} |`);
			await waldur.stop();
		}
	} finally {
		rmSync(folder, { recursive: true });
	}
	return 0;
});

async function cells({ base, token, requests, traffic }: Awaited<ReturnType<typeof startWaldur>>): Promise<string> {
	const source = urlSource(base, token);
	let records = 0;
	for (const list of listNames) for await (const piece of source.read(list)) records += piece.records.length;
	return [records, requests.length, (traffic.bytes / 1_000_000).toFixed(1)].join(" | ");
}
