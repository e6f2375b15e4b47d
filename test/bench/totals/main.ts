import { viewerOf } from "../../../src/access/viewer.ts";
import type { Database } from "../../../src/database/database.ts";
import { prepareSchema } from "../../../src/database/migrations.ts";
import { openPostgres } from "../../../src/database/postgres.ts";
import { type TotalsArguments, totalsPages } from "../../../src/domain/usage-totals/usage-totals.list.ts";
import { pageRequest } from "../../../src/reading/page.ts";
import { runCommand } from "../../../src/shared/command.ts";
import { emptyDatabase } from "../postgres.ts";
import { endProcesses, postgresProcessor } from "../processes.ts";
import { fill, recordsOf, type Size, tokens } from "./fill.ts";

/** Filling takes longer than a request may. */
const waits = { connect: 10_000, freeConnection: 10_000, statement: 3_600_000, idleInTransaction: 3_600_000 };

/** How often each question is asked, each time by a connection of its own: no plan is kept from the time before. */
const times = 20;

const year = { billingPeriodFrom: "2025-01-01", billingPeriodTo: "2025-12-31" };
const threeYears = { billingPeriodFrom: "2023-01-01", billingPeriodTo: "2025-12-31" };
const largest = { orderBy: { field: "TOTAL", direction: "DESC" }, withRest: true } as const;

const ofCustomer: Readonly<Record<string, TotalsArguments>> = {
	"a year by month and type": { groupBy: ["MONTH", "COMPONENT_TYPE"], filter: year },
	"a year's largest projects": { groupBy: ["PROJECT"], filter: { ...year, types: ["cpu"] }, ...largest },
	"a year by resource, with the year before": { groupBy: ["RESOURCE"], filter: { ...year, types: ["cpu"] }, comparePrevious: true },
	"a year by username": { groupBy: ["USERNAME", "COMPONENT_TYPE"], filter: year },
};

const ofProvider: Readonly<Record<string, TotalsArguments>> = {
	"three years by month and type": { groupBy: ["MONTH", "COMPONENT_TYPE"], filter: threeYears },
	"three years' largest customers": { groupBy: ["CUSTOMER"], filter: { ...threeYears, types: ["cpu"] }, ...largest },
	"three years by offering and year": { groupBy: ["OFFERING", "YEAR"], filter: threeYears },
};

const questions: Readonly<Record<keyof typeof tokens, Readonly<Record<string, TotalsArguments>>>> = {
	"middle customer": ofCustomer,
	"largest customer": ofCustomer,
	"middle provider": ofProvider,
	"largest provider": ofProvider,
	staff: { "a year's largest customers": { groupBy: ["CUSTOMER"], filter: { ...year, types: ["cpu"] }, ...largest } },
};

const say = (line: string) => process.stdout.write(`${line}\n`);

/** What totals take by who asks, over as many records as 70,000 resources have, or as are given. */
await runCommand({ args: process.argv.slice(2), usage: "npm run bench:totals -- [RESOURCES]" }, async () => {
	const resources = Number(process.argv[2] ?? 70_000);
	const size: Size = { customers: 1_000, projects: 4_000, providers: 20, offerings: 60, resources, months: 36, monthsWithParts: 12 };
	const empty = await emptyDatabase(process.env["BENCH_DATABASE_URL"]);
	try {
		const database = await openPostgres(empty.url, { connections: 1, waits });
		await prepareSchema(database, "on");
		await fill(database, size);
		say(`${recordsOf(size)} usage records are stored.`);
		say("| who | asks for | p50 ms | p95 ms | ms of PostgreSQL |\n|---|---|---|---|---|");
		for (const [who, asked] of Object.entries(questions) as [keyof typeof tokens, (typeof questions)["staff"]][])
			for (const [what, args] of Object.entries(asked)) say(`| ${who} | ${what} | ${(await measured(database, empty.url, tokens[who], args)).join(" | ")} |`);
		await database.close();
	} finally {
		await endProcesses();
		await empty.drop();
	}
	return 0;
});

/** Milliseconds that half of the answers and nineteen of twenty took at most, and PostgreSQL's processor time of one. */
async function measured(beside: Database, url: string, token: string, args: TotalsArguments): Promise<string[]> {
	const took: number[] = [];
	const before = await postgresProcessor(beside);
	for (let time = 0; time < times; time++) {
		const database = await openPostgres(url, { connections: 1, waits });
		const viewer = await viewerOf(database, token, new Date("2026-01-15T00:00:00Z"));
		if (viewer === undefined) throw new Error(`${token} signs nobody in.`);
		const begun = performance.now();
		await totalsPages(args, { database, viewer, timeZone: "UTC" }).pages([""], pageRequest(args));
		took.push(performance.now() - begun);
		await database.close();
	}
	const processor = ((await postgresProcessor(beside)) - before) / times;
	took.sort((one, other) => one - other);
	return [took[Math.ceil(times * 0.5) - 1], took[Math.ceil(times * 0.95) - 1], processor].map((value = Number.NaN) => value.toFixed(0));
}
