import { randomInt } from "node:crypto";
import { vi } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { prepareSchema } from "../../src/database/migrations.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { sql } from "../../src/database/sql.ts";
import { numberEntries, readPositionCodec } from "../../src/event-log/log.store.ts";
import { type Service, startService } from "../command/process.ts";
import { watchClock } from "../faults/clock.ts";
import { type Look, watchReadiness } from "../faults/readiness.ts";
import { makeProvider } from "../support/provider.ts";
import { patient } from "../support/templates.setup.ts";
import { seconds, tell } from "./figures.ts";
import { type Follower, followFirings, type Transport, transports } from "./followers.ts";
import { type History, haveCaughtUp, judge, type Verdict } from "./judge.ts";
import { type Reports, startReports } from "./reports.ts";
import type { DrillServer } from "./servers.ts";

/** Far longer than anything takes: it ends a drill that hangs. */
export const polling = { timeout: 120_000, interval: 20 };

/** What a drill does to the database under a service, and what its followers were told meanwhile. */
export interface Drill {
	readonly name: string;
	/** Whether what was told is lost by it: then whoever was told it must be told that the position has expired. */
	readonly loses: boolean;
	/** Answers the server that serves from now on; `lost` is the one whose history ends. */
	run(life: Life): Promise<{ readonly serving: DrillServer; readonly lost?: DrillServer }>;
}

export interface DrillRun {
	readonly name: string;
	readonly loses: boolean;
	/** Of those who followed all the time, and of those who came with an old position afterwards. */
	readonly verdicts: readonly Verdict[];
	/** From the time that the server took changes until both instances were ready, and how long this process was held up in it, in milliseconds. */
	readonly ready: number;
	readonly heldUp: number;
	/** The server that serves from then on. */
	readonly serving: DrillServer;
}

/** A service of two instances with followers and reports, which lives through whatever happens to its database. */
export interface Life {
	readonly reports: Reports;
	readonly services: readonly Service[];
	readonly looks: readonly (readonly Look[])[];
	readonly followers: readonly Follower[];
	readonly token: string;
	readonly resources: readonly string[];
	/** An instance of the two. */
	url(): string;
	/** Resolves when every one of those who follow has been told so many events more. */
	told(count: number): Promise<void>;
	run(drill: Drill): Promise<DrillRun>;
	stop(): Promise<void>;
}

