import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { prepareSchema } from "../../src/database/migrations.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { numberEntries } from "../../src/event-log/log.store.ts";
import { runAlerts } from "../cluster/alerts-program.ts";
import { type Subscriber, subscribe } from "../cluster/subscribers.ts";
import { type Ended, endProcesses, startService } from "../command/process.ts";
import { firingsOfLog, printedPositions } from "../support/firings.ts";
import { patient } from "../support/templates.setup.ts";
import { type Attempt, attempt, callerOf } from "./callers.ts";
import { watchClock } from "./clock.ts";
import { tell } from "./figures.ts";
import { type PostgresServer, startPostgresServer } from "./postgres-server.ts";
import { type Look, watchReadiness } from "./readiness.ts";
import { problemsIn } from "./stored.ts";
import { makeWorld, type World } from "./world.ts";

const rounds = Number(process.env["OUTAGE_ROUNDS"] ?? 1);

/** What is promised, in milliseconds: how long a call lasts at most, and how soon the service works, and is ready, when its database is. */
const maxCall = 6_000;
const soonest = 2_000;
/** How soon the service ends when it is asked to. */
const maxStopTime = 15_000;

/** A server that does not answer is frozen this long, in milliseconds. */
const frozenFor = 12_000;

/** Far longer than anything takes: it ends a test that hangs. */
const polling = { timeout: 120_000, interval: 20 };

/** When the database was lost and when it was there again, by this process's clock. */
interface Outage {
	readonly how: string;
	readonly lost: number;
	readonly back: number;
}

const ways: Readonly<Record<string, (server: PostgresServer) => Promise<void>>> = {
	"an immediate restart": (server) => server.restartAtOnce(),
	"a crash": (server) => server.crash(),
	"the end of all connections": (server) => server.terminateConnections(),
	"a freeze": async (server) => {
		server.freeze();
		await pause(frozenFor);
		server.thaw();
	},
};

const queryDocument = `query ($resource: UUID!) { answer: resource(uuid: $resource) {
	__typename currentUsages { amount } offering { name components { type } } project { name customer { name } }
} }`;

/** Mutations are done one after the other: the second one waits for the first. */
const twoMutations = `mutation ($input: SetUsageInput!) {
	first: setUsage(input: $input) { __typename }
	second: setUsage(input: $input) { __typename }
	third: setUsage(input: $input) { __typename }
	answer: setUsage(input: $input) { __typename ... on Error { code message } }
}`;

const closing: (() => unknown)[] = [];
afterAll(async () => {
	for (const close of closing.reverse()) await close();
}, 300_000);

const isSkipped = process.env["FAULT_ENGINES"] !== "all" && inject("templates").engine !== "PostgreSQL";

