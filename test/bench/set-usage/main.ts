import { performance } from "node:perf_hooks";
import { prepareSchema } from "../../../src/database/migrations.ts";
import { openPostgres } from "../../../src/database/postgres.ts";
import { runCommand } from "../../../src/shared/command.ts";
import { buildServers, startServer } from "../contestants.ts";
import { emptyDatabase } from "../postgres.ts";
import { endProcesses } from "../processes.ts";
import { fill, type Resources, recordsOf, type Size } from "./fill.ts";
import { type Layers, layersOf } from "./layers.ts";
import { openReporter, type Reporter } from "./reporter.ts";

const sizes: readonly [Size, Size] = [
	{ customers: 100, resources: 100, months: 25 },
	{ customers: 100, resources: 5_000, months: 100 },
];

/** How often each size is measured, in turn, after a round that does not count. */
const rounds = 5;

/** Reports of one round, one after the other. */
const reportsAlone = 100;

const callers = 16;

/** How long a round of all callers at once lasts. */
const secondsTogether = 3;

/** Filling takes longer than a request may. */
const waits = { connect: 10_000, freeConnection: 10_000, statement: 3_600_000, idleInTransaction: 3_600_000 };

const say = (line: string) => process.stdout.write(`${line}\n`);

/** What setUsage of four components costs over few stored usages and over many. Ratios of one run count, not figures. */
await runCommand({ args: [], usage: "" }, async () => {
	await buildServers();
	const few = await emptyDatabase(process.env["BENCH_DATABASE_URL"]);
	try {
		const many = await emptyDatabase(few.url);
		try {
			const measured = [await openSize(few.url, sizes[0]), await openSize(many.url, sizes[1])];
			for (let round = 0; round <= rounds; round++) for (const size of measured) await measure(size, round);
			say(`${table(measured)}\n`);
			say(layersTable(await layersOf(few.url, measured[0]?.ofOnePolicy ?? [], callers, secondsTogether)));
		} finally {
			await endProcesses();
			await many.drop();
		}
	} finally {
		await few.drop();
	}
	return 0;
});

interface Measured extends Resources {
	readonly records: number;
	readonly url: string;
	/** Milliseconds of one report while there is no other, the median of each round. */
	readonly timesUnderNone: number[];
	readonly timesUnderThree: number[];
	/** Reports per second of all callers together, of each round. */
	readonly ratesUnderThree: number[];
	readonly ratesUnderOne: number[];
}

/** The service as a process of its own, on a database with as many usages as the size says. */
async function openSize(databaseUrl: string, size: Size): Promise<Measured> {
	const database = await openPostgres(databaseUrl, { connections: 1, waits });
	await prepareSchema(database, "on");
	const resources = await fill(database, size).finally(() => database.close());
	say(`${recordsOf(size)} usages are stored.`);
	const { url } = await startServer("service", databaseUrl);
	return { ...resources, records: recordsOf(size), url, timesUnderNone: [], timesUnderThree: [], ratesUnderThree: [], ratesUnderOne: [] };
}

/** One round. The first does not count. */
async function measure(measured: Measured, round: number): Promise<void> {
	const { url, ofNoPolicy, ofThreePolicies, ofOnePolicy } = measured;
	const cents = 10 + 3 * round;
	const timeUnderNone = await withReporters(url, ofNoPolicy, cents, timeAlone);
	const timeUnderThree = await withReporters(url, ofThreePolicies, cents, timeAlone);
	const rateUnderThree = await withReporters(url, ofThreePolicies, cents + 1, rateTogether);
	const rateUnderOne = await withReporters(url, ofOnePolicy, cents + 2, rateTogether);
	if (round === 0) return;
	measured.timesUnderNone.push(timeUnderNone);
	measured.timesUnderThree.push(timeUnderThree);
	measured.ratesUnderThree.push(rateUnderThree);
	measured.ratesUnderOne.push(rateUnderOne);
}

/** What the work measures with callers who share the resources, and whose figures end with cents that no others of the resources end with. */
async function withReporters(url: string, resources: readonly string[], cents: number, work: (reporters: readonly Reporter[]) => Promise<number>) {
	const own = (caller: number) => resources.filter((_, index) => index % callers === caller);
	const reporters = await Promise.all(Array.from({ length: callers }, (_, caller) => openReporter(url, own(caller), cents)));
	return work(reporters).finally(() => {
		for (const { close } of reporters) close();
	});
}

async function timeAlone(reporters: readonly Reporter[]): Promise<number> {
	const times: number[] = [];
	for (let count = 0; count < reportsAlone; count++) {
		const sent = performance.now();
		await reporters[count % reporters.length]?.report();
		times.push(performance.now() - sent);
	}
	return median(times);
}

async function rateTogether(reporters: readonly Reporter[]): Promise<number> {
	const start = performance.now();
	let answered = 0;
	const goOn = async ({ report }: Reporter) => {
		for (; performance.now() - start < secondsTogether * 1_000; answered++) await report();
	};
	await Promise.all(reporters.map(goOn));
	return answered / ((performance.now() - start) / 1_000);
}

function median(numbers: readonly number[]): number {
	return [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function layersTable({ useCase, statements }: Layers): string {
	return [
		`| reports/s of ${callers} callers of one offering, one policy, without the service around it | |`,
		"|---|---|",
		`| the use case, called in this process: no HTTP, GraphQL or token, nothing read for an answer | ${useCase.toFixed(0)} |`,
		`| its statements, sent again as they were | ${statements.toFixed(0)} |`,
	].join("\n");
}

function table(measured: readonly Measured[]): string {
	const rows = measured.map((size) => {
		const [few = size] = measured;
		const times = (["timesUnderNone", "timesUnderThree"] as const).flatMap((key) => {
			const time = median(size[key]);
			return [time.toFixed(2), (time / median(few[key])).toFixed(2)];
		});
		return `| ${[size.records, ...times, median(size.ratesUnderThree).toFixed(0), median(size.ratesUnderOne).toFixed(0)].join(" | ")} |`;
	});
	const head = `| stored usages | ms a report, alone, no policy | ratio | three policies | ratio | reports/s of ${callers} callers, three policies | one policy |`;
	return [head, "|---|---|---|---|---|---|---|", ...rows].join("\n");
}
