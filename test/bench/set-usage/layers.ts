import { createAuthentication } from "../../../src/access/authentication.ts";
import { type Database, observedDatabase } from "../../../src/database/database.ts";
import { openPostgres } from "../../../src/database/postgres.ts";
import type { Sql } from "../../../src/database/sql.ts";
import { setUsage } from "../../../src/domain/usage/usage.service.ts";
import type { UsageReport } from "../../../src/domain/usage/usage.ts";
import { token, types } from "./fill.ts";

/** Reports that callers at once store in a second, without what stands around them in the service. */
export interface Layers {
	/** The use case, called without HTTP, GraphQL, a token and what is read for the answer. */
	readonly useCase: number;
	/** Its statements, sent again as they were: the driver and PostgreSQL alone. */
	readonly statements: number;
}

/** Measures the layers below the service, with as many callers as it has, each with resources of its own. */
export async function layersOf(databaseUrl: string, resources: readonly string[], callers: number, seconds: number): Promise<Layers> {
	const database = await openPostgres(databaseUrl);
	try {
		const reports = reportsOf(resources);
		const useCase = useCaseOf(database);
		const statements = new Map<UsageReport, readonly Sql[]>();
		for (const report of reports) statements.set(report, await statementsOf(database, report));
		const replay = (report: UsageReport) =>
			database.transaction(async (tx) => {
				for (const statement of statements.get(report) ?? []) await tx.tuples(statement);
			});
		const rate = (work: (report: UsageReport) => Promise<unknown>) => perSecond(reports, work, callers, seconds);
		await rate(useCase); // until now, connections and plans are made
		return { useCase: await rate(useCase), statements: await rate(replay) };
	} finally {
		await database.close();
	}
}

/** Two reports of each resource, with other figures. */
const reportsOf = (resources: readonly string[]): UsageReport[] =>
	[100, 200].flatMap((amount) =>
		resources.map((resource) => ({ resource, usages: types.map((type, place) => ({ type, amount: `${amount + place}.05` })) }) as UsageReport),
	);

function useCaseOf(database: Database): (report: UsageReport) => Promise<unknown> {
	const authenticate = createAuthentication(database, () => new Date());
	const viewer = authenticate(token);
	return async (report) => {
		const reporter = await viewer;
		if (reporter === undefined) throw new Error("The reporter's token is not good.");
		await setUsage(database, reporter, report, { now: new Date(), timeZone: "UTC" });
	};
}

/** What the report asks the database, once the token has been looked up. */
async function statementsOf(database: Database, report: UsageReport): Promise<Sql[]> {
	const statements: Sql[] = [];
	await useCaseOf(observedDatabase(database, (statement) => statements.push(statement as Sql)))(report);
	return statements.slice(1);
}

async function perSecond(reports: readonly UsageReport[], work: (report: UsageReport) => Promise<unknown>, callers: number, seconds: number): Promise<number> {
	const start = performance.now();
	const passed = () => (performance.now() - start) / 1_000;
	let stored = 0;
	const goOn = async (caller: number) => {
		const own = reports.filter((_, index) => index % callers === caller);
		for (let turn = 0; passed() < seconds; turn++, stored++) await work(own[turn % own.length] as UsageReport);
	};
	await Promise.all(Array.from({ length: callers }, (_, caller) => goOn(caller)));
	return stored / passed();
}
