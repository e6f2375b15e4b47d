import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { endProcesses } from "../command/process.ts";
import { watchClock } from "../faults/clock.ts";
import {
	changeOfPlaces,
	cleanPromotion,
	type Demoted,
	demotion,
	lateRestore,
	lossyPromotion,
	lostPrimary,
	pairOf,
	putBack,
	recovery,
	restore,
} from "./drills.ts";
import { rounds, seconds, tell, whyNot } from "./figures.ts";
import { type DrillRun, type Life, startLife } from "./life.ts";
import { startRelay } from "./relay.ts";
import { type Major, missing, type Servers, serversOf } from "./servers.ts";

/** How soon the service is not ready when its database takes no changes any more, in milliseconds. */
const soonest = 2_000;

/**
 * Guards against a service that hangs, in milliseconds: no more than that. How soon it is ready again is measured here and
 * printed, of two instances with everything else that a drill runs; test/faults/outage claims the two seconds that are promised.
 */
const isHanging = 10_000;

describe.each<Major>([15, 18])("on PostgreSQL %i", (major) => {
	describe.skipIf(rounds === 0 || missing(major) !== undefined)(`a service whose database is restored, promoted or put back${whyNot(missing(major))}`, () => {
		const runs: DrillRun[] = [];
		const wrongReports: string[] = [];
		const demotions: { seen: Demoted; ready: readonly boolean[] }[] = [];
		const closing: (() => unknown)[] = [];
		const clock = watchClock();

		afterAll(async () => {
			for (const close of closing.reverse()) await close();
		}, 300_000);

		beforeAll(async () => {
			const servers = serversOf(major);
			closing.push(
				() => clock.stop(),
				() => servers.stop(),
				() => endProcesses(),
			);
			for (let round = 0; round < rounds; round++) {
				await throughRelay(servers);
				await amongTwoHosts(servers);
			}
		}, rounds * 600_000);

		/** Plays at one address, which leads to whichever server serves. */
		async function throughRelay(servers: Servers): Promise<void> {
			let serving = await servers.fresh();
			const relay = await startRelay(serving.port);
			closing.push(() => relay.close());
			const life = await startLife(serving, `postgresql://postgres@127.0.0.1:${relay.port}/postgres`);
			closing.push(() => life.stop());
			let seen: Demoted | undefined;
			const seeing = demotion((demoted) => {
				seen = demoted;
			});
			for (const drill of [restore(major), lateRestore(major), cleanPromotion, lossyPromotion, putBack, recovery, seeing]) {
				const one = await life.run(drill({ servers, serving, serve: ({ port }) => relay.to(port) }));
				runs.push(one);
				serving = one.serving;
			}
			if (seen !== undefined) {
				const { from, to } = seen;
				const settled = from + soonest + clock.heldUp(from, from + soonest);
				const looks = life.looks.flat().filter(({ begun, ended }) => begun > settled && ended < to);
				demotions.push({ seen, ready: looks.map(({ isReady }) => isReady) });
				const off = life.looks.map((own) => (own.find(({ begun, isReady }) => begun > from && !isReady)?.ended ?? Number.NaN) - from);
				tell(`a demotion: not ready ${seconds(Math.max(...off))} after the standby took connections (promised: 2 s)`);
				tell(`a demotion: reads answered ${JSON.stringify(seen.reads)}; ${seen.told} of ${seen.followers} followers told SERVICE_UNAVAILABLE`);
			}
			await over(life);
		}

		/** Plays at the addresses of two servers, of which one takes changes. */
		async function amongTwoHosts(servers: Servers): Promise<void> {
			const primary = await servers.fresh();
			const hosts = [await startRelay(primary.port), await startRelay()] as const;
			for (const host of hosts) closing.push(() => host.close());
			const listed = hosts.map(({ port }) => `127.0.0.1:${port}`).join(",");
			const life = await startLife(primary, `postgresql://postgres@${listed}/postgres?target_session_attrs=read-write`);
			closing.push(() => life.stop());
			const pair = await pairOf(primary);
			hosts[1].to(pair.standby.port);
			for (const drill of [changeOfPlaces(pair), lostPrimary(pair)]) runs.push(await life.run(drill));
			await over(life);
		}

		async function over(life: Life): Promise<void> {
			await life.stop();
			wrongReports.push(...life.reports.wrong);
		}

		test("misses nothing and tells nothing old without a word", () => {
			const wrong = runs.flatMap(({ name, verdicts }) =>
				verdicts
					.filter(({ gaps, old, bare, wrong }) => gaps.length + old.length + bare + wrong.length > 0)
					.map(({ transport, gaps, old, bare, wrong }) => ({ name, transport, bare, gaps: gaps.slice(0, 3), old: old.slice(0, 3), wrong: wrong.slice(0, 3) })),
			);
			expect(wrong).toEqual([]);
			expect(runs.length).toBe(9 * rounds);
		});

		test("refuses no position of what is still there", () => {
			const refused = runs.filter(({ loses, verdicts }) => !loses && verdicts.some(({ expired }) => expired > 0));
			expect(refused.map(({ name }) => name)).toEqual([]);
		});

		test("tells everybody who was told what is lost that the position has expired", () => {
			const untold = runs.filter(({ loses, verdicts }) => loses && verdicts.some(({ expired, followers }) => expired < followers - 1));
			expect(untold.map(({ name }) => name)).toEqual([]);
		});

		test("answers reports, or says that it cannot at the moment", () => {
			expect(wrongReports.slice(0, 3)).toEqual([]);
		});

		test("does not stay away once its database takes changes", () => {
			expect(runs.filter(({ ready, heldUp }) => ready > isHanging + heldUp).map(({ name, ready }) => ({ name, ready }))).toEqual([]);
		});

		test("goes on answering reads of a standby, ends its subscriptions with a code, and is not ready", () => {
			for (const { seen, ready } of demotions) {
				expect(seen.reads).not.toHaveProperty("INTERNAL_SERVER_ERROR");
				expect(seen.reads[""]).toBeGreaterThan(10);
				expect(seen.told).toBe(seen.followers);
				expect(new Set(ready)).toEqual(new Set([false]));
			}
			expect(demotions.length).toBe(rounds);
		});
	});
});
