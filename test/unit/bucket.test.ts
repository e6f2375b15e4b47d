import { describe, expect, test } from "vitest";
import { levelAt, rateFor, secondsUntil } from "../../src/server/limits/bucket.ts";

const rate = { size: 1_000, perSecond: 100 };

describe("a bucket of 1,000 that 100 a second are added to", () => {
	test.each([
		[0, 0, 0],
		[0, 1_000, 100],
		[950, 1_000, 1_000],
		[0, 10_000, 1_000],
		[0, 3_600_000, 1_000],
		[500, -1_000, 500],
	])("that held %d holds after %d ms: %d", (level, passed, expected) => {
		expect(levelAt({ level, at: 5_000 }, 5_000 + passed, rate)).toBe(expected);
	});

	test.each([
		[100, 0, 1],
		[101, 0, 2],
		[1_000, 0, 10],
		[50, 49, 1],
		[5_000, 0, 10],
	])("has %d when it holds %d in %d s", (wanted, level, seconds) => {
		expect(secondsUntil(wanted, level, rate)).toBe(seconds);
	});

	test("is ten times as large for who reports", () => {
		expect([rateFor(rate, true), rateFor(rate, false)]).toEqual([{ size: 10_000, perSecond: 1_000 }, rate]);
	});
});
