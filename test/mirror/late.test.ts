import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { waldurClient } from "../../src/sync/waldur-client.ts";
import { hex, mirroredForFile } from "./support.ts";

const mirrored = mirroredForFile("2017-01-10T12:00:00Z");

const given = "aaaaaaaa-bbbb-4bbb-8ccc-cccccccccccc";
const other = "aaaaaaaa-bbbb-4bbb-8ccc-dddddddddddd";

describe("what happens while a change is on its way", () => {
	test("the end of the month: nothing is sent after it, though Waldur was asked before", async () => {
		const { gateway, provider, sourceId, waldur } = mirrored();
		const resource = await mirrored().resource();
		await provider.planPeriod(resource, "2017-01-05T00:00:00Z", null);
		await gateway.database.rows(sql`update "ResourcePlanPeriod" set "sourceId" = ${sourceId}::smallint where "resourceUuid" = ${resource}::uuid`);
		await mirrored().report(resource, "5");
		gateway.setTime("2017-01-31T23:59:50Z");
		waldur.answer(() => {
			gateway.setTime("2017-02-01T00:00:05Z");
			return undefined;
		});
		await mirrored().deliver();
		expect(mirrored().posts()).toEqual([]);
		expect(await mirrored().deliveries(resource)).toMatchObject([{ delivery: { state: "FAILED", error: expect.stringContaining("The month was closed") } }]);
	});

	test("a pass that has read it already: it is not taken for deleted here", async () => {
		const { gateway, provider, waldur } = mirrored();
		await mirrored().resource();
		const create = `mutation ($input: CreateOfferingUsagePolicyInput!) { createOfferingUsagePolicy(input: $input) { __typename ... on Error { message } } }`;
		const input = { scope: provider.offering, actions: ["NOTIFY_ORGANIZATION_OWNERS"], applyToAll: true, componentLimits: [{ type: "cpu", limit: "100" }] };
		await gateway.ask(provider.token, create, { input });
		waldur.answer(async () => {
			await gateway.database.rows(sql`update "OfferingUsagePolicy" set "uuid" = ${given}::uuid where "scopeUuid" = ${provider.offering}::uuid`);
			return { status: 201, body: { uuid: hex(given) } };
		});
		await mirrored().deliver();
		expect(mirrored().posts()).toHaveLength(1);
		expect(await gateway.database.rows(sql`select "state"::text as "state", "deletedPath" from "WaldurDelivery"`)).toEqual([
			{ state: "SENT", deletedPath: null },
		]);
	});

	test("its deletion here: what was created there is deleted there", async () => {
		const { gateway, provider, waldur } = mirrored();
		await mirrored().resource();
		const create = `mutation ($input: CreateOfferingUsagePolicyInput!) { createOfferingUsagePolicy(input: $input) { __typename ... on Error { message } } }`;
		const input = { scope: provider.offering, actions: ["NOTIFY_ORGANIZATION_OWNERS"], applyToAll: true, componentLimits: [{ type: "cpu", limit: "100" }] };
		await gateway.ask(provider.token, create, { input });
		waldur.answer(async ({ method }) => {
			if (method !== "POST") return { status: 204 };
			await gateway.database.rows(sql`delete from "OfferingUsagePolicyComponentLimit"`);
			await gateway.database.rows(sql`delete from "OfferingUsagePolicy" where "scopeUuid" = ${provider.offering}::uuid`);
			return { status: 201, body: { uuid: hex(other) } };
		});
		await mirrored().deliver();
		expect(mirrored().posts()[1]).toMatchObject({ method: "DELETE", path: `marketplace-offering-usage-policies/${hex(other)}/` });
	});
});

test("a figure that is none in Waldur's answer keeps a change waiting with the reason, and others are sent", async () => {
	const { gateway, provider, sourceId, staff, waldur } = mirrored();
	const [switched, plain] = [await mirrored().resource(), await mirrored().resource()];
	await provider.planPeriod(switched, "2017-01-05T00:00:00Z", null);
	await gateway.database.rows(sql`update "ResourcePlanPeriod" set "sourceId" = ${sourceId}::smallint where "resourceUuid" = ${switched}::uuid`);
	await mirrored().report(switched, "5");
	await mirrored().report(plain, "6");
	waldur.answer(({ method }) =>
		method === "GET"
			? {
					status: 200,
					body: [
						{
							uuid: "1".repeat(32),
							resource_uuid: hex(switched),
							type: "cpu",
							usage: null,
							billing_period: "2017-01-01",
							created: "2017-01-03T00:00:00Z",
						},
					],
				}
			: undefined,
	);
	await mirrored().deliver();
	expect(mirrored().posts()).toMatchObject([{ body: { resource: hex(plain) } }]);
	const document = `query ($uuid: UUID!) { resource(uuid: $uuid) { componentUsages { nodes { delivery { state error } } } } }`;
	expect((await gateway.ask(staff, document, { uuid: switched })).resource.componentUsages.nodes).toMatchObject([
		{ delivery: { state: "PENDING", error: expect.stringContaining("could not be sent") } },
	]);
});

test("figures of Waldur keep all their digits, though they are JSON numbers", async () => {
	const { client } = await listed('[{"usage": 123456789012345678.01, "description": "\\"usage\\": 5"}]');
	expect(client).toEqual({ kind: "list", records: [{ usage: "123456789012345678.01", description: '"usage": 5' }] });
});

async function listed(text: string) {
	const server = createServer((_, response) => response.end(text));
	await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
	const base = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`);
	const client = await waldurClient({ base, token: undefined, clock: () => new Date() }).list("marketplace-component-usages/", {});
	await new Promise((stopped) => server.close(stopped));
	return { client };
}
