import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { sql } from "../../src/database/sql.ts";
import { numberEntries, readPositionCodec } from "../../src/event-log/log.store.ts";
import type { Ended } from "../command/process.ts";
import { freshDatabase, urlOf } from "../support/database.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { runAlerts } from "./alerts-program.ts";
import { startCluster } from "./cluster.ts";
import { type Reporter, reporterOf, startCount } from "./reporters.ts";
import { type Subscriber, subscribe } from "./subscribers.ts";

/** A firing of the log, and the offering of which it tells. */
interface LogRow {
	readonly position: string;
	readonly firing: string;
	readonly policy: string;
	readonly offering: string;
	readonly kind: string;
}

/** Above both policies' limits, above one of them, above none. The cents tell each of a reporter's amounts from the others. */
const amounts = ["25", "11", "0", "24", "5", "13"];
const amountOf = (report: number): string => `${amounts[report % amounts.length]}.${String(report + 1).padStart(2, "0")}`;

/** What is done to the gateways, one after the other, each in the midst of reports. */
const endings: readonly { how: "kill" | "stop"; place: number }[] = [
	...[0, 1, 2, 0, 1].map((place) => ({ how: "kill", place }) as const),
	{ how: "stop", place: 2 },
];
const reportsPerEnding = 3;

const templates = inject("templates");

describe.skipIf(templates.engine === "PGlite")("three gateways on one PostgreSQL (skipped without one: the embedded database is one process's own)", () => {
	const closing: (() => Promise<unknown> | unknown)[] = [];
	afterAll(async () => {
		for (const close of closing.reverse()) await close();
	}, 600_000);

	let log: LogRow[];
	let stored: Map<string, string>;
	let subscribers: readonly Subscriber[];
	let reporters: readonly Reporter[];
	let alerts: readonly string[];
	let stopped: Ended | undefined;
	let complaints: readonly string[];
	/** The offering that a token's owner sees the firings of; the token of support sees those of all. */
	const offeringOf = new Map<string, string>();
	const seenBy = (token: string): LogRow[] => log.filter(({ offering }) => (offeringOf.get(token) ?? offering) === offering);
	let watched: string;

	beforeAll(async () => {
		const database = await freshDatabase("empty");
		closing.push(() => database.close());
		const providers: Provider[] = [];
		for (let provider = 0; provider < 9; provider++) providers.push(await providerOn(database));
		const [first] = providers;
		if (first === undefined) throw new Error("There are providers.");
		for (const { token, offering } of providers) offeringOf.set(token, offering);
		watched = first.token;

		const cluster = await startCluster(3, await urlOf(database));
		closing.push(() => cluster.close());
		const tokens = [...offeringOf.keys(), await first.staffToken()];
		const listening = subscribe(cluster.url, tokens, { sockets: 4, perSocket: 5 });
		closing.push(() => listening.stop());
		subscribers = listening.all;
		const program = runAlerts(cluster.url, watched, "0");
		closing.push(() => program.stop());
		alerts = program.lines;

		const count = startCount();
		const reporting: Reporter[] = [];
		for (let reporter = 0; reporter < 16; reporter++) {
			const provider = providers[reporter % providers.length] ?? first;
			reporting.push(reporterOf(cluster.url, provider.token, await provider.resource(), count));
		}
		reporters = reporting;

		const run = async () => {
			// All are listening before the first gateway is killed: each has been told of what the first reports turned.
			await Promise.all(reporting.map((reporter) => reporter.report(amountOf(0))));
			await until(() => subscribers.every(({ told }) => told.length > 0) && alerts.length > 0);
			for (const [round, { how, place }] of endings.entries()) {
				const end = async () => {
					await count.more((reporting.length * reportsPerEnding) / 2);
					stopped = (await cluster[how](place)) ?? undefined;
				};
				const reports = reporting.map(async (reporter) => {
					for (let report = 1; report <= reportsPerEnding; report++) await reporter.report(amountOf(round * reportsPerEnding + report));
				});
				await Promise.all([end(), ...reports]);
			}
			log = await firingsIn(database);
			stored = await lastAmounts(database);
			const last = new Map(tokens.map((token) => [token, seenBy(token).at(-1)?.position]));
			const isTold = (subscriber: Subscriber) => subscriber.told.at(-1)?.position === last.get(subscriber.token);
			await until(() => subscribers.every(isTold) && alerts.some((line) => JSON.parse(line).position === last.get(watched)));
		};
		await Promise.race([run(), listening.over]);
		listening.stop();
		program.stop();
		await cluster.close();
		complaints = cluster.complaints;
	}, 600_000);

	test("every subscriber is told of every firing that it sees, in the order of the log", () => {
		const wrong = subscribers.map(({ token, told }) => differences(seenBy(token), told)).filter((difference) => difference !== undefined);

		expect(wrong.slice(0, 3), `${wrong.length} of ${subscribers.length} subscribers`).toEqual([]);
		expect(new Set(log.map(({ policy }) => policy)).size).toBe(18);
	});

	test("most subscribers had to go on from where they were, more than once", () => {
		expect(subscribers.filter(({ resumptions }) => resumptions >= 2).length).toBeGreaterThan(subscribers.length / 2);
	});

	test("each policy fires and is reset in turn", () => {
		const turns = [...new Set(log.map(({ policy }) => policy))].map((one) => log.filter(({ policy }) => policy === one).map(({ kind }) => kind));

		expect(turns).toEqual(turns.map((kinds) => kinds.map((_, index) => (index % 2 === 0 ? "FIRED" : "RESET"))));
	});

	test("every acknowledged report is stored", () => {
		expect(reporters.map(({ resource }) => stored.get(resource))).toEqual(reporters.map(({ acknowledged }) => acknowledged));
	});

	test("the program of README.md prints every alert of its provider once, in the order of the log", () => {
		expect(alerts.map((line) => JSON.parse(line).position)).toEqual(seenBy(watched).map(({ position }) => position));
	});

	test("a gateway that is asked to stop in the midst of it ends well", () => {
		expect(stopped?.exitCode).toBe(0);
	});

	test("no gateway complains, but of waits that a busy machine makes too long", () => {
		const complained = complaints.flatMap((text) => text.match(/^[a-z][a-z ]+: .*$/gm) ?? []);
		expect(complained.filter((line) => !/timeout/.test(line))).toEqual([]);
	});
});

