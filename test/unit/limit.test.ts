import { describe, expect, test } from "vitest";
import { limitRuleProblems, limitShapeProblems, supportsPerUserLimits } from "../../src/domain/user-usage/limit.ts";
import { accountProblems, userUsageShapeProblems } from "../../src/domain/user-usage/user-usage.ts";

describe("an offering supports limits per user", () => {
	test.each([
		["unless its plugin options say no", {}, true],
		["where they say yes", { supportsPerUserLimits: true }, true],
		["where they say nothing", { supportsPerUserLimits: null }, true],
		["where they are none", null, true],
		["where they are a list", [], true],
		["but not where they say no", { supportsPerUserLimits: false }, false],
	])("%s", (_case, pluginOptions, supported) => {
		expect(supportsPerUserLimits(pluginOptions)).toBe(supported);
	});
});

test.each([
	["0", undefined],
	["-0", undefined],
	["999999999999999999.99", undefined],
	["-0.01", "Limit must be a positive number."],
	["0.001", "A limit must have at most 20 digits, 2 of them decimal places."],
	["1000000000000000000", "A limit must have at most 20 digits, 2 of them decimal places."],
])("a limit of %s is refused with: %s", (limit, message) => {
	expect(limitShapeProblems({ limit })[0]?.message).toBe(message);
});

test("what a limit names is told together where it belongs to another offering", () => {
	const [own, other] = [{ offeringUuid: "own" }, { offeringUuid: "other" }];
	const codes = (component: { offeringUuid: string }, account: { offeringUuid: string }, pluginOptions: unknown = {}) =>
		limitRuleProblems({ ...own, pluginOptions }, component, account).map(({ path, message }) => `${path.join(".")}: ${message}`);
	const [wrongComponent, wrongUser] = ["input.component: Component is wrong.", "input.user: The user is not an account at the resource's offering."];

	expect(codes(own, own)).toEqual([]);
	expect(codes(other, own)).toEqual([wrongComponent]);
	expect(codes(own, other)).toEqual([wrongUser]);
	expect(codes(other, other, { supportsPerUserLimits: false })).toEqual([
		"input.resource: The offering does not support limits per user.",
		wrongComponent,
		wrongUser,
	]);
});

describe("a part's shape", () => {
	const tooLong = "A username must have 1 to 100 characters.";
	test.each([
		["x", "0", []],
		["x".repeat(100), "1", []],
		["🌲".repeat(100), "1", []],
		["", "1", [tooLong]],
		["x".repeat(101), "1", [tooLong]],
		["x", "-0.01", ["An amount must not be negative."]],
		["", "0.001", [tooLong, "An amount must have at most 20 digits, 2 of them decimal places."]],
	])("of %s with %s is refused with %j", (username, usage, messages) => {
		expect(userUsageShapeProblems({ componentUsage: "c", username, usage }).map(({ message }) => message)).toEqual(messages);
	});

	test("names an account at the resource's offering", () => {
		expect(accountProblems({ offeringUuid: "own" }, "own")).toEqual([]);
		expect(accountProblems({ offeringUuid: "other" }, "own")).toMatchObject([{ code: "INVALID_INPUT", path: ["input", "user"] }]);
	});
});
