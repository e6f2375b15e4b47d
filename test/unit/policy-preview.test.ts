import { describe, expect, test } from "vitest";
import type { PolicyPeriod } from "../../src/domain/policy/policy.ts";
import { type MonthlyUse, neededMonths, previewedPolicy } from "../../src/domain/policy/policy-preview.ts";

const current = "2017-12-01";

/** A limit of 10 on a component that was used so in the months of 2017, January first; further months before as they are named. */
const use = (amounts: readonly string[], earlier: Record<string, string> = {}, limit = "10"): MonthlyUse => ({
	componentUuid: "c",
	limit,
	used: new Map([...Object.entries(earlier), ...amounts.map((amount, index) => [`2017-${String(index + 1).padStart(2, "0")}-01`, amount] as const)]),
});

const firedMonths = (period: PolicyPeriod, uses: readonly MonthlyUse[]): string[] =>
	previewedPolicy(period, current, uses)
		.filter(({ fired }) => fired)
		.map(({ billingPeriod }) => billingPeriod.slice(0, 7));

describe("a policy would have fired", () => {
	test.each<[string, PolicyPeriod, string[], string[]]>([
		["of one month, in no month that stays at its limit", "ONE_MONTH", ["10", "10"], []],
		["of one month, in each month that exceeds it", "ONE_MONTH", ["10.01", "11", "9", "12"], ["2017-01", "2017-02", "2017-04"]],
		["in total, once, in the month that crosses the limit", "TOTAL", ["6", "4", "0.01", "50", "50"], ["2017-03"]],
		["in total, never while the sum stays at the limit", "TOTAL", ["6", "4"], []],
		["of three months, once while each turn leaves the limit exceeded", "THREE_MONTHS", ["6", "6", "6", "6"], ["2017-02"]],
		["of three months, again after a turn that left nothing exceeded", "THREE_MONTHS", ["11", "0", "0", "11"], ["2017-01", "2017-04"]],
		["of three months, again in the very month of the turn that reset it", "THREE_MONTHS", ["9", "1", "1", "9.01"], ["2017-03", "2017-04"]],
		["of three months, not while what is used after the turn is not needed to exceed it", "THREE_MONTHS", ["0", "11", "1", "1"], ["2017-02"]],
		["of twelve months, once in a year", "TWELVE_MONTHS", ["11", "11", "11", "11", "11", "11", "11", "11", "11", "11", "11", "11"], ["2017-01"]],
	])("%s", (_case, period, amounts, months) => {
		expect(firedMonths(period, [use(amounts)])).toEqual(months);
	});

	test("by either of two limits, and while one of them stays exceeded it stays fired", () => {
		const [cpu, ram] = [use(["11", "0", "0", "11"]), use(["0", "0", "11", "0"])];
		expect(firedMonths("THREE_MONTHS", [cpu, ram])).toEqual(["2017-01"]);
		expect(firedMonths("THREE_MONTHS", [cpu])).toEqual(["2017-01", "2017-04"]);
	});

	test("not anew in the first month that is looked at, when it was fired before", () => {
		expect(firedMonths("TOTAL", [use([], { "2015-12-01": "11" })])).toEqual([]);
		expect(firedMonths("THREE_MONTHS", [use([], { "2015-12-01": "11", "2016-01-01": "1" })])).toEqual([]);
		expect(firedMonths("ONE_MONTH", [use([], { "2015-12-01": "11", "2016-01-01": "11" })])).toEqual(["2016-01"]);
	});
});

describe("the months of a preview", () => {
	test("are the last 24, oldest first, each with the total of the window that ends in it", () => {
		const months = previewedPolicy("THREE_MONTHS", current, [use(["1", "2", "4", "8"])]);
		expect(months.map(({ billingPeriod }) => billingPeriod)).toHaveLength(24);
		expect([months[0]?.billingPeriod, months[23]?.billingPeriod]).toEqual(["2016-01-01", current]);
		expect(months.slice(11, 19).map(({ componentLimits: [total] }) => total?.used)).toEqual(["0", "1", "3", "7", "14", "12", "8", "0"]);
		expect(months.map(({ exceeded }) => exceeded).lastIndexOf(true)).toBe(17 - 1);
	});

	test("total exactly, whatever the size of the sums", () => {
		const [, last] = previewedPolicy("TOTAL", current, [use(["900000000000000000.01", "900000000000000000.01"], {}, "1800000000000000000")]).slice(-2);
		expect(last).toMatchObject({ exceeded: true, componentLimits: [{ used: "1800000000000000000.02" }] });
	});

	test.each<[PolicyPeriod, string]>([
		["ONE_MONTH", "2015-12-01"],
		["THREE_MONTHS", "2015-10-01"],
		["TWELVE_MONTHS", "2015-01-01"],
		["TOTAL", "2015-12-01"],
	])("need of %s what was used since %s", (period, start) => {
		expect(neededMonths(period, current)).toEqual({ start, end: current });
	});
});