/** A provider with two policies of different limits. */
async function providerOn(database: Database): Promise<Provider> {
	const provider = await makeProvider({ database });
	await provider.component("cpu");
	for (const cpu of [10, 20]) await provider.policy({ limits: { cpu } });
	return provider;
}

/** All firings, in the order of the log. Those that are not in it come last, for nobody to be told of. */
async function firingsIn(database: Database): Promise<LogRow[]> {
	await numberEntries(database);
	const { print } = await readPositionCodec(database);
	const rows = await database.rows<Omit<LogRow, "position"> & { number: string | null; mark: string }>(sql`
		select n."number", n."mark", f."uuid" as "firing", f."policyUuid" as "policy", f."offeringUuid" as "offering", f."kind"::text as "kind"
		from "PolicyFiring" f left join "LogEntry" e on e."policyFiringUuid" = f."uuid" left join "LogNumber" n on n."entryId" = e."id" order by n."number"
	`);
	return rows.map(({ number, mark, ...row }) => ({ ...row, position: number === null ? "none" : print({ number: BigInt(number), mark: BigInt(mark) }) }));
}

/** The amount of each resource's newest record. */
async function lastAmounts(database: Database): Promise<Map<string, string>> {
	const rows = await database.rows<{ resource: string; usage: string }>(sql`
		select distinct on ("resourceUuid") "resourceUuid" as "resource", "usage"::text as "usage" from "ComponentUsage" order by "resourceUuid", "billingPeriod" desc
	`);
	return new Map(rows.map(({ resource, usage }) => [resource, usage]));
}

/** How what was told differs from the log; undefined when it does not, apart from repetitions under the same position. */
function differences(expected: readonly LogRow[], told: Subscriber["told"]): { missing: string[]; unknown: string[]; disordered: boolean } | undefined {
	const printed = ({ position, firing }: { position: string; firing: string }) => `${position} ${firing}`;
	const wanted = expected.map(printed);
	const got = [...new Set(told.map(printed))];
	if (got.join() === wanted.join()) return undefined;
	const [missing, unknown] = [wanted.filter((entry) => !got.includes(entry)), got.filter((entry) => !wanted.includes(entry))];
	return { missing, unknown, disordered: missing.length === 0 && unknown.length === 0 };
}

/** Waits until it is so, on a slow machine too. What is not so after minutes never will be: the claims tell what is missing. */
async function until(isSo: () => boolean): Promise<void> {
	await vi.waitUntil(isSo, { timeout: 180_000 }).catch(() => {});
}
