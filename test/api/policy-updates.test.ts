import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const gateway = gatewayForFile({ now: "2017-01-10T12:00:00Z" });
let provider: Provider;
let group: string;

beforeEach(async () => {
	gateway().setTime("2017-01-10T12:00:00Z");
	provider = await makeProvider(gateway());
	for (const type of ["cpu", "ram", "gpu"]) await provider.component(type);
	group = await provider.group();
});

const fields = `offeringUsagePolicy {
	uuid actions applyToAll period hasFired firedDatetime created modified createdBy { username } options { externalUserEmails } organizationGroups { uuid }
	componentLimits { component { type } limit }
} firings { kind }`;

async function run(verb: "Create" | "Update", input: object, token = provider.token): Promise<Answer> {
	const document = `mutation ($input: ${verb}OfferingUsagePolicyInput!) { result: ${verb.toLowerCase()}OfferingUsagePolicy(input: $input) {
		__typename ... on ${verb}OfferingUsagePolicyPayload { ${fields} } ... on Error { code message path }
	} }`;
	return (await gateway().ask(token, document, { input })).result;
}
const create = async (input: object = {}): Promise<Answer> => {
	const componentLimits = [{ type: "cpu", limit: "10" }];
	const valid = { scope: provider.offering, actions: ["NOTIFY_ORGANIZATION_OWNERS"], componentLimits };
	return (await run("Create", { ...valid, applyToAll: !("organizationGroups" in input), ...input })).offeringUsagePolicy;
};
const update = async (input: object, token?: string): Promise<Answer> => (await run("Update", input, token)).offeringUsagePolicy;

/** How many rows hang on the policy. */
const partsOf = (uuid: string) =>
	gateway().database.rows(sql`
		select (select count(*)::int from "OfferingUsagePolicyComponentLimit" where "policyUuid" = ${uuid}::uuid) as limits,
			(select count(*)::int from "OfferingUsagePolicyGroup" where "policyUuid" = ${uuid}::uuid) as groups
	`);

describe("an update of a policy replaces the whole set", () => {
	test("of limits", async () => {
		const limits = (...types: string[]) => types.map((type) => ({ type, limit: "10" }));
		const { uuid } = await create({ componentLimits: limits("cpu", "ram") });
		const { componentLimits } = await update({ uuid, componentLimits: limits("ram", "gpu") });

		expect(componentLimits.map(({ component }: Answer) => component.type).sort()).toEqual(["gpu", "ram"]);
		expect(await partsOf(uuid)).toEqual([{ limits: 2, groups: 0 }]);
	});

	test("of groups", async () => {
		const [kept, added] = [await provider.group(), await provider.group()];
		const { uuid } = await create({ organizationGroups: [group, kept] });
		const { organizationGroups } = await update({ uuid, organizationGroups: [kept, added] });

		expect(organizationGroups.map((one: Answer) => one.uuid).sort()).toEqual([kept, added].sort());
		expect(await partsOf(uuid)).toEqual([{ limits: 1, groups: 2 }]);
	});

	test("of actions and of addresses", async () => {
		const { uuid } = await create({ actions: ["NOTIFY_ORGANIZATION_OWNERS", "NOTIFY_EXTERNAL_USER"], options: { externalUserEmails: ["a@b.ee", "c@d.ee"] } });
		expect(
			await update({ uuid, actions: ["NOTIFY_EXTERNAL_USER", "BLOCK_CREATION_OF_NEW_RESOURCES"], options: { externalUserEmails: ["e@f.ee"] } }),
		).toMatchObject({
			actions: ["NOTIFY_EXTERNAL_USER", "BLOCK_CREATION_OF_NEW_RESOURCES"],
			options: { externalUserEmails: ["e@f.ee"] },
		});
	});
});

test("an update of a policy leaves alone what it does not name, who created it and when", async () => {
	const created = await create({
		organizationGroups: [group],
		period: "TOTAL",
		actions: ["NOTIFY_EXTERNAL_USER"],
		options: { externalUserEmails: ["a@b.ee"] },
	});
	gateway().setTime("2017-01-11T12:00:00Z");
	const updated = await update({ uuid: created.uuid }, await provider.staffToken());

	expect(updated).toEqual({ ...created, modified: "2017-01-11T12:00:00.000Z" });
	expect(created).toMatchObject({ created: "2017-01-10T12:00:00.000Z", createdBy: { username: expect.stringContaining("provider") } });
});

