import { describe, expect, test } from "vitest";
import { amountProblem, capProblems, capWindow, componentProblems, periodProblems, type ReportableComponent } from "../../src/domain/usage/usage.ts";
import { userLimitProblems } from "../../src/domain/user-usage/user-usage.ts";

const component = (fields: Partial<ReportableComponent>): ReportableComponent => ({
	uuid: "c",
	type: "cpu",
	billingType: "USAGE",
	limitPeriod: null,
	limitAmount: null,
	...fields,
});

describe("an amount", () => {
	test.each([
		["0", true],
		["-0", true],
		["0.01", true],
		["999999999999999999.99", true],
		["1.500", true],
		["-0.01", false],
		["0.001", false],
		["1000000000000000000", false],
	])("%s can be stored: %s", (amount, storable) => {
		expect(amountProblem(amount) === undefined).toBe(storable);
	});
});

describe("a plan period takes usage", () => {
	const start = new Date("2017-01-01T00:00:00Z");
	test.each([
		["without an end", null, true],
		["that ends in this month", "2017-01-20T00:00:00Z", true],
		["that ended at the month's first moment", "2017-01-01T00:00:00Z", true],
		["that ended a moment before the month", "2016-12-31T23:59:59.999Z", false],
	])("%s", (_case, end, open) => {
		expect(periodProblems({ end: end === null ? null : new Date(end) }, start).length === 0).toBe(open);
	});
});

describe("a component's cap", () => {
	test.each([
		["a month", component({ limitPeriod: "MONTH", limitAmount: 5 }), { start: "2017-05-01", end: "2017-05-01" }],
		["a quarter", component({ limitPeriod: "QUARTERLY", limitAmount: 5 }), { start: "2017-04-01", end: "2017-06-01" }],
		["a year", component({ limitPeriod: "ANNUAL", limitAmount: 5 }), { start: "2017-01-01", end: "2017-12-01" }],
		["everything", component({ limitPeriod: "TOTAL", limitAmount: 5 }), { start: null, end: "9999-12-01" }],
		["nothing without an amount", component({ limitPeriod: "MONTH" }), undefined],
		["nothing with an amount of 0", component({ limitPeriod: "MONTH", limitAmount: 0 }), undefined],
		["nothing without a period", component({ limitAmount: 5 }), undefined],
		["nothing of a LIMIT component", component({ billingType: "LIMIT", limitPeriod: "MONTH", limitAmount: 5 }), undefined],
	])("covers %s", (_case, capped, window) => {
		expect(capWindow(capped, "2017-05-01")).toEqual(window);
	});

	test.each([
		["5", "2", "7", true],
		["5", "2.01", "7", false],
		["999999999999999999.98", "0.01", "999", false],
	])("with %s elsewhere and %s reported within %s: %s", (others, amount, limit, within) => {
		const capped = component({ limitPeriod: "TOTAL", limitAmount: Number(limit) });
		expect(capProblems([{ type: "cpu", amount }], [capped], new Map([["c", others]])).length === 0).toBe(within);
	});
});

test("unknown and unreportable types are named together, in alphabetical order", () => {
	const components = [component({}), component({ type: "fee", billingType: "FIXED" }), component({ type: "ram", billingType: "LIMIT" })];

	expect(componentProblems(["ram", "zeta", "fee", "cpu", "abc"], components).map(({ message }) => message)).toEqual([
		"These components are invalid: abc, fee, zeta.",
	]);
});

describe("an account's limit", () => {
	test.each([
		[undefined, "100", "100", undefined],
		["150", "60", "90", undefined],
		["150", "100", "90", "Usage limit exceeded. Maximum allowed: 150, current usage: 100, additional: 90."],
		["0.10", "0.00", "0.11", "Usage limit exceeded. Maximum allowed: 0.1, current usage: 0, additional: 0.11."],
	])("of %s with %s used and %s more says: %s", (limit, current, additional, message) => {
		expect(userLimitProblems({ limit, current, additional })[0]?.message).toBe(message);
	});
});
