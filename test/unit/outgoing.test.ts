import { describe, expect, test } from "vitest";
import { createdFor, type OutgoingPolicy, type OutgoingUsage, ofOtherPeriods, policyRequest, remainder } from "../../src/sync/outgoing.ts";

const held = (uuid: string, usage: string, day: number) => ({ uuid, usage, created: new Date(Date.UTC(2017, 0, day)) });
const usage = (start: number | null, end: number | null): OutgoingUsage => ({
	...{ kind: "USAGE", resource: "r", type: "cpu", amount: "10", description: "", recurring: false, month: "2017-01-01", planPeriod: null },
	periodStart: start === null ? null : new Date(Date.UTC(2017, 0, start)),
	periodEnd: end === null ? null : new Date(Date.UTC(2017, 0, end)),
});

describe("after a switch of plans", () => {
	const all = [held("before", "1.10", 3), held("own", "2.20", 6), held("after", "3.30", 20)];
	test.each([
		["an open period leaves what was created before it", 5, null, ["before"], "8.9"],
		["a period that ended leaves what came before and after", 5, 15, ["before", "after"], "5.6"],
		["a period from before the month leaves nothing", null, null, [], "10"],
		["what was created as it began is its own", 6, null, ["before"], "8.9"],
		["what was created as it ended is the next one's", 1, 20, ["after"], "6.7"],
	] as const)("%s", (_, start, end, others, left) => {
		const found = ofOtherPeriods(all, usage(start, end));
		expect(found.map(({ uuid }) => uuid)).toEqual(others);
		expect(remainder("10", found).toFixed()).toBe(left);
	});

	test("the remainder is exact, and below zero where the others are more", () => {
		expect(remainder("123456789012345678.01", [held("a", "0.02", 1)]).toFixed()).toBe("123456789012345677.99");
		expect(remainder("1", [held("a", "1.01", 1)]).isNegative()).toBe(true);
	});
});

const offering = "7605e5e0-4e2f-475a-b5cc-d657e54c4097";
const group = "11111111-1111-4111-8111-111111111111";
const hexOf = (uuid: string) => uuid.replaceAll("-", "");
const policy: OutgoingPolicy = {
	...{ kind: "POLICY", uuid: "22222222-2222-4222-8222-222222222222", isKnown: false, offering, applyToAll: false, period: "ONE_MONTH" },
	...{ actions: ["NOTIFY_EXTERNAL_USER"], emails: ["a@example.org"], groups: [group], limits: [{ type: "cpu", limit: "9" }] },
};
const record = {
	...{ scope_uuid: hexOf(offering), actions: "notify_external_user", apply_to_all: false, period: 2 },
	options: { notify_external_user: "a@example.org" },
	organization_groups: [`https://waldur.example.org/api/organization-groups/${hexOf(group)}/`],
	component_limits_set: [{ type: "cpu", limit: 9 }],
};

describe("a policy whose answer was lost", () => {
	test.each<[string, object, boolean]>([
		["the same", {}, true],
		["of another offering", { scope_uuid: hexOf(group) }, false],
		["with other actions", { actions: "notify_organization_owners" }, false],
		["for other addresses", { options: { notify_external_user: "b@example.org" } }, false],
		["for all", { apply_to_all: true }, false],
		["over another window", { period: 3 }, false],
		["of no group", { organization_groups: [] }, false],
		["with another limit", { component_limits_set: [{ type: "cpu", limit: 8 }] }, false],
		["with a limit that is none", { component_limits_set: [{ type: "cpu", limit: null }] }, false],
	])("is found in Waldur: one %s", (_, fields, isIt) => {
		expect(createdFor({ ...record, ...fields }, policy)).toBe(isIt);
	});

	test("is what would be sent", () => {
		const { body } = policyRequest(policy, new URL("https://waldur.example.org/api/"));
		expect(createdFor({ ...body, scope_uuid: hexOf(offering) }, policy)).toBe(true);
	});
});