describe.skipIf(isSkipped)("a service whose PostgreSQL goes away and returns (skipped without one)", () => {
	const outages: Outage[] = [];
	const attempts: Attempt[] = [];
	let looks: readonly Look[];
	const clock = watchClock();
	let server: PostgresServer;
	let world: World;
	let log: readonly string[];
	let subscribers: readonly Subscriber[];
	let alerts: readonly string[];
	let problems: Awaited<ReturnType<typeof problemsIn>>;
	let ended: Ended;

	beforeAll(
		async () => {
			server = startPostgresServer();
			closing.push(
				() => server.stop(),
				() => clock.stop(),
			);
			const database = await openPostgres(server.url, { waits: patient });
			closing.push(() => database.close());
			await prepareSchema(database, "on");
			world = await makeWorld(database, 4);
			const another = await makeWorld(database, 1);
			const service = await startService({ DATABASE_URL: server.url, RATE_LIMIT: "0", OPERATIONS_PORT: "0" });
			closing.push(endProcesses);
			const readiness = watchReadiness(service.greeting);
			closing.push(() => readiness.stop());
			looks = readiness.looks;

			const listening = subscribe(service.url, [world.token], { sockets: 2, perSocket: 4 });
			closing.push(() => listening.stop());
			subscribers = listening.all;
			const program = runAlerts(service.url, world.token, "0");
			closing.push(() => program.stop());
			alerts = program.lines;

			let isOver = false;
			const onAttempt = (made: Attempt) => void attempts.push(made);
			const callers = world.resources.map((resource) => callerOf(resource, world.token, { onAttempt }));
			const [other = ""] = another.resources;
			const again = async (token: string, document: string, variables: object) => {
				while (!isOver) {
					const begun = performance.now();
					const answer = await attempt(service.url, token, document, variables);
					attempts.push({ begun, ended: performance.now(), isDone: answer !== "unavailable" });
					await pause(10);
				}
			};
			const calling = Promise.all([
				...callers.map((caller) => caller.call(service.url, () => isOver)),
				again(world.token, queryDocument, { resource: world.resources[0] }),
				again(another.token, twoMutations, { input: { resource: other, usages: [{ type: "cpu", amount: "1" }] } }),
			]);

			const run = async () => {
				for (let round = 0; round < rounds; round++) {
					for (const [how, happen] of Object.entries(ways)) {
						const told = subscribers.map((subscriber) => subscriber.told.length);
						await vi.waitUntil(() => subscribers.every((subscriber, index) => subscriber.told.length > (told[index] ?? 0)), polling);
						const lost = performance.now();
						await happen(server);
						const back = performance.now();
						outages.push({ how, lost, back });
						// Whoever waits for the service now waits no longer than is promised: what is done and said later shows whether it works.
						await vi.waitUntil(() => attempts.some(({ begun }) => begun > back + soonest) && said(back, Number.POSITIVE_INFINITY).length > 0, polling);
					}
				}
				isOver = true;
				await calling;
				log = await positionsIn();
				const last = log.at(-1);
				const isTold = () => subscribers.every(({ told }) => told.at(-1)?.position === last) && alerts.some((line) => JSON.parse(line).position === last);
				await vi.waitUntil(isTold, polling).catch(() => {}); // the claims tell what is missing
				problems = await problemsIn(database, callers);
			};
			const positionsIn = async () => {
				await numberEntries(database);
				return printedPositions(database, await firingsOfLog(database));
			};
			await Promise.race([run(), calling.then(() => new Promise(() => {})), listening.over]);
			listening.stop();
			program.stop();
			await readiness.stop();
			ended = await service.stop();
			tellFigures();
		},
		120_000 + rounds * 120_000,
	);

	const during = ({ lost, back }: Outage) => attempts.filter((one) => one.ended > lost && one.begun < back);
	const lasting = (from: number, to: number) => ({ milliseconds: to - from, heldUp: clock.heldUp(from, to) });
	const calls = (outage: Outage) => during(outage).map(({ begun, ended }) => lasting(Math.max(begun, outage.lost), ended));
	/** From when the database is there until a call is done that was begun without it, or later. */
	const wait = ({ lost, back }: Outage) =>
		lasting(back, Math.min(...attempts.filter((one) => one.isDone && one.begun > lost && one.ended > back).map(({ ended }) => ended)));
	const refused = (outage: Outage) => during(outage).filter(({ isDone }) => !isDone).length;
	const by = (how: string) => outages.filter((outage) => outage.how === how);

	const next = (outage: Outage) => outages[outages.indexOf(outage) + 1]?.lost ?? Number.POSITIVE_INFINITY;
	/** What the service said from two seconds after a moment until another. */
	const said = (from: number, to: number) => looks.filter(({ begun, ended }) => begun > from + soonest + clock.heldUp(from, from + soonest) && ended < to);

	function tellFigures(): void {
		for (const outage of outages) {
			const unready = looks.filter(({ begun, ended, isReady }) => !isReady && begun > outage.lost && ended < next(outage));
			const [off, on] = [unready[0], looks.find(({ begun, isReady }) => isReady && begun > Math.max(outage.back, unready.at(-1)?.begun ?? 0))];
			tell(
				off === undefined || on === undefined
					? `${outage.how}: it was ready all the time`
					: `${outage.how}: it was not ready ${(off.ended - outage.lost).toFixed(0)} ms after, and ready ${(on.ended - outage.back).toFixed(0)} ms after the return`,
			);
			const longest = Math.max(...calls(outage).map(({ milliseconds }) => milliseconds));
			tell(
				`${outage.how}: ${refused(outage)} calls refused, the longest took ${longest.toFixed(0)} ms, and one was done ${wait(outage).milliseconds.toFixed(0)} ms after`,
			);
		}
	}

	test.each(Object.keys(ways))("answers each call within six seconds of %s", (how) => {
		const tooLong = by(how)
			.flatMap(calls)
			.filter(({ milliseconds, heldUp }) => milliseconds > maxCall + heldUp);
		expect(tooLong).toEqual([]);
	});

	test.each(["an immediate restart", "a crash", "a freeze"])("says with a code that it cannot reach it, in %s", (how) => {
		expect(by(how).filter((outage) => refused(outage) === 0)).toEqual([]);
	});

	test.each(Object.keys(ways))("works again within two seconds after %s, by itself", (how) => {
		const tooLate = by(how)
			.map(wait)
			.filter(({ milliseconds, heldUp }) => milliseconds > soonest + heldUp);
		expect(tooLate).toEqual([]);
	});

	test("is not ready from two seconds after it was frozen until it is not any more", () => {
		const whileFrozen = by("a freeze").flatMap(({ lost, back }) => said(lost, back));
		expect(new Set(whileFrozen.map(({ isReady }) => isReady))).toEqual(new Set([false]));
	});

	test.each(Object.keys(ways))("is ready again within two seconds after %s", (how) => {
		const later = by(how).flatMap((outage) => said(outage.back, Math.min(next(outage), outage.back + 2 * soonest)));
		expect(new Set(later.map(({ isReady }) => isReady))).toEqual(new Set([true]));
	});

	test("does every call that it is asked later than that", () => {
		const failed = outages.map((outage) => {
			const from = outage.back + soonest + clock.heldUp(outage.back, outage.back + soonest);
			return attempts.filter((one) => !one.isDone && one.begun > from && one.ended < next(outage));
		});
		expect(failed.flat()).toEqual([]);
	});

	test("tells its subscribers of every firing, in the order of the log", () => {
		const told = subscribers.map((subscriber) => [...new Set(subscriber.told.map(({ position }) => position))]);
		expect(log.length).toBeGreaterThan(outages.length);
		expect(told.filter((positions) => positions.join() !== log.join()).map((positions) => log.filter((position) => !positions.includes(position)))).toEqual([]);
	});

	test("loses none of the alerts of the program of README.md", () => {
		expect(alerts.map((line) => JSON.parse(line).position)).toEqual(log);
	});

	test("has what it acknowledged, each call as a whole and once", () => {
		expect(problems).toEqual({ lost: [], halfWritten: [] });
	});

	test("finds no bug in itself, and ends well", () => {
		expect(ended).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining("unexpected error") });
	});

	describe("that is asked to stop while PostgreSQL is frozen", () => {
		let stopped: Ended & { milliseconds: number; heldUp: number };

		beforeAll(async () => {
			const service = await startService({ DATABASE_URL: server.url, RATE_LIMIT: "0" });
			const listening = subscribe(service.url, [world.token], { sockets: 2, perSocket: 2 });
			listening.over.catch(() => {}); // they are left without a service
			closing.push(() => listening.stop());
			await vi.waitUntil(() => listening.all.every(({ told }) => told.length > 0), polling);
			let begun = 0;
			let isOver = false;
			const [resource] = world.resources;
			const calling = Array.from({ length: 16 }, async () => {
				while (!isOver) {
					begun++;
					await attempt(service.url, world.token, queryDocument, { resource }).catch(() => {}); // it may have stopped
				}
			});
			await vi.waitUntil(() => begun > 100, polling);
			server.freeze();
			const asked = performance.now();
			const end = await Promise.race([service.stop(), pause(2 * maxStopTime, undefined, { ref: false })]);
			const milliseconds = performance.now() - asked;
			isOver = true;
			server.thaw();
			stopped = { ...(end ?? (await service.kill())), milliseconds, heldUp: clock.heldUp(asked, asked + milliseconds) };
			listening.stop();
			await Promise.all(calling);
			tell(`a stop while it is frozen: ended with ${stopped.exitCode} after ${milliseconds.toFixed(0)} ms`);
		}, 300_000);

		test("has ended within fifteen seconds", () => {
			expect(stopped.milliseconds).toBeLessThan(maxStopTime + stopped.heldUp);
		});

		test("has ended well", () => {
			expect(stopped).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining("unexpected error") });
		});
	});
});