describe("an update of a policy is refused, and not stored,", () => {
	const both = "Cannot set apply_to_all=True when organization_groups are specified. Use one of the two.";
	test.each<[string, object, object, object]>([
		["for all while it has groups", { groups: true }, { applyToAll: true }, { message: both }],
		["for groups while it applies to all", {}, { groups: true }, { message: both }],
		["without its groups", { groups: true }, { organizationGroups: [] }, { path: ["input", "organizationGroups"] }],
		["that mails outsiders while it has no addresses", {}, { actions: ["NOTIFY_EXTERNAL_USER"] }, { path: ["input", "options", "externalUserEmails"] }],
		["without actions", {}, { actions: [] }, { path: ["input", "actions"] }],
		["without limits", {}, { componentLimits: [] }, { path: ["input", "componentLimits"] }],
		["with a limit that is not whole", {}, { componentLimits: [{ type: "cpu", limit: "0.5" }] }, { path: ["input", "componentLimits", "0", "limit"] }],
		["with a type twice", {}, { componentLimits: [{ type: "ram", limit: "1" }, { type: "ram", limit: "1" }] }, { path: ["input", "componentLimits", "1", "type"] }], // biome-ignore format: a row
		["with a type that the offering lacks", {}, { componentLimits: [{ type: "disk", limit: "1" }] }, { message: "These components are invalid: disk." }],
	])("%s", async (_what, stored, change, refusal) => {
		const aimed = (input: object) => ("groups" in input ? { organizationGroups: [group] } : input);
		const before = await create(aimed(stored));
		expect(await run("Update", { uuid: before.uuid, ...aimed(change) })).toMatchObject(refusal);

		const read = `query ($uuid: UUID!) { offeringUsagePolicy(uuid: $uuid) { actions applyToAll modified organizationGroups { uuid } componentLimits { component { type } limit } } }`;
		const { offeringUsagePolicy } = await gateway().ask(provider.token, read, { uuid: before.uuid });
		expect(before).toMatchObject(offeringUsagePolicy);
	});

	test("for all and without its groups it is taken", async () => {
		const { uuid } = await create({ organizationGroups: [group] });
		expect(await update({ uuid, applyToAll: true, organizationGroups: [] })).toMatchObject({ applyToAll: true, organizationGroups: [] });
	});
});

test("a policy is fired and reset by evaluation alone: no input tells whether it has fired", async () => {
	const { __type } = await gateway().ask(provider.token, '{ __type(name: "UpdateOfferingUsagePolicyInput") { inputFields { name } } }');
	expect(__type.inputFields.map(({ name }: Answer) => name).sort()).toEqual(
		["actions", "applyToAll", "componentLimits", "idempotencyKey", "options", "organizationGroups", "period", "scope", "uuid"].sort(),
	);
});

test("policies stand newest first", async () => {
	const uuids: string[] = [];
	for (const day of [12, 10, 14, 11, 13]) {
		gateway().setTime(`2017-01-${day}T12:00:00Z`);
		uuids[day - 10] = (await create()).uuid;
	}
	const list = `query ($uuid: UUID!) { offeringUsagePolicies(filter: { scopeUuid: $uuid }) { nodes { uuid } } }`;
	const { offeringUsagePolicies } = await gateway().ask(provider.token, list, { uuid: provider.offering });

	expect(offeringUsagePolicies.nodes.map(({ uuid }: Answer) => uuid)).toEqual(uuids.reverse());
});

test.each([
	[["NOTIFY_ORGANIZATION_OWNERS", "NOTIFY_ORGANIZATION_OWNERS"], ["NOTIFY_ORGANIZATION_OWNERS"]],
	[
		["BLOCK_CREATION_OF_NEW_RESOURCES", "NOTIFY_ORGANIZATION_OWNERS", "BLOCK_CREATION_OF_NEW_RESOURCES"],
		["BLOCK_CREATION_OF_NEW_RESOURCES", "NOTIFY_ORGANIZATION_OWNERS"],
	],
])("actions are a set: %j is stored as %j", async (given, stored) => {
	expect((await create({ actions: given })).actions).toEqual(stored);
});
