import { describe, expect, test } from "vitest";
import {
	type AllGroups,
	type Dimension,
	hasSeveralUnits,
	needsOneUnit,
	requireDimensions,
	requireOrder,
	restOf,
	totalledMonths,
	type UsageTotal,
} from "../../src/domain/usage-totals/usage-totals.ts";

describe("the months that are totalled", () => {
	test.each([
		["no bounds at all", null, null, { from: null, to: null }],
		["days within their months", "2026-03-15", "2026-04-30", { from: "2026-03-01", to: "2026-04-01" }],
		["one month", "2026-03-31", "2026-03-01", { from: "2026-03-01", to: "2026-03-01" }],
		["an open end", "2026-03-01", undefined, { from: "2026-03-01", to: null }],
		["an open start", undefined, "2026-03-01", { from: null, to: "2026-03-01" }],
	])("of %s", (_what, from, to, expected) => {
		expect(totalledMonths(from, to, false)).toEqual({ ...expected, previous: null });
	});

	test.each([
		["a month with the one before", "2026-01-01", "2026-01-31", { from: "2025-12-01", months: 1 }],
		["a quarter with the one before", "2026-01-01", "2026-03-01", { from: "2025-10-01", months: 3 }],
		["a year with the one before", "2026-01-01", "2026-12-01", { from: "2025-01-01", months: 12 }],
		["fourteen months with as many", "2025-01-01", "2026-02-01", { from: "2023-11-01", months: 14 }],
		["the second month of all", "0001-02-01", "0001-02-01", { from: "0001-01-01", months: 1 }],
	])("compare %s", (_what, from, to, previous) => {
		expect(totalledMonths(from, to, true).previous).toEqual(previous);
	});

	test.each([
		[
			"that end before they begin",
			"2026-03-01",
			"2026-02-28",
			false,
			"billingPeriodFrom must not be later than billingPeriodTo: 2026-03-01 is later than 2026-02-28.",
		],
		[
			"that are compared without a start",
			null,
			"2026-02-01",
			true,
			"comparePrevious needs billingPeriodFrom and billingPeriodTo: it compares with as many months before.",
		],
		[
			"that are compared without an end",
			"2026-02-01",
			null,
			true,
			"comparePrevious needs billingPeriodFrom and billingPeriodTo: it compares with as many months before.",
		],
		["before which there are none", "0001-01-01", "0001-01-01", true, "comparePrevious needs as many months before: there are none before the year 1."],
		["before which there are too few", "0002-01-01", "9999-12-31", true, "comparePrevious needs as many months before: there are none before the year 1."],
	])("are none %s", (_what, from, to, compare, message) => {
		expect(() => totalledMonths(from, to, compare)).toThrow(message);
	});
});

test.each<[string, Dimension[], string]>([
	["no dimension", [], "groupBy must name one or two dimensions, not 0."],
	["three dimensions", ["MONTH", "CUSTOMER", "PROJECT"], "groupBy must name one or two dimensions, not 3."],
	["one twice", ["CUSTOMER", "CUSTOMER"], "groupBy names CUSTOMER twice: a dimension is named once."],
	["months and years", ["YEAR", "MONTH"], "groupBy must name one of MONTH, QUARTER and YEAR: a month has one quarter and one year."],
])("groups are not made by %s", (_what, groupBy, message) => {
	expect(() => requireDimensions(groupBy)).toThrow(message);
});

test("groups are made by one dimension or two", () => {
	for (const groupBy of [["MONTH"], ["CUSTOMER", "MONTH"], ["PROJECT", "USERNAME"]] satisfies Dimension[][])
		expect(() => requireDimensions(groupBy)).not.toThrow();
});

test("groups are not ordered by a change that is not asked for", () => {
	expect(() => requireOrder("CHANGE", totalledMonths("2026-01-01", "2026-01-01", false))).toThrow("orderBy CHANGE needs comparePrevious");
	expect(() => requireOrder("CHANGE", totalledMonths("2026-01-01", "2026-01-01", true))).not.toThrow();
	expect(() => requireOrder("TOTAL", totalledMonths(null, null, false))).not.toThrow();
});

test("amounts of several units are neither compared nor added", () => {
	expect(needsOneUnit("KEY", false)).toBe(false);
	expect([needsOneUnit("TOTAL", false), needsOneUnit("CHANGE", false), needsOneUnit("KEY", true)]).toEqual([true, true, true]);
	expect(hasSeveralUnits({ firstUnit: "GB", lastUnit: "h" } as AllGroups)).toBe(true);
	expect(hasSeveralUnits({ firstUnit: "h", lastUnit: "h" } as AllGroups)).toBe(false);
	expect(hasSeveralUnits({ firstUnit: null, lastUnit: null } as AllGroups)).toBe(false);
});

describe("the rest", () => {
	const all: AllGroups = { groups: 3, firstUnit: "h", lastUnit: "h", sum: "100000000000000000000.03", previousSum: null, allRecords: 7 };
	const group = (total: string, records: number, more: Partial<UsageTotal> = {}): UsageTotal => ({ measuredUnit: "h", total, records, ...more });

	test("is all groups without those that are shown, exactly", () => {
		expect(restOf(all, [group("99999999999999999999.99", 2), group("0.03", 4)])).toEqual({ measuredUnit: "h", groups: 1, total: "0.01", records: 1 });
	});

	test("is nothing when all are shown, and all when none are", () => {
		expect(restOf(all, [group("100000000000000000000", 3), group("0.02", 2), group("0.01", 2)])).toEqual({
			measuredUnit: "h",
			groups: 0,
			total: "0",
			records: 0,
		});
		expect(restOf(all, [])).toEqual({ measuredUnit: "h", groups: 3, total: all.sum, records: 7 });
	});

	test("is compared as groups are", () => {
		const shown = [group("60", 2, { previousTotal: "10.5", change: "49.5" })];
		expect(restOf({ ...all, sum: "100", previousSum: "80.5" }, shown)).toMatchObject({ total: "40", previousTotal: "70", change: "-30" });
	});

	test("is absent where there are no groups", () => {
		expect(restOf({ ...all, groups: 0, firstUnit: null, lastUnit: null, sum: null, allRecords: 0 }, [])).toBeNull();
	});
});
