import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { setUsage } from "../support/documents.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const gateway = gatewayForFile({ now: "2017-01-10T12:00:00Z" });

let provider: Provider;
let resource: string;

beforeEach(async () => {
	provider = await makeProvider(gateway());
	await provider.component("cpu");
	await provider.component("ram");
	resource = await provider.resource();
	gateway().setTime("2017-01-10T12:00:00Z");
});

const report = (amount: string, of = resource) => gateway().ask(provider.token, setUsage, { input: { resource: of, usages: [{ type: "cpu", amount }] } });

const deletion = `mutation ($input: DeleteOfferingUsagePolicyInput!) {
	result: deleteOfferingUsagePolicy(input: $input) {
		__typename
		... on DeleteOfferingUsagePolicyPayload { uuid firings { uuid kind policy { uuid } cause { uuid } } }
		... on Error { code }
	}
}`;
const remove = async (uuid: string, idempotencyKey?: string): Promise<Answer> =>
	(await gateway().ask(provider.token, deletion, { input: { uuid, idempotencyKey } })).result;

const list = `query ($filter: PolicyFiringFilter) {
	policyFirings(filter: $filter) {
		totalCount nodes { uuid kind created windowStart windowEnd position policy { uuid } cause { uuid } breaches { component { type } used limit } }
	}
}`;
const firings = async (filter: object = {}, token = provider.token): Promise<Answer[]> =>
	(await gateway().ask(token, list, { filter: { offeringUuid: provider.offering, ...filter } })).policyFirings.nodes;
const kinds = async (filter?: object) => (await firings(filter)).map(({ kind }) => kind);

describe("a policy that is deleted while it is fired", () => {
	test("leaves a last firing that says so, with the figures of that moment, owed to no record", async () => {
		const policy = await provider.policy({ limits: { cpu: 10, ram: 10 } });
		await report("11");
		await report("12");
		gateway().setTime("2017-01-10T13:00:00Z");
		const { uuid, firings: told } = await remove(policy);

		expect({ uuid, told }).toMatchObject({ uuid: policy, told: [{ kind: "WITHDRAWN", policy: null, cause: null }] });
		expect(await firings()).toMatchObject([
			{
				...{ uuid: told[0].uuid, kind: "WITHDRAWN", created: "2017-01-10T13:00:00.000Z", windowStart: "2017-01-01", windowEnd: "2017-01-01" },
				...{ policy: null, cause: null, position: expect.any(String), breaches: [{ component: { type: "cpu" }, used: "12", limit: "10" }] },
			},
			{ kind: "FIRED", policy: null },
		]);
	});

	test("leaves it once, however many delete it at a time", async () => {
		const policy = await provider.policy({ limits: { cpu: 10 } });
		await report("11");
		const answers = await Promise.all([1, 2, 3, 4].map(() => remove(policy)));

		expect(answers.map(({ __typename }) => __typename).sort()).toEqual(["DeleteOfferingUsagePolicyPayload", ...Array(3).fill("NotFoundError")]);
		expect(await kinds()).toEqual(["WITHDRAWN", "FIRED"]);
	});

	test("is answered the same firing when the deletion is repeated under its key", async () => {
		const policy = await provider.policy({ limits: { cpu: 10 } });
		await report("11");
		const first = await remove(policy, "one");

		expect(await remove(policy, "one")).toEqual(first);
		expect(first.firings).toHaveLength(1);
	});

	test("blocks no more", async () => {
		const policy = await provider.policy({ limits: { cpu: 10 }, actions: ["BLOCK_CREATION_OF_NEW_RESOURCES"] });
		await report("11");
		await remove(policy);

		const [row] = await gateway().database.rows<{ project: string }>(sql`select "projectUuid" as project from "Resource" where "uuid" = ${resource}::uuid`);
		const create = "mutation ($input: CreateResourceInput!) { createResource(input: $input) { __typename } }";
		const input = { offering: provider.offering, project: row?.project, plan: provider.plan, name: "Another" };
		expect((await gateway().ask(await provider.staffToken(), create, { input })).createResource.__typename).toBe("CreateResourcePayload");
	});

	test("mails nobody for it", async () => {
		const policy = await provider.policy({ limits: { cpu: 10 }, actions: ["NOTIFY_EXTERNAL_USER"], emails: ["ops@example.org"] });
		await report("11");
		await remove(policy);
		const read = `query ($filter: PolicyFiringFilter) { policyFirings(filter: $filter) { nodes { kind notifications { totalCount } } } }`;
		const { policyFirings } = await gateway().ask(provider.token, read, { filter: { offeringUuid: provider.offering } });

		expect(policyFirings.nodes).toEqual([
			{ kind: "WITHDRAWN", notifications: { totalCount: 0 } },
			{ kind: "FIRED", notifications: { totalCount: 1 } },
		]);
	});
});

describe("a policy that is deleted while it is not fired", () => {
	test.each([
		["never was", ["1"], []],
		["was reset", ["11", "1"], ["RESET", "FIRED"]],
	])("and %s leaves no other firing", async (_case, amounts, expected) => {
		const policy = await provider.policy({ limits: { cpu: 10 } });
		for (const amount of amounts) await report(amount);

		expect((await remove(policy)).firings).toEqual([]);
		expect(await kinds()).toEqual(expected);
	});
});

describe("the firings of a deleted policy", () => {
	test("are found by its uuid as before, and not by another's", async () => {
		const [policy, other] = [await provider.policy({ limits: { cpu: 10 } }), await provider.policy({ limits: { cpu: 20 } })];
		await report("11");
		await remove(policy);

		expect(await kinds({ policyUuid: policy })).toEqual(["WITHDRAWN", "FIRED"]);
		expect(await kinds({ policyUuid: other })).toEqual([]);
	});

	test("are found by its kind", async () => {
		const policy = await provider.policy({ limits: { cpu: 10 } });
		await report("11");
		await remove(policy);

		expect(await kinds({ kinds: ["WITHDRAWN"] })).toEqual(["WITHDRAWN"]);
	});

	test("are found by the customers that it was aimed at last", async () => {
		const group = await provider.group();
		const [inside, outside] = [await provider.customer({ groups: [group] }), await provider.customer()];
		const own = await provider.resource({ customer: inside });
		await provider.resource({ customer: outside });
		const policy = await provider.policy({ limits: { cpu: 10 }, groups: [group] });
		await report("11", own);
		await remove(policy);

		expect(await kinds({ customerUuid: inside })).toEqual(["WITHDRAWN", "FIRED"]);
		expect(await kinds({ customerUuid: outside })).toEqual([]);
	});
});

test("a deletion that the version before has kept for its key, without what it answered, is answered again without firings", async () => {
	const policy = await provider.policy({ limits: { cpu: 10 } });
	await remove(policy, "deleted before the upgrade");
	await gateway().database.rows(sql`update "IdempotencyKey" set "answer" = 'null' where "key" = 'deleted before the upgrade'`);

	expect(await remove(policy, "deleted before the upgrade")).toEqual({ __typename: "DeleteOfferingUsagePolicyPayload", uuid: policy, firings: [] });
});
