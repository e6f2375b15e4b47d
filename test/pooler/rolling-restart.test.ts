import { setTimeout as pause } from "node:timers/promises";
import { EventSource } from "eventsource";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { sql } from "../../src/database/sql.ts";
import { subscribe } from "../cluster/subscribers.ts";
import { type Ended, endProcesses, type Service, type Settings, startService } from "../command/process.ts";
import { tell } from "../faults/figures.ts";
import { freshDatabase, urlOf } from "../support/database.ts";
import { setUsage } from "../support/documents.ts";
import type { Answer } from "../support/gateway.ts";
import { freePort, isPgbouncerInstalled, type PoolMode, startPgbouncer } from "../support/pgbouncer.ts";
import { makeProvider } from "../support/provider.ts";
import { type InstancePorts, isHaproxyInstalled, startHaproxy } from "./haproxy.ts";

/** How often each instance is restarted: not at all in the usual run. Once, one cluster has both kinds of poolers; in longer runs each kind has its own. */
const rounds = Number(process.env["ROLLING_RESTARTS"] || 0);
const clusters: readonly PoolMode[][] =
	rounds <= 1
		? [["transaction", "session", "transaction"]]
		: [
				["transaction", "transaction", "transaction"],
				["session", "session", "session"],
			];

/** As many ask and report at a time, each without a break but this, in milliseconds. */
const callersOfEach = 4;
const betweenCalls = 20;

const question = `{ resources(first: 5) { nodes { name offering { name } componentUsages(first: 5) { nodes { usage component { name } } } } } }`;
const alerts = `subscription { policyFirings(after: "0") { ... on PolicyFiringEvent { position firing { uuid } } ... on Error { code } } }`;

const isLeftOut = rounds === 0 || inject("templates").engine === "PGlite" || !isPgbouncerInstalled() || !isHaproxyInstalled();

