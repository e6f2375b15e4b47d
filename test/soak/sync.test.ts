import { randomInt } from "node:crypto";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { type Soaked, soak } from "./run.ts";

/** Without it, as in the usual run, nothing is soaked: a minute and a half is too long for that. */
const seconds = Number(process.env["SOAK_SECONDS"] ?? 0);
const given = process.env["SOAK_SEED"];
const seed = given === undefined ? 1 : given === "random" ? randomInt(1_000_000) : Number(given);

describe.skipIf(seconds === 0).each([
	["which the gateway writes to", true, seconds],
	["which alone changes what it has", false, Math.max(8, Math.round(seconds / 3))],
] as const)(`synchronization beside a Waldur of eight writers and all kinds of faults (seed ${seed}), %s`, (name, writes, time) => {
	let soaked: Soaked;

	beforeAll(
		async () => {
			soaked = await soak({ seconds: time, seed, writes });
			if (given !== undefined || process.env["SOAK_SECONDS"] !== undefined) process.stdout.write(`${figures(name, time, soaked)}\n`);
		},
		240_000 + time * 3_000,
	);

	test("ends with every list equal on both sides", () => {
		expect(soaked.unequal).toEqual([]);
	});

	test("and what came from Waldur says so", () => {
		expect(soaked.unsourced).toEqual({});
	});

	test("a further pass changes nothing", () => {
		expect(soaked.changedAgain).toEqual([]);
		expect(soaked.refusals).toEqual([]);
	});

	test("no role reads any more once a pass that began after its withdrawal has ended", () => {
		expect(soaked.broken.slice(0, 5)).toEqual([]);
	});

	test("a withdrawn role is gone after two intervals, and what passes take", () => {
		expect(soaked.withdrawals.length).toBeGreaterThan(0);
		expect(soaked.withdrawals.filter(({ gone, allowed }) => gone > allowed)).toEqual([]);
	});

	test("every derived figure is what the records say", () => {
		expect(soaked.differences).toEqual([]);
	});

	test("each change of a total has its entry of the log", () => {
		expect(soaked.totals.missing).toEqual([]);
		expect(soaked.totals.changes).toBeGreaterThan(time);
	});

	test("policies fire and reset in turn, each turn in the log", () => {
		expect(soaked.wrongFirings).toEqual([]);
		expect(soaked.firings).toBeGreaterThan(0);
	});

	test("nothing waits to be sent, and what Waldur refused says why", () => {
		expect(soaked.deliveries["PENDING"] ?? 0).toBe(0);
		expect(soaked.deliveries["SENT"] ?? 0).toBeGreaterThan(writes ? 0 : -1);
		expect(soaked.speechless).toEqual([]);
	});

	test("all of it happened in the midst of faults", () => {
		expect(soaked.errors).toEqual([]);
		expect(soaked.passes).toBeGreaterThan(0);
		expect(Object.values(soaked.faults).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
	});
});

/** The figures of a run. */
function figures(name: string, time: number, { changes, answers, faults, passes, failures, withdrawals, totals, firings, deliveries }: Soaked): string {
	const times = withdrawals.map(({ gone }) => gone).sort((one, other) => one - other);
	const withdrawn = { count: times.length, median: times[times.length >> 1], worst: times.at(-1) };
	const all = { changes, answers, faults, passes, failures, withdrawn, totals: totals.changes, firings, deliveries };
	return `soak of ${time} s on ${inject("templates").engine}, a Waldur ${name}, seed ${seed}: ${JSON.stringify(all)}`;
}