/** Starts the service on a database that is new, at an address that leads to the server. */
export async function startLife(server: DrillServer, databaseUrl: string): Promise<Life> {
	const database = await openPostgres(server.url, { waits: patient });
	await prepareSchema(database, "on");
	const provider = await makeProvider({ database });
	await provider.component("cpu");
	const resources: string[] = [];
	while (resources.length < 4) {
		const group = await provider.group();
		await provider.policy({ limits: { cpu: 10 }, groups: [group] });
		resources.push(await provider.resource({ customer: await provider.customer({ groups: [group] }) }));
	}
	const tokens = [await provider.staffToken(), await provider.staffToken(), await provider.staffToken()];
	await database.close();

	const services = await Promise.all([1, 2].map(() => startService({ DATABASE_URL: databaseUrl, OPERATIONS_PORT: "0" })));
	const readiness = services.map(({ greeting }) => watchReadiness(greeting));
	const url = () => services[randomInt(services.length)]?.url ?? "";
	const reports = startReports(url, provider.token, resources);
	const start = (transport: Transport, after: string | undefined, at: number) =>
		followFirings({ transport, url, token: tokens[at % tokens.length] ?? "", after });
	const kinds = Object.keys(transports) as Transport[];
	// Some from the beginning, some with what is live.
	const followers = kinds.flatMap((transport) => [undefined, undefined, "0", "0"].map((after, at) => start(transport, after, at)));
	const histories: History[] = [];
	const clock = watchClock();

	reports.resume();
	await vi.waitUntil(() => followers.every(({ stretches }) => (stretches[0]?.told.length ?? 0) > 0), polling);
	await reports.more(20);

	async function settle(of: DrillServer, all: readonly Follower[] = followers): Promise<History> {
		await reports.pause();
		const history = await historyOf(of);
		await vi.waitUntil(() => haveCaughtUp(all, history), { ...polling, timeout: 30_000 }).catch(() => {}); // the verdict tells what is missing
		return history;
	}

	const life: Life = {
		reports,
		services,
		looks: readiness.map(({ looks }) => looks),
		followers,
		token: provider.token,
		resources,
		url,
		told: async (count) => {
			const totals = () => followers.map(({ stretches }) => stretches.reduce((total, { told }) => total + told.length, 0));
			const before = totals();
			await vi.waitUntil(() => totals().every((total, at) => total >= (before[at] ?? 0) + count), polling);
		},
		run: async (drill) => {
			const before = judge(followers, histories);
			const early = placeOf(followers, 0.5);
			const { serving, lost } = await drill.run(life);
			const back = performance.now();
			const last = placeOf(followers, 1);
			await vi.waitUntil(() => readiness.every(({ looks }) => looks.at(-1)?.isReady === true && (looks.at(-1)?.begun ?? 0) > back), polling);
			const ready = Math.max(...readiness.map(({ looks }) => looks.find(({ begun, isReady }) => begun > back && isReady)?.ended ?? 0)) - back;
			const latecomers = kinds.flatMap((transport) => [early, last].map((after, at) => start(transport, after, at)));
			reports.resume();
			await reports.more(40);
			const final = await settle(serving, [...followers, ...latecomers]);
			if (lost !== undefined) histories.push(await lastHistoryOf(lost));
			const verdicts = judge([...followers, ...latecomers], [...histories, final]);
			await Promise.all(latecomers.map((follower) => follower.stop()));
			const own = verdicts.map((verdict, at) => difference(verdict, before[at]));
			for (const { transport, told: events, expired, unavailable, gaps, old, bare } of own) {
				tell(
					`${drill.name}, ${transport}: ${events} events told, ${expired} POSITION_EXPIRED, ${unavailable} SERVICE_UNAVAILABLE, ` +
						`${gaps.length} silent gaps, ${old.length} old as new, ${bare} ended without a word`,
				);
			}
			const heldUp = clock.heldUp(back, back + ready);
			tell(`${drill.name}: ready ${seconds(ready)} after, ${seconds(heldUp)} of which this process was held up (promised: 2 s)`);
			reports.resume();
			return { name: drill.name, loses: drill.loses, verdicts: own, ready, heldUp, serving };
		},
		stop: async () => {
			clock.stop();
			await reports.pause();
			await Promise.all(followers.map((follower) => follower.stop()));
			await Promise.all(readiness.map((one) => one.stop()));
			await Promise.all(services.map((service) => service.kill()));
		},
	};
	return life;
}

/** Where somebody was who had been told that part of everything. */
function placeOf(followers: readonly Follower[], part: number): string {
	const told = followers.flatMap(({ stretches }) => ((stretches.at(-1)?.told.length ?? 0) > 0 ? [stretches.at(-1)?.told ?? []] : []))[0] ?? [];
	return told[Math.max(0, Math.ceil(told.length * part) - 1)]?.position ?? "0";
}

/** What one of them has over the other, of what is counted. */
const difference = (now: Verdict, before: Verdict | undefined): Verdict => ({
	...now,
	told: now.told - (before?.told ?? 0),
	expired: now.expired - (before?.expired ?? 0),
	unavailable: now.unavailable - (before?.unavailable ?? 0),
	bare: now.bare - (before?.bare ?? 0),
});

/** All firings that the server's log has, in its order. */
export async function historyOf(server: Pick<DrillServer, "url">): Promise<History> {
	const database = await openPostgres(server.url, { waits: patient });
	return firingsIn(database).finally(() => database.close());
}

/** The same of a server that may be stopped. */
async function lastHistoryOf(server: DrillServer): Promise<History> {
	if (await server.isStarted()) return historyOf(server);
	await server.start();
	return historyOf(server).finally(() => server.stop());
}

export async function firingsIn(database: Database): Promise<History> {
	await numberEntries(database);
	const { print } = await readPositionCodec(database);
	const rows = await database.rows<{ number: string; mark: string; firing: string }>(sql`
		select n."number", n."mark", e."policyFiringUuid" as "firing" from "LogNumber" n join "LogEntry" e on e."id" = n."entryId"
		where e."policyFiringUuid" is not null order by n."number"
	`);
	return rows.map(({ number, mark, firing }) => ({ position: print({ number: BigInt(number), mark: BigInt(mark) }), firing }));
}
