import { expect, test } from "vitest";
import { policyWindow, transition } from "../../src/domain/policy/policy.ts";

const total = (used: string, limit = "10") => ({ componentUuid: "c", used, limit });

test.each([
	["TOTAL", { start: null, end: "2017-02-01" }],
	["ONE_MONTH", { start: "2017-02-01", end: "2017-02-01" }],
	["THREE_MONTHS", { start: "2016-12-01", end: "2017-02-01" }],
	["TWELVE_MONTHS", { start: "2016-03-01", end: "2017-02-01" }],
] as const)("in February the window of %s is %j", (period, window) => {
	expect(policyWindow(period, "2017-02-01")).toEqual(window);
});

test.each([
	["a quiet policy below its limit stays quiet", false, ["9.99"], undefined],
	["a quiet policy at its limit stays quiet", false, ["10"], undefined],
	["a quiet policy above its limit fires", false, ["10.01"], "FIRED"],
	["one of two limits is enough to fire", false, ["3", "10.01"], "FIRED"],
	["a fired policy above its limit does not fire again", true, ["11"], undefined],
	["a fired policy at its limit is reset", true, ["10"], "RESET"],
	["a fired policy with one limit still exceeded is not reset", true, ["3", "11"], undefined],
	["totals are compared exactly, whatever their size", false, ["10.0000000000000000000001"], "FIRED"],
] as const)("%s", (_case, hasFired, used, kind) => {
	expect(
		transition(
			hasFired,
			used.map((amount) => total(amount)),
		)?.kind,
	).toBe(kind);
});

test("a firing names the exceeded limits alone", () => {
	expect(transition(false, [total("3"), total("11")])).toEqual({ kind: "FIRED", breaches: [total("11")] });
});
