import { describe, expect, test } from "vitest";
import { ownedProblems, secondsSince, syncState, writeProblems } from "../../src/domain/mirror/mirror.ts";

const mirror = (writes: boolean) => ({ sourceId: 1, writes });

describe("beside a Waldur", () => {
	test.each([
		["without one", undefined, 1, [], []],
		["of what was made here", mirror(false), null, [], []],
		["of what is from another source", mirror(false), 2, [], []],
		["of what it holds", mirror(false), 1, ["READ_ONLY_MIRROR"], ["READ_ONLY_MIRROR"]],
		["of what it holds, written to", mirror(true), 1, [], ["READ_ONLY_MIRROR"]],
	] as const)("a report and a change of its own things, %s", (_, given, sourceId, reported, owned) => {
		expect(writeProblems(given, { sourceId }, "resource").map(({ code }) => code)).toEqual(reported);
		expect(ownedProblems(given, { sourceId }, "resource").map(({ code }) => code)).toEqual(owned);
	});

	test("a refusal names the field of the input", () => {
		expect(writeProblems(mirror(false), { sourceId: 1 }, "scope")).toMatchObject([{ path: ["input", "scope"] }]);
	});
});

const at = (time: string) => new Date(`2017-01-10T${time}Z`);

test.each([
	["NEVER", null, null, 0],
	["OK", at("12:00:00"), null, 0],
	["HELD", at("12:00:00"), null, 1],
	["FAILED", at("12:00:00"), "away", 1],
	["FAILED", null, "away", 0],
] as const)("a synchronization is %s", (state, lastSuccess, error, held) => {
	expect(syncState({ lastSuccess, error, lists: [{ held: 0 }, { held }] })).toBe(state);
});

test.each([
	[null, null],
	[at("12:00:00"), 30],
	[at("12:01:00"), 0],
] as const)("the seconds since %s", (moment, seconds) => {
	expect(secondsSince(moment, at("12:00:30"))).toBe(seconds);
});
