import { randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "../../src/database/database.ts";
import { raw } from "../../src/database/sql.ts";
import { generateWorld } from "../../src/world/world.ts";
import { type Operation, operationOf, type Pool } from "../authorisation/generator.ts";
import { poolOf } from "../authorisation/pool.ts";
import { buildWorld } from "../authorisation/world.ts";
import { startCluster } from "../cluster/cluster.ts";
import { begin, run } from "../command/process.ts";
import type { Answer } from "../support/gateway.ts";

/** What came of it. */
export interface Chaos {
	/** Operations that were answered. */
	readonly answered: number;
	/** Reports and parts that were acknowledged. */
	readonly stored: number;
	/** Instances that were killed, and started again. */
	readonly kills: number;
	/** Imports that came to their end, and such that were killed. */
	readonly imports: number;
	readonly killedImports: number;
	/** Answers that nobody named. */
	readonly faults: readonly string[];
	/** Lines that the instances wrote on their error streams. */
	readonly complaints: readonly string[];
}

/** Whoever may change something; staff may change everything. */
const viewers = ["staff", "staff", "northowner", "alpineowner", "computemanager", "projectmanager", "ann"];

const writersOfAnything = 4;
const reporters = 4;

/** The two worlds have the same records with other amounts, so that each import changes what the other one wrote. */
const seeds = [1, 2];

/**
 * Fills the database, and lets two instances serve it to all kinds of writers at once for as long as that: random changes of
 * everything that the schema can change, reports one by one and many at once, and imports of two worlds in turn. Instances
 * and imports are killed at random moments.
 */
export async function playChaos(database: Database, databaseUrl: string, milliseconds: number): Promise<Chaos> {
	const { things } = await buildWorld(database);
	await deriveFigures(database);
	const folders = await worlds();
	const cluster = await startCluster(2, databaseUrl);
	const chaos = { answered: 0, stored: 0, kills: 0, imports: 0, killedImports: 0, faults: [] as string[] };
	try {
		await run("import", { DATABASE_URL: databaseUrl }, folders[0] ?? "", "--report", join(folders[0] ?? "", "refused"));
		const pool = withRows(
			await poolOf(things, async (query, variables = {}) => (await posted(cluster.url, "staff", { query, variables }))?.data),
			await rowsOf(database),
		);
		const metered = await meteredIn(database);
		const until = performance.now() + milliseconds;
		const goesOn = () => performance.now() < until;
		// An import evaluates all policies at its end: what others left wrong is found after the last one.
		const isFirstHalf = () => performance.now() < until - milliseconds / 2;

		const send = async (viewer: string, operation: Operation): Promise<Answer> => {
			const answer = await posted(cluster.url, viewer, operation);
			if (answer === undefined) {
				await pause(20); // the instance was killed
				return undefined;
			}
			chaos.answered++;
			const text = JSON.stringify(answer);
			if (/INTERNAL_SERVER_ERROR|deadlock|could not serialize/i.test(text))
				chaos.faults.push(`${viewer} asked ${JSON.stringify(operation)}: ${text}`.slice(0, 2_000));
			return answer;
		};
		const changeAnything = async () => {
			while (goesOn()) {
				const viewer = oneOf(viewers) ?? "staff";
				await send(
					viewer,
					operationOf(
						"Mutation",
						Array.from({ length: 200 }, () => randomInt(4096)),
						pool,
					),
				);
			}
		};
		const report = async (number: number) => {
			while (goesOn()) {
				const stored = storedBy(await send("staff", number % 2 === 0 ? oneReport(metered) : manyReports(metered)));
				chaos.stored += stored;
			}
		};
		const importTheWorlds = async () => {
			for (let turn = 0; isFirstHalf(); turn++) {
				const folder = folders[turn % folders.length] ?? "";
				const { child, ended } = begin("import", { DATABASE_URL: databaseUrl }, [folder, "--report", join(folder, "refused")]);
				const killing = setTimeout(() => child.kill("SIGKILL"), turn % 3 === 1 ? randomInt(500, 5_000) : 600_000);
				const { exitCode, stderr } = await ended.finally(() => clearTimeout(killing));
				if (exitCode === null) chaos.killedImports++;
				else if (exitCode === 0 || exitCode === 2) chaos.imports++;
				else chaos.faults.push(`An import ended with ${exitCode}: ${stderr}`);
			}
			// An import that was killed leaves what the next one completes.
			for (const folder of folders) await run("import", { DATABASE_URL: databaseUrl }, folder, "--report", join(folder, "refused"));
		};
		const killInstances = async () => {
			for (let place = 0; goesOn(); place = 1 - place) {
				await pause(randomInt(1_000, 6_000));
				await cluster.kill(place);
				chaos.kills++;
			}
		};
		await Promise.all([
			...Array.from({ length: writersOfAnything }, changeAnything),
			...Array.from({ length: reporters }, (_, number) => report(number)),
			importTheWorlds(),
			killInstances(),
		]);
	} finally {
		await cluster.close();
		for (const folder of folders) await rm(folder, { recursive: true, force: true });
	}
	return { ...chaos, complaints: cluster.complaints.flatMap((text) => text.split("\n")).filter((line) => line !== "") };
}

/** What the world of the tests of authorisation says of itself by hand becomes what its records say. */
async function deriveFigures(database: Database): Promise<void> {
	await database.rows(raw(`select "deriveCurrentUsages"(array_agg("resourceUuid"), array_agg("type"::text), null) from "ComponentUsage"`));
	await database.rows(
		raw(
			`update "OfferingUsagePolicy" p set "firedDatetime" = fired."created" from "PolicyFiring" fired where fired."policyUuid" = p."uuid" and fired."kind" = 'FIRED'`,
		),
	);
}

const worlds = (): Promise<string[]> =>
	Promise.all(
		seeds.map(async (seed) => {
			const folder = await mkdtemp(join(tmpdir(), "usage-gateway-chaos-"));
			const now = new Date();
			await generateWorld({ folder, seed, months: 3, until: now.toISOString().slice(0, 7), now });
			return folder;
		}),
	);

const oneOf = <Value>(values: readonly Value[]): Value | undefined => values[randomInt(Math.max(1, values.length))];

const rowsOf = (database: Database): Promise<{ model: string; uuid: string }[]> =>
	database.rows(
		raw(
			["Resource", "Offering", "Project", "Customer", "OfferingUsagePolicy", "ComponentUsage", "OfferingComponent", "OfferingUser", "Plan"]
				.map((model) => `(select '${model}' as "model", "uuid"::text from "${model}" order by md5("uuid"::text) limit 40)`)
				.join(" union all "),
		),
	);

/** The pool, with rows that were imported. */
function withRows(pool: Pool, rows: readonly { model: string; uuid: string }[]): Pool {
	const uuids: Record<string, readonly string[]> = { ...pool.uuids };
	for (const { model, uuid } of rows) uuids[model] = [...(uuids[model] ?? []), uuid];
	return { ...pool, uuids };
}

const setUsage = `mutation ($input: SetUsageInput!) {
	setUsage(input: $input) { __typename ... on SetUsagePayload { componentUsages { uuid } } ... on Error { code } }
}`;
const setUsages = `mutation ($input: [SetUsageInput!]!) {
	setUsages(input: $input, partial: true) { __typename ... on SetUsagesPayload { results { __typename } } ... on Error { code } }
}`;

/** What usage can be reported of. */
interface Metered {
	readonly resource: string;
	readonly type: string;
}

const meteredIn = (database: Database): Promise<Metered[]> =>
	database.rows<Metered>(
		raw(`select r."uuid" as "resource", c."type" from "Resource" r join "OfferingComponent" c on c."offeringUuid" = r."offeringUuid"
			where c."billingType" in ('USAGE', 'LIMIT') and r."state" = 'OK'`),
	);

/** Amounts around the limits of policies, so that these turn again and again. */
const reportOf = (metered: readonly Metered[]) => {
	const { resource, type } = oneOf(metered) ?? {};
	return { resource, usages: [{ type, amount: String(oneOf([0, 5, 50, 5_000, 5_000_000])) }] };
};

const oneReport = (metered: readonly Metered[]): Operation => ({ query: setUsage, variables: { input: reportOf(metered) } });

const manyReports = (metered: readonly Metered[]): Operation => ({
	query: setUsages,
	variables: { input: Array.from({ length: 8 }, () => reportOf(metered)) },
});

const storedBy = (answer: Answer): number =>
	answer?.data?.setUsage?.componentUsages?.length ??
	answer?.data?.setUsages?.results?.filter(({ __typename }: Answer) => !/Error$/.test(__typename)).length ??
	0;

/** The answer; undefined when the instance that was asked is gone. */
async function posted(url: string, viewer: string, operation: Operation): Promise<Answer> {
	const headers = { "content-type": "application/json", connection: "close", authorization: `Token demo_${viewer}` };
	try {
		const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(operation) });
		return await response.json();
	} catch {
		return undefined;
	}
}
