import { beforeEach, describe, expect, test } from "vitest";
import { setUsage } from "../support/documents.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const gateway = gatewayForFile({ now: "2017-01-10T12:00:00Z" });
let provider: Provider;

beforeEach(async () => {
	provider = await makeProvider(gateway());
	await provider.component("cpu");
	await provider.component("ram");
});

const fields = `offeringUsagePolicy {
	uuid actions applyToAll period hasFired firedDatetime options { externalUserEmails } organizationGroups { uuid } createdBy { username } scope { uuid }
	componentLimits { component { type } limit }
} firings { kind cause { uuid } }`;

const document = (verb: string, selection = fields) => `mutation ($input: ${verb}OfferingUsagePolicyInput!) {
	result: ${verb.toLowerCase()}OfferingUsagePolicy(input: $input) {
		__typename ... on ${verb}OfferingUsagePolicyPayload { ${selection} } ... on Error { code message path problems { message path } }
	}
}`;

const valid = () => ({
	scope: provider.offering,
	actions: ["BLOCK_CREATION_OF_NEW_RESOURCES"],
	applyToAll: true,
	componentLimits: [{ type: "cpu", limit: "10" }],
});

const run = async (verb: string, input: object, selection?: string, token = provider.token): Promise<Answer> =>
	(await gateway().ask(token, document(verb, selection), { input })).result;
const create = (input: object = {}, token?: string) => run("Create", { ...valid(), ...input }, undefined, token);
const update = (input: object, token?: string) => run("Update", input, undefined, token);

const policies = async (): Promise<Answer[]> => {
	const list = `query ($uuid: UUID!) { offeringUsagePolicies(filter: { scopeUuid: $uuid }) { nodes { uuid hasFired period } } }`;
	return (await gateway().ask(provider.token, list, { uuid: provider.offering })).offeringUsagePolicies.nodes;
};

describe("a policy", () => {
	test("is stored as it is given, for one month unless told otherwise, and quiet", async () => {
		expect(await create({ actions: ["NOTIFY_EXTERNAL_USER"], options: { externalUserEmails: ["ops@example.org"] } })).toMatchObject({
			offeringUsagePolicy: {
				actions: ["NOTIFY_EXTERNAL_USER"],
				options: { externalUserEmails: ["ops@example.org"] },
				applyToAll: true,
				period: "ONE_MONTH",
				hasFired: false,
				firedDatetime: null,
				scope: { uuid: provider.offering },
				createdBy: { username: expect.stringContaining("provider") },
				componentLimits: [{ component: { type: "cpu" }, limit: "10" }],
			},
			firings: [],
		});
	});

	test("that is created over usage that exceeds it fires at once", async () => {
		await provider.usage(await provider.resource(), "cpu", "2017-01-01", "11");
		expect(await create()).toMatchObject({
			offeringUsagePolicy: { hasFired: true, firedDatetime: "2017-01-10T12:00:00.000Z" },
			firings: [{ kind: "FIRED", cause: null }],
		});
	});

	test("turns when an update changes what exceeds it", async () => {
		await provider.usage(await provider.resource(), "cpu", "2017-01-01", "11");
		const { uuid } = (await create()).offeringUsagePolicy;
		expect((await update({ uuid, componentLimits: [{ type: "cpu", limit: "11" }] })).firings).toMatchObject([{ kind: "RESET" }]);
		expect((await update({ uuid, componentLimits: [{ type: "cpu", limit: "5" }] })).firings).toMatchObject([{ kind: "FIRED" }]);
	});

	test("keeps what an update does not name, and replaces the whole list that it names", async () => {
		const { uuid } = (await create({ componentLimits: [{ type: "cpu", limit: "1" }, { type: "ram", limit: "2" }] })).offeringUsagePolicy; // biome-ignore format: one input
		expect(await update({ uuid, period: "TOTAL", actions: null, componentLimits: [{ type: "ram", limit: "3" }] })).toMatchObject({
			offeringUsagePolicy: { period: "TOTAL", actions: ["BLOCK_CREATION_OF_NEW_RESOURCES"], componentLimits: [{ component: { type: "ram" }, limit: "3" }] },
		});
	});

	test("changes from all customers to a group", async () => {
		const group = await provider.group();
		const { uuid } = (await create()).offeringUsagePolicy;
		expect(await update({ uuid, applyToAll: false, organizationGroups: [group] })).toMatchObject({
			offeringUsagePolicy: { applyToAll: false, organizationGroups: [{ uuid: group }] },
		});
	});

	test("that is deleted is gone, and its firings stay without it", async () => {
		await provider.usage(await provider.resource(), "cpu", "2017-01-01", "11");
		const { uuid } = (await create()).offeringUsagePolicy;
		expect(await run("Delete", { uuid }, "uuid deletedOfferingUsagePolicyId")).toMatchObject({ uuid });
		expect(await policies()).toEqual([]);
		const list = `query ($uuid: UUID!) { policyFirings(filter: { offeringUuid: $uuid }) { nodes { kind policy { uuid } } } }`;
		expect((await gateway().ask(provider.token, list, { uuid: provider.offering })).policyFirings.nodes).toEqual([
			{ kind: "WITHDRAWN", policy: null },
			{ kind: "FIRED", policy: null },
		]);
	});
});

