import { execFileSync } from "node:child_process";
import { runCommand } from "../../../src/shared/command.ts";
import { Failure } from "../../../src/shared/failure.ts";
import { emptyDatabase } from "../postgres.ts";
import { type Contender, usageGateway, yogaRecipe } from "./contenders.ts";
import { openMarketplace } from "./marketplace.ts";
import { measure } from "./measure.ts";
import { buildPrograms, endPrograms } from "./processes.ts";
import { head, rowOf, rowOfFailure } from "./table.ts";

/** A token has no more connections than these. */
const socketsPerToken = 10;
/** Files that a process needs besides its sockets. */
const otherFiles = 100;

/** What it costs to tell subscribers of alerts, beside what it costs by the recipe that graphql-yoga documents. Ratios of one run count, not figures. */
await runCommand({ args: [], usage: "" }, async (takeSignals) => {
	const given = process.argv.slice(2).map(Number);
	const sizes = given.length > 0 ? given : [1_000, 5_000];
	if (!sizes.every((size) => Number.isInteger(size) && size > 0)) throw new Failure("Give numbers of subscribers, such as 1000 5000.");
	refuseFewFiles(Math.max(...sizes) + otherFiles);
	const stop = takeSignals().then(() => 130);
	await buildPrograms();
	const database = await emptyDatabase(process.env["BENCH_DATABASE_URL"]);
	try {
		return await Promise.race([compare(database.url, sizes), stop]);
	} finally {
		await endPrograms();
		await database.drop();
	}
});

/** Measures all sizes with both services, and prints a row for each. 1 when one of them failed, else 0. */
async function compare(databaseUrl: string, sizes: readonly number[]): Promise<number> {
	const marketplace = await openMarketplace(databaseUrl, Math.ceil(Math.max(...sizes) / socketsPerToken));
	const contenders: readonly Contender[] = [usageGateway(databaseUrl, marketplace), yogaRecipe()];
	let failed = 0;
	print(head);
	for (const size of sizes) {
		const tokens = marketplace.tokens.flatMap((token) => Array.from({ length: socketsPerToken }, () => token)).slice(0, size);
		for (const contender of contenders) {
			try {
				print(rowOf(size, contender.name, await measure(contender, tokens)));
			} catch (error) {
				failed = 1;
				print(rowOfFailure(size, contender.name, error instanceof Error ? error.message : String(error)));
			}
			await endPrograms();
		}
	}
	await marketplace.close();
	return failed;
}

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}

/** A socket is an open file of the service, and another one of the subscribers' process. */
function refuseFewFiles(needed: number): void {
	const limit = execFileSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }).trim();
	if (limit !== "unlimited" && Number(limit) < needed)
		throw new Failure(`A process may open ${limit} files, and ${needed} are needed: set ulimit -n ${needed}.`);
}
