import { describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { hex, mirroredForFile } from "./support.ts";

const mirrored = mirroredForFile("2017-01-10T12:00:00Z");

describe("limits and policies", () => {
	const create = `mutation ($input: CreateOfferingUsagePolicyInput!) { createOfferingUsagePolicy(input: $input) {
		... on CreateOfferingUsagePolicyPayload { offeringUsagePolicy { uuid } } ... on Error { message } } }`;

	test("of what a Waldur holds are created there, and go by the uuid that it gave them", async () => {
		await mirrored().resource();
		const input = {
			scope: mirrored().provider.offering,
			actions: ["NOTIFY_ORGANIZATION_OWNERS"],
			applyToAll: true,
			componentLimits: [{ type: "cpu", limit: "100" }],
		};
		await mirrored().gateway.ask(mirrored().provider.token, create, { input });
		mirrored().waldur.answer(() => ({ status: 201, body: { uuid: "aaaaaaaabbbb4bbb8ccccccccccccccc" } }));
		await mirrored().deliver();
		expect(mirrored().posts()).toMatchObject([
			{
				method: "POST",
				path: "marketplace-offering-usage-policies/",
				body: {
					scope: new URL(`marketplace-provider-offerings/${hex(mirrored().provider.offering)}/`, mirrored().waldur.base).href,
					actions: "notify_organization_owners",
					apply_to_all: true,
					component_limits_set: [{ type: "cpu", limit: 100 }],
					period: 2,
				},
			},
		]);
		const document = `{ offeringUsagePolicies { nodes { uuid delivery { state } } } }`;
		expect((await mirrored().gateway.ask(mirrored().provider.token, document)).offeringUsagePolicies.nodes).toEqual([
			{ uuid: "aaaaaaaa-bbbb-4bbb-8ccc-cccccccccccc", delivery: { state: "SENT" } },
		]);

		const remove = `mutation ($input: DeleteOfferingUsagePolicyInput!) { deleteOfferingUsagePolicy(input: $input) { __typename ... on Error { message } } }`;
		await mirrored().gateway.ask(mirrored().provider.token, remove, { input: { uuid: "aaaaaaaa-bbbb-4bbb-8ccc-cccccccccccc" } });
		mirrored().waldur.answer(() => ({ status: 404 }));
		await mirrored().deliver();
		expect(mirrored().posts()[1]).toMatchObject({ method: "DELETE", path: "marketplace-offering-usage-policies/aaaaaaaabbbb4bbb8ccccccccccccccc/" });
		expect(await mirrored().gateway.database.rows(sql`select "state"::text as "state" from "WaldurDelivery"`)).toEqual([{ state: "SENT" }]);
	});

	test("are not created twice when the answer to the first attempt was lost", async () => {
		const resource = await mirrored().resource();
		const account = await mirrored().provider.account("ann");
		await mirrored().gateway.database.rows(sql`update "OfferingUser" set "sourceId" = ${mirrored().sourceId}::smallint where "uuid" = ${account}::uuid`);
		const component = await componentOf("cpu");
		const limit = `mutation ($input: CreateComponentUserUsageLimitInput!) { createComponentUserUsageLimit(input: $input) {
			... on CreateComponentUserUsageLimitPayload { componentUserUsageLimit { uuid } } ... on Error { message } } }`;
		await mirrored().gateway.ask(mirrored().staff, limit, { input: { resource, component, user: account, limit: "7" } });
		mirrored().waldur.answer(() => ({ status: 502 }));
		await mirrored().deliver();
		const uuid = "dddddddddddd4ddd8ddddddddddddddd";
		const url = (list: string, of: string) => new URL(`${list}/${hex(of)}/`, mirrored().waldur.base).href;
		mirrored().waldur.answer(({ method }) =>
			method === "GET"
				? {
						status: 200,
						body: [
							{
								uuid,
								resource: url("marketplace-resources", resource),
								component: hex(component),
								user: url("marketplace-offering-users", account),
								limit: "7.00",
							},
						],
					}
				: { status: 500 },
		);
		mirrored().gateway.setTime("2017-01-10T12:01:00Z");
		await mirrored().deliver();
		expect(mirrored().posts()).toHaveLength(1);
		expect(await mirrored().gateway.database.rows(sql`select "uuid" from "ComponentUserUsageLimit" where "resourceUuid" = ${resource}::uuid`)).toEqual([
			{ uuid: "dddddddd-dddd-4ddd-8ddd-dddddddddddd" },
		]);
	});
});

const componentOf = async (type: string): Promise<string> => {
	const rows = await mirrored().gateway.database.rows<{ uuid: string }>(
		sql`select "uuid" from "OfferingComponent" where "offeringUuid" = ${mirrored().provider.offering}::uuid and "type" = ${type}`,
	);
	return rows[0]?.uuid ?? "";
};
