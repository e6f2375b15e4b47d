import { describe, expect, test } from "vitest";
import { limitedTypeProblems, type PolicyRequest, policyShapeProblems, watchShapeProblems } from "../../src/domain/policy/policy-request.ts";

const valid: PolicyRequest = {
	actions: ["NOTIFY_ORGANIZATION_OWNERS"],
	externalUserEmails: [],
	applyToAll: true,
	organizationGroups: [],
	period: "ONE_MONTH",
	componentLimits: [{ type: "cpu", limit: "10" }],
};
const pathsOf = (change: Partial<PolicyRequest>) => policyShapeProblems({ ...valid, ...change }).map(({ path }) => path.slice(1).join("."));
const limited = (limit: string) => pathsOf({ componentLimits: [{ type: "cpu", limit }] });

describe("a limit of a policy", () => {
	test.each(["0", "-0", "1", "1.00", "10", "99999999999999999999"])("may be %s", (limit) => {
		expect(limited(limit)).toEqual([]);
	});

	test.each(["-1", "-0.01", "0.5", "1.01", "9.99999999999999999999", "100000000000000000000"])("may not be %s", (limit) => {
		expect(limited(limit)).toEqual(["componentLimits.0.limit"]);
	});

	test("is one for each type: the second and the third of a type are refused", () => {
		const componentLimits = ["cpu", "ram", "cpu", "cpu"].map((type) => ({ type, limit: "1" }));
		expect(pathsOf({ componentLimits })).toEqual(["componentLimits.2.type", "componentLimits.3.type"]);
	});

	test("is of a type that the offering has: those that it lacks are named in order", () => {
		const limits = ["gpu", "cpu", "abc"].map((type) => ({ type, limit: "1" }));
		expect(limitedTypeProblems(limits, ["cpu", "ram"]).map(({ message }) => message)).toEqual(["These components are invalid: abc, gpu."]);
		expect(limitedTypeProblems(limits, ["cpu", "gpu", "abc"])).toEqual([]);
	});
});

test.each<[string, Partial<PolicyRequest>, string[]]>([
	["for all", {}, []],
	["for a group", { applyToAll: false, organizationGroups: ["g"] }, []],
	["for all and a group", { organizationGroups: ["g"] }, ["applyToAll"]],
	["for nobody", { applyToAll: false }, ["organizationGroups"]],
	["without limits", { componentLimits: [] }, ["componentLimits"]],
	[
		"with each action",
		{ actions: ["NOTIFY_ORGANIZATION_OWNERS", "NOTIFY_EXTERNAL_USER", "BLOCK_CREATION_OF_NEW_RESOURCES"], externalUserEmails: ["a@b.ee"] },
		[],
	],
	["without an action", { actions: [] }, ["actions"]],
	["that mails nobody", { actions: ["NOTIFY_EXTERNAL_USER"] }, ["options.externalUserEmails"]],
	["with addresses that its actions do not need", { externalUserEmails: ["a@b.ee"] }, []],
	[
		"with two things that are no addresses",
		{ externalUserEmails: ["a@b.ee", "a b@c.ee", "ops"] },
		["options.externalUserEmails", "options.externalUserEmails"],
	],
	...["a\u0000b@c.ee", "a@c.ee\r\nBcc:b@c.ee", "a\u001bb@c.ee", "a\u0085b@c.ee", "a\u009b@c.ee", "a\u2028b@c.ee", "a\u200b@c.ee", "a\u202eb@c.ee"].map(
		(address): [string, Partial<PolicyRequest>, string[]] => [
			`with a hidden character in an address, ${JSON.stringify(address)},`,
			{ externalUserEmails: [address] },
			["options.externalUserEmails"],
		],
	),
])("a policy %s has problems with: %j", (_what, change, paths) => {
	expect(pathsOf(change)).toEqual(paths);
});

test("what is only watched needs no action and no address", () => {
	expect(watchShapeProblems({ ...valid, ...{ actions: [] } })).toEqual([]);
	expect(watchShapeProblems({ ...valid, applyToAll: false, componentLimits: [] })).toHaveLength(2);
});
