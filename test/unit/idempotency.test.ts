import { describe, expect, test } from "vitest";
import { keyedRequest, keyProblems } from "../../src/domain/idempotency/idempotency.ts";

const contentOf = (input: object, operation = "setUsage") => keyedRequest(operation, { idempotencyKey: "k", ...input })?.content;

describe("a request is the same as another", () => {
	const report = { resource: "r", usages: [{ type: "cpu", amount: "5" }] };
	test.each([
		["when it says the same in another order", { usages: [{ amount: "5", type: "cpu" }], resource: "r" }, true],
		["when a field is null instead of absent", { ...report, planPeriod: null }, true],
		["under another key", { ...report, idempotencyKey: "other" }, true],
		["not with another amount", { resource: "r", usages: [{ type: "cpu", amount: "6" }] }, false],
		["not with its list in another order", { resource: "r", usages: [{ type: "ram", amount: "1" }, ...report.usages] }, false],
		["not with a field more", { ...report, planPeriod: "p" }, false],
		["not with false instead of nothing", { ...report, partial: false }, false],
	])("%s", (_case, other, same) => {
		expect(contentOf(other) === contentOf(report)).toBe(same);
	});

	test("not when it is another operation", () => {
		expect(contentOf(report, "setUserUsage")).not.toBe(contentOf(report));
	});
});

test("an input without a key is no keyed request", () => {
	expect([keyedRequest("setUsage", {}), keyedRequest("setUsage", { idempotencyKey: null })]).toEqual([undefined, undefined]);
});

test.each([
	["1 character", "k", true],
	["255 characters", "k".repeat(255), true],
	["255 characters beyond the basic plane", "😀".repeat(255), true],
	["none", "", false],
	["256 characters", "k".repeat(256), false],
])("a key of %s is taken: %s", (_case, idempotencyKey, taken) => {
	expect(keyProblems({ idempotencyKey }).length === 0).toBe(taken);
});
