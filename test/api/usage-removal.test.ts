import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { setUsage, setUserUsage } from "../support/documents.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { insert } from "../support/insert.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const gateway = gatewayForFile({ now: "2017-01-10T12:00:00Z" });
let provider: Provider;
let staff: string;
let resource: string;

beforeEach(async () => {
	provider = await makeProvider(gateway());
	staff = await provider.staffToken();
	await provider.component("cpu");
	await provider.component("ram");
	resource = await provider.resource();
	gateway().setTime("2017-01-10T12:00:00Z");
});

const document = `mutation ($input: DeleteComponentUsageInput!) {
	deleteComponentUsage(input: $input) {
		__typename
		... on DeleteComponentUsagePayload { deletedComponentUsageId uuid firings { uuid kind cause { uuid } policy { uuid hasFired } breaches { used } } }
		... on Error { code message path }
	}
}`;

const remove = async (uuid: string, token = staff): Promise<Answer> => (await gateway().ask(token, document, { input: { uuid } })).deleteComponentUsage;

/** Reports cpu, and ram where an amount is given, in the present month. Answers the record of cpu and the firings. */
async function report(cpu: string, ram?: string): Promise<{ record: string; firings: Answer[] }> {
	const usages = [{ type: "cpu", amount: cpu }, ...(ram === undefined ? [] : [{ type: "ram", amount: ram }])];
	const { setUsage: stored } = await gateway().ask(provider.token, setUsage, { input: { resource, usages } });
	return { record: stored.componentUsages[0].uuid, firings: stored.firings };
}

async function currentUsages(): Promise<Record<string, string>> {
	const query = `query ($uuid: UUID!) { resource(uuid: $uuid) { currentUsages { type amount } } }`;
	const { currentUsages } = (await gateway().ask(staff, query, { uuid: resource })).resource;
	return Object.fromEntries(currentUsages.map(({ type, amount }: Answer) => [type, amount]));
}

/** How many there are of the record, its parts and its entries of the log. */
async function leftOf(record: string): Promise<{ records: number; parts: number; entries: number }> {
	const [left] = await gateway().database.rows<{ records: number; parts: number; entries: number }>(sql`
		select (select count(*)::int from "ComponentUsage" where "uuid" = ${record}::uuid) as records,
			(select count(*)::int from "ComponentUserUsage" where "componentUsageUuid" = ${record}::uuid) as parts,
			(select count(*)::int from "LogEntry" where "componentUsageUuid" = ${record}::uuid) as entries
	`);
	return left ?? { records: 0, parts: 0, entries: 0 };
}

describe("a usage record that is deleted", () => {
	test("resets the policy that it exceeded, in the payload and in the log", async () => {
		const policy = await provider.policy({ limits: { cpu: 10 } });
		const { record, firings } = await report("11");
		expect(firings).toMatchObject([{ kind: "FIRED", cause: { uuid: record } }]);
		const removed = await remove(record);
		expect(removed).toMatchObject({
			uuid: record,
			deletedComponentUsageId: Buffer.from(`ComponentUsage:${record}`).toString("base64"),
			firings: [{ kind: "RESET", cause: null, breaches: [], policy: { uuid: policy, hasFired: false } }],
		});
		const entries = await gateway().database.rows(sql`select from "LogEntry" where "policyFiringUuid" = ${removed.firings[0].uuid}::uuid`);
		expect(entries).toHaveLength(1);
	});

	test("turns nothing while others exceed the policy", async () => {
		await provider.policy({ limits: { cpu: 10 } });
		const { record } = await report("11");
		await provider.usage(await provider.resource(), "cpu", "2017-01-01", "11");
		expect((await remove(record)).firings).toEqual([]);
	});

	test("leaves the firing that it caused, without its cause", async () => {
		await provider.policy({ limits: { cpu: 10 } });
		const { record } = await report("11");
		await remove(record);
		const list = `query ($uuid: UUID!) { policyFirings(filter: { offeringUuid: $uuid }) { nodes { kind cause { uuid } breaches { used } } } }`;
		const { nodes } = (await gateway().ask(staff, list, { uuid: provider.offering })).policyFirings;
		expect(new Map(nodes.map(({ kind, cause, breaches }: Answer) => [kind, [cause, breaches.length]]))).toEqual(new Map([["FIRED", [null, 1]], ["RESET", [null, 0]]])); // biome-ignore format: one claim
	});

	test("is gone with its parts; the log keeps the place of its entry", async () => {
		const { record } = await report("11");
		await gateway().ask(provider.token, setUserUsage, { input: { componentUsage: record, username: "ann", usage: "1" } });
		expect(await leftOf(record)).toEqual({ records: 1, parts: 1, entries: 1 });
		await remove(record);
		expect(await leftOf(record)).toEqual({ records: 0, parts: 0, entries: 1 });
	});

	test("leaves the month before as the current usage of its type, and other types as they are", async () => {
		await provider.usage(resource, "cpu", "2016-11-01", "7");
		await provider.usage(resource, "cpu", "2016-12-01", "9.50");
		const { record } = await report("11", "3");
		expect(await currentUsages()).toEqual({ cpu: "11", ram: "3" });
		await remove(record);
		expect(await currentUsages()).toEqual({ cpu: "9.5", ram: "3" });
	});

	test("of a month before leaves the current usage alone", async () => {
		const before = await provider.usage(resource, "cpu", "2016-12-01", "9");
		await report("11");
		await remove(before);
		expect(await currentUsages()).toEqual({ cpu: "11" });
	});

	test("leaves no current usage of its type when it was the last", async () => {
		const { record } = await report("11", "3");
		await remove(record);
		expect(await currentUsages()).toEqual({ ram: "3" });
	});

	test("ends what its policy blocked", async () => {
		await provider.policy({ limits: { cpu: 10 }, actions: ["BLOCK_CREATION_OF_NEW_RESOURCES"] });
		const { record } = await report("11");
		const project = await insert(gateway().database, "Project", { name: "Climate", customerUuid: await provider.customer() });
		const create = `mutation ($input: CreateResourceInput!) { createResource(input: $input) { __typename ... on Error { code } } }`;
		const attempt = async () =>
			(await gateway().ask(staff, create, { input: { name: "larch", offering: provider.offering, project } })).createResource.code ?? "created";
		expect(await attempt()).toBe("BLOCKED_BY_POLICY");
		await remove(record);
		expect(await attempt()).toBe("created");
	});

	test("can be reported again", async () => {
		const policy = await provider.policy({ limits: { cpu: 10 } });
		await remove((await report("11")).record);
		expect((await report("12")).firings).toMatchObject([{ kind: "FIRED", policy: { uuid: policy } }]);
	});

	test("is not found a second time, also by two who delete it at once", async () => {
		const { record } = await report("11");
		const both = await Promise.all([remove(record), remove(record)]);
		expect(both.map(({ __typename }) => __typename).sort()).toEqual(["DeleteComponentUsagePayload", "NotFoundError"]);
		expect(await remove(record)).toMatchObject({ message: `Component usage ${record} was not found.`, path: ["input", "uuid"] });
	});
});
