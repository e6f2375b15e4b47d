import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { prepareSchema } from "../../src/database/migrations.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { endProcesses, startService } from "../command/process.ts";
import { watchClock } from "../faults/clock.ts";
import { setUsage } from "../support/documents.ts";
import { makeProvider } from "../support/provider.ts";
import { patient } from "../support/templates.setup.ts";
import { percentile, rounds, tell, whyNot } from "./figures.ts";
import { asked, type Follower, followFirings, type Transport, transports } from "./followers.ts";
import { polling } from "./life.ts";
import { type DrillServer, missing, serversOf } from "./servers.ts";

/** How long transactions are left open, in seconds. */
const openFor = Number(process.env["OPEN_SECONDS"] ?? 60);

/** No measure of speed: an alert that waits for a transaction takes as long as that is open. */
const maxLateness = 1_000;

const kinds = Object.keys(transports) as Transport[];

describe.skipIf(rounds === 0 || missing(18) !== undefined)(`transactions that stay open beside a service${whyNot(missing(18))}`, () => {
	const closing: (() => unknown)[] = [];
	const clock = watchClock();
	let quiet: Record<Transport, Latency[]>;
	let beside: Record<Transport, Latency[]>;
	let afterwards: readonly string[];
	let prepared: string;

	afterAll(async () => {
		for (const close of closing.reverse()) await close();
	}, 300_000);

	beforeAll(
		async () => {
			const servers = serversOf(18);
			closing.push(
				() => clock.stop(),
				() => servers.stop(),
				() => endProcesses(),
			);
			const server = await servers.fresh();
			const database = await openPostgres(server.url, { waits: patient });
			await prepareSchema(database, "on");
			const provider = await makeProvider({ database });
			await provider.component("cpu");
			await provider.policy({ limits: { cpu: 10 } });
			const resource = await provider.resource();
			const token = await provider.staffToken();
			await database.close();
			const service = await startService({ DATABASE_URL: server.url });

			const arrivals = new Map(kinds.map((transport) => [transport, new Map<string, number>()]));
			const followers = kinds.map((transport) =>
				followFirings({
					transport,
					url: () => service.url,
					token,
					after: "0",
					onTold: ({ firing }) => void arrivals.get(transport)?.set(firing, performance.now()),
				}),
			);
			for (const follower of followers) closing.push(() => follower.stop());
			const measure = (seconds: number) => latencies(service.url, provider.token, resource, arrivals, seconds);
			await measure(1); // everything is read and compiled for the first time
			quiet = await measure(Math.min(10, openFor));
			const open = await leaveOpen(server);
			prepared = await leavePrepared(server, provider.offering);
			beside = await measure(openFor);
			await open.end();
			await server.run("commit prepared 'drill'");
			await vi.waitUntil(() => followers.every((follower) => firingsOf(follower).includes(prepared)), polling).catch(() => {});
			afterwards = followers.map((follower) => String(firingsOf(follower).filter((firing) => firing === prepared).length));
			for (const [what, measured] of Object.entries({ "without neighbours": quiet, [`beside transactions open for ${openFor} s`]: beside })) {
				for (const transport of kinds) {
					const all = measured[transport].map(({ milliseconds }) => milliseconds);
					const [p50, p99] = [50, 99].map((percent) => percentile(all, percent).toFixed(1));
					tell(`from a report to its alert over ${transport}, ${what}: p50 ${p50} ms, p99 ${p99} ms of ${all.length}`);
				}
			}
		},
		openFor * 1_000 + 300_000,
	);

	test.each(kinds)("hold up no alert over %s, in this database, in another one, or prepared", (transport) => {
		const late = beside[transport].filter(({ milliseconds, heldUp }) => milliseconds > maxLateness + heldUp);
		expect(late).toEqual([]);
		expect(beside[transport].length).toBeGreaterThan(openFor);
	});

	test("are told of once, when they are committed, though later ones were told before", () => {
		expect(afterwards).toEqual(kinds.map(() => "1"));
	});

	interface Latency {
		readonly milliseconds: number;
		readonly heldUp: number;
	}

	/** From sending each report until the alert of its firing is there. */
	async function latencies(url: string, token: string, resource: string, arrivals: ReadonlyMap<Transport, Map<string, number>>, seconds: number) {
		const measured = Object.fromEntries(kinds.map((transport) => [transport, [] as Latency[]])) as Record<Transport, Latency[]>;
		for (const until = performance.now() + seconds * 1_000; performance.now() < until; ) {
			const begun = performance.now();
			turns++;
			const input = { resource, usages: [{ type: "cpu", amount: turns % 2 === 0 ? "1" : "11" }] };
			const answer = await asked(url, token, setUsage, { input });
			const firing: string = answer.data.setUsage.firings[0].uuid;
			for (const transport of kinds) {
				const arrived = await vi.waitUntil(() => arrivals.get(transport)?.get(firing), { ...polling, interval: 1 });
				measured[transport].push({ milliseconds: arrived - begun, heldUp: clock.heldUp(begun, arrived) });
			}
			await pause(20);
		}
		return measured;
	}
	let turns = 0;

	/** Transactions that have written and do not end: in the service's database, and in another one of its server. */
	async function leaveOpen(server: DrillServer): Promise<{ end(): Promise<void> }> {
		await server.run("create database neighbour");
		const clients = await Promise.all(
			[server.url, server.url.replace(/postgres$/, "neighbour")].map(async (connectionString) => {
				const client = new pg.Client({ connectionString });
				client.on("error", () => {}); // it ends with its server
				await client.connect();
				await client.query("begin");
				await client.query('create table "Neighbour" ()');
				return client;
			}),
		);
		return {
			end: async () => {
				for (const client of clients) await client.end();
			},
		};
	}

	/** A transaction that has appended a firing to the log and is prepared; answers the firing. */
	async function leavePrepared(server: DrillServer, offering: string): Promise<string> {
		const client = new pg.Client({ connectionString: server.url });
		await client.connect();
		await client.query("begin");
		const { rows } = await client.query<{ uuid: string }>(
			`insert into "PolicyFiring" ("offeringUuid", "kind", "windowEnd") values ('${offering}', 'FIRED', '2017-01-01') returning "uuid"`,
		);
		const firing = rows[0]?.uuid ?? "";
		await client.query(`insert into "LogEntry" ("xid", "policyFiringUuid") values ((pg_current_xact_id()::text)::bigint, '${firing}')`);
		await client.query("prepare transaction 'drill'");
		await client.end();
		return firing;
	}

	const firingsOf = ({ stretches }: Follower): string[] => stretches.flatMap(({ told }) => told.map(({ firing }) => firing));
});