describe("a policy is refused, and not stored,", () => {
	const either = "Must either set apply_to_all=True or specify organization_groups.";
	const unknown = "00000000-0000-4000-8000-000000000000";
	test.each<[string, object, object]>([
		["without an action", { actions: [] }, { path: ["input", "actions"] }],
		["for neither all nor a group", { applyToAll: false }, { message: either, path: ["input", "organizationGroups"] }],
		[
			"for both all and a group",
			{ organizationGroups: [unknown] },
			{ message: expect.stringMatching(/^Cannot set apply_to_all=True when organization_groups are specified/) },
		],
		["that mails outsiders without addresses", { actions: ["NOTIFY_EXTERNAL_USER"] }, { path: ["input", "options", "externalUserEmails"] }],
		["with what is no address", { options: { externalUserEmails: ["ops"] } }, { message: '"ops" is not an e-mail address.' }],
		["without limits", { componentLimits: [] }, { path: ["input", "componentLimits"] }],
		["with a limit that is not whole", { componentLimits: [{ type: "cpu", limit: "1.5" }] }, { path: ["input", "componentLimits", "0", "limit"] }],
		["with a limit below 0", { componentLimits: [{ type: "cpu", limit: "-1" }] }, { path: ["input", "componentLimits", "0", "limit"] }],
		["with a type twice", { componentLimits: [{ type: "cpu", limit: "1" }, { type: "cpu", limit: "2" }] }, { path: ["input", "componentLimits", "1", "type"] }], // biome-ignore format: a row
		["with types that the offering lacks", { componentLimits: [{ type: "gpu", limit: "1" }, { type: "abc", limit: "2" }] }, { __typename: "RuleError", message: "These components are invalid: abc, gpu." }], // biome-ignore format: a row
		["for a group that is not there", { applyToAll: false, organizationGroups: [unknown] }, { code: "NOT_FOUND", path: ["input", "organizationGroups"] }],
		["on an offering that is not there", { scope: unknown }, { code: "NOT_FOUND", path: ["input", "scope"] }],
	])("%s", async (_case, input, refusal) => {
		expect(await create(input)).toMatchObject(refusal);
		expect(await policies()).toEqual([]);
	});

	test("with all problems at once", async () => {
		const { problems } = await create({ actions: [], applyToAll: false, componentLimits: [] });
		expect(problems.map(({ path }: Answer) => path.at(-1))).toEqual(["actions", "organizationGroups", "componentLimits"]);
	});

	test("when it would move to another offering", async () => {
		const { uuid } = (await create()).offeringUsagePolicy;
		expect(await update({ uuid, scope: (await makeProvider(gateway())).offering })).toMatchObject({ __typename: "RuleError", path: ["input", "scope"] });
		expect(await update({ uuid, scope: provider.offering })).toMatchObject({ offeringUsagePolicy: { uuid } });
	});

	test("when an update would leave it for nobody", async () => {
		const { uuid } = (await create()).offeringUsagePolicy;
		expect(await update({ uuid, applyToAll: false })).toMatchObject({ message: either });
		expect(await policies()).toMatchObject([{ uuid }]);
	});
});

test("the actions that a policy can take are listed", async () => {
	expect((await gateway().ask(provider.token, "{ offeringUsagePolicyActions }")).offeringUsagePolicyActions).toEqual([
		"NOTIFY_ORGANIZATION_OWNERS",
		"NOTIFY_EXTERNAL_USER",
		"BLOCK_CREATION_OF_NEW_RESOURCES",
	]);
});

test("a policy that is created while usage is reported misses nothing", async () => {
	const resource = await provider.resource();
	const input = { resource, usages: [{ type: "cpu", amount: "11" }] };
	await Promise.all([gateway().ask(provider.token, setUsage, { input }), create()]);
	expect(await policies()).toMatchObject([{ hasFired: true }]);
});