describe.skipIf(isLeftOut).each(clusters.map((modes) => [modes] as const))(
	"instances behind HAProxy, with PgBouncer in %j mode, are restarted in turn (skipped without ROLLING_RESTARTS, PostgreSQL, pgbouncer or haproxy)",
	(modes) => {
		const closing: (() => Promise<unknown> | unknown)[] = [];
		afterAll(async () => {
			for (const close of closing.reverse()) await close();
		}, 600_000);

		const failures: unknown[] = [];
		const ends: Ended[] = [];
		const calls = { questions: 0, reports: 0 };
		let acknowledged: Map<string, string>;
		let stored: Map<string, string>;
		let log: readonly string[];
		let overSockets: readonly { told: readonly { firing: string }[]; resumptions: number }[];
		let overStreams: readonly { told: readonly string[]; connections: () => number }[];

		beforeAll(async () => {
			const database = await freshDatabase("empty");
			closing.push(() => database.close());
			const provider = await makeProvider({ database });
			await provider.component("cpu");
			await provider.policy({ limits: { cpu: 10 } });
			const direct = await urlOf(database);
			const poolers = {
				transaction: await startPgbouncer("transaction", direct),
				session: await startPgbouncer("session", direct),
			};
			closing.push(async () => void (await Promise.all(Object.values(poolers).map((pooler) => pooler.stop()))));
			const ways: Record<PoolMode, Settings> = {
				transaction: { DATABASE_URL: poolers.transaction.url, DATABASE_LISTEN_URL: direct, PREPARED_STATEMENTS: "off" },
				session: { DATABASE_URL: poolers.session.url },
			};

			const ports: InstancePorts[] = [];
			for (const _ of modes) ports.push({ port: await freePort(), operations: await freePort() });
			const start = (place: number): Promise<Service> => {
				const { port, operations } = ports[place] ?? { port: 0, operations: 0 };
				const own = { PORT: String(port), OPERATIONS_PORT: String(operations), DRAIN_SECONDS: "10", TRUST_PROXY: "127.0.0.1" };
				return startService({ ...ways[modes[place] ?? "session"], ...own });
			};
			closing.push(() => endProcesses());
			const instances: Service[] = [];
			for (const place of modes.keys()) instances.push(await start(place));
			const balancer = await startHaproxy(ports);
			closing.push(() => balancer.stop());
			for (const place of modes.keys()) await balancer.isUp(place);

			const listening = subscribe(balancer.url, [provider.token, await provider.staffToken()], { sockets: 2, perSocket: 3 });
			closing.push(() => listening.stop());
			overSockets = listening.all;
			const streams = [0, 1].map(() => follow(balancer.url, provider.token));
			closing.push(() => {
				for (const stream of streams) stream.stop();
			});
			overStreams = streams;

			let isOver = false;
			acknowledged = new Map();
			const call = async (query: string, variables: object = {}): Promise<Answer> => {
				const headers = { "content-type": "application/json", authorization: `Token ${provider.token}` };
				try {
					const response = await fetch(balancer.url, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
					const answer: Answer = await response.json();
					if (response.status === 200 && answer.errors === undefined) return answer.data;
					failures.push({ status: response.status, errors: answer.errors });
				} catch (error) {
					failures.push(error instanceof Error ? String(error.cause ?? error) : error);
				}
				return undefined;
			};
			const asking = Array.from({ length: callersOfEach }, async () => {
				for (; !isOver; await pause(betweenCalls)) {
					if ((await call(question)) !== undefined) calls.questions++;
				}
			});
			const resources = await Promise.all(Array.from({ length: callersOfEach }, () => provider.resource()));
			const reporting = resources.map(async (resource) => {
				for (let report = 1; !isOver; report++, await pause(betweenCalls)) {
					const amount = `${report % 2 === 0 ? 0 : 50}.${String(report % 100).padStart(2, "0")}`;
					const input = { resource, usages: [{ type: "cpu", amount }], idempotencyKey: `${resource} ${report}` };
					const answer = await call(setUsage, { input });
					if (answer?.setUsage.__typename === "SetUsagePayload") {
						calls.reports++;
						acknowledged.set(resource, amount);
					} else if (answer !== undefined) failures.push(answer);
				}
			});
			const run = async () => {
				for (let round = 0; round < rounds; round++) {
					for (const place of modes.keys()) {
						const instance = instances[place];
						if (instance !== undefined) ends.push(await instance.stop());
						instances[place] = await start(place);
						await balancer.isUp(place);
					}
				}
				isOver = true;
				await Promise.all([...asking, ...reporting]);
				log = await firingsIn(database);
				stored = await amountsIn(database);
				const isTold = (firings: readonly string[]) => firings.length >= log.length;
				const areAllTold = () => overSockets.every(({ told }) => isTold(told.map(({ firing }) => firing))) && overStreams.every(({ told }) => isTold(told));
				await vi.waitUntil(areAllTold, { timeout: 60_000 }).catch(() => {}); // the claims tell what is missing
			};
			await Promise.race([run(), listening.over]).finally(() => {
				isOver = true;
			});
			tell(
				`PgBouncer in ${modes.join(", ")} mode, ${ends.length} restarts: ${calls.questions} questions, ${calls.reports} reports, ${failures.length} failed; ${log.length} firings`,
			);
		}, 1_800_000);

		test("no call fails", () => {
			expect(failures.slice(0, 5), `${failures.length} failed`).toEqual([]);
			expect(calls.questions).toBeGreaterThan(100);
			expect(calls.reports).toBeGreaterThan(100);
		});

		test("every acknowledged report is stored", () => {
			expect(new Map([...stored].map(([resource, usage]) => [resource, Number(usage)]))).toEqual(
				new Map([...acknowledged].map(([resource, amount]) => [resource, Number(amount)])),
			);
		});

		test("whoever follows over WebSocket is told of each firing once, in order", () => {
			expect(overSockets.map(({ told }) => told.map(({ firing }) => firing))).toEqual(overSockets.map(() => log));
			expect(overSockets.some(({ resumptions }) => resumptions > 0)).toBe(true);
		});

		test("so is whoever follows over server-sent events", () => {
			expect(overStreams.map(({ told }) => told)).toEqual(overStreams.map(() => log));
			expect(overStreams.some(({ connections }) => connections() > 1)).toBe(true);
		});

		test("each instance ends well", () => {
			expect(ends.map(({ exitCode }) => exitCode)).toEqual(Array(rounds * modes.length).fill(0));
		});
	},
);

/** Follows as a browser does, which goes on by itself. */
function follow(url: string, token: string) {
	const told: string[] = [];
	let opened = 0;
	const source = new EventSource(`${url}?query=${encodeURIComponent(alerts)}`, {
		fetch: (input, init) => {
			opened++;
			return fetch(input, { ...init, headers: { ...init.headers, authorization: `Token ${token}` } });
		},
	});
	source.addEventListener("next", ({ data }) => {
		const firing = JSON.parse(data).data?.policyFirings.firing;
		if (firing !== undefined) told.push(firing.uuid);
	});
	return { told, connections: () => opened, stop: () => source.close() };
}

/** All firings, in the order of the log. */
async function firingsIn(database: Database): Promise<string[]> {
	const rows = await database.rows<{ firing: string }>(sql`
		select e."policyFiringUuid" as "firing" from "LogEntry" e left join "LogNumber" n on n."entryId" = e."id" where e."policyFiringUuid" is not null order by n."number"
	`);
	return rows.map(({ firing }) => firing);
}

/** The amount of each resource. */
async function amountsIn(database: Database): Promise<Map<string, string>> {
	const rows = await database.rows<{ resource: string; usage: string }>(
		sql`select "resourceUuid" as "resource", "usage"::text as "usage" from "ComponentUsage"`,
	);
	return new Map(rows.map(({ resource, usage }) => [resource, usage]));
}
