import { describe, expect, test } from "vitest";
import { causeOf, changesIn, type UsageChange } from "../../src/domain/policy/cause.ts";
import type { LimitTotal } from "../../src/domain/policy/policy.ts";

/** A limit of 10 on the component, and what is used of it after the write. */
const total = (componentUuid: string, used: string): LimitTotal => ({ componentUuid, used, limit: "10" });

/** The records of a call, each by its component and its usage before and after, named by their place: "1" is the first. */
const call = (...changes: readonly (readonly [componentUuid: string, before: string, after: string])[]): UsageChange[] =>
	changes.map(([componentUuid, before, after], index) => ({
		...{ uuid: String(index + 1), componentUuid, customerUuid: "customer", billingPeriod: "2017-01-01", before, after },
	}));

describe("a policy that fired is owed to", () => {
	test.each<[string, LimitTotal[], UsageChange[], string | null]>([
		["the only record", [total("cpu", "11")], call(["cpu", "0", "11"]), "1"],
		["the record that raised the total most", [total("cpu", "12")], call(["cpu", "0", "1"], ["cpu", "0", "8"], ["cpu", "0", "3"]), "2"],
		["what raised it most, and not what is most", [total("cpu", "11")], call(["cpu", "8", "9"], ["cpu", "0", "2"]), "2"],
		["the earlier of two that raised it equally", [total("cpu", "12")], call(["cpu", "1", "6"], ["cpu", "0", "5"]), "1"],
		["no record that fell", [total("cpu", "11")], call(["cpu", "9", "1"], ["cpu", "0", "10"]), "2"],
		["no record of a total that is not exceeded", [total("cpu", "10"), total("ram", "11")], call(["cpu", "0", "10"], ["ram", "9", "10"]), "2"],
		["no record of a component without a limit", [total("cpu", "11")], call(["disk", "0", "100"], ["cpu", "0", "0.01"]), "2"],
		["the record that rose most, of two totals that are exceeded", [total("cpu", "11"), total("ram", "99")], call(["cpu", "0", "2"], ["ram", "0", "3"]), "2"],
		["the smallest difference that can be stored", [total("cpu", "10.01")], call(["cpu", "999999999999999998.99", "999999999999999999.00"]), "1"],
		["nothing, when no record changed", [total("cpu", "11")], call(["cpu", "11", "11"]), null],
		["nothing, when the write changed no record", [total("cpu", "11")], [], null],
		["nothing, when all that changed fell", [total("cpu", "11")], call(["cpu", "5", "4"]), null],
	])("%s", (_case, totals, changes, cause) => {
		expect(causeOf({ kind: "FIRED", breaches: totals }, totals, changes)).toBe(cause);
	});
});

describe("a policy that was reset is owed to", () => {
	test.each<[string, LimitTotal[], UsageChange[], string | null]>([
		["the record that lowered the total most", [total("cpu", "5")], call(["cpu", "4", "3"], ["cpu", "9", "1"], ["cpu", "3", "1"]), "2"],
		["the earlier of two that lowered it equally", [total("cpu", "2")], call(["cpu", "6", "1"], ["cpu", "6", "1"]), "1"],
		["no record that did not change", [total("cpu", "4")], call(["cpu", "3", "3"], ["cpu", "8", "1"]), "2"],
		["no record that rose", [total("cpu", "6")], call(["cpu", "0", "5"], ["cpu", "11", "1"]), "2"],
		["no record of a total that was not exceeded before", [total("cpu", "10"), total("ram", "0")], call(["ram", "10", "0"], ["cpu", "6", "5"]), "2"],
		["records that exceeded a total together only", [total("cpu", "9")], call(["cpu", "6", "5"], ["cpu", "5", "4"]), "1"],
		["nothing, when the total had fallen before the write", [total("cpu", "1")], call(["cpu", "5", "1"]), null],
		["nothing, when the write changed no record", [total("cpu", "1")], [], null],
	])("%s", (_case, totals, changes, cause) => {
		expect(causeOf({ kind: "RESET" }, totals, changes)).toBe(cause);
	});
});

describe("of a policy's window", () => {
	const months = ["2016-12-01", "2017-01-01", "2017-02-01"];
	const changes = months.map(
		(billingPeriod): UsageChange => ({ uuid: billingPeriod, componentUuid: "cpu", customerUuid: "c", billingPeriod, before: "0", after: "1" }),
	);

	test.each([
		["are the changes of its first month to its last", { start: "2016-12-01", end: "2017-01-01" }, ["2016-12-01", "2017-01-01"]],
		["without a beginning are all changes", { start: null, end: "2017-01-01" }, months],
	])("%s", (_case, window, expected) => {
		expect(changesIn(window, changes).map(({ uuid }) => uuid)).toEqual(expected);
	});
});
