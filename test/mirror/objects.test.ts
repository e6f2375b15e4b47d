import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { parsedUuid } from "../../src/shared/uuid.ts";
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

	describe("whose creation was not answered", () => {
		/** The uuid that Waldur gave what was created, another one in each test. */
		let uuid = "";
		beforeEach(() => {
			uuid = hex(randomUUID());
		});
		const url = (list: string, of: string) => new URL(`${list}/${hex(of)}/`, mirrored().waldur.base).href;
		const createLimit = `mutation ($input: CreateComponentUserUsageLimitInput!) { createComponentUserUsageLimit(input: $input) {
			... on CreateComponentUserUsageLimitPayload { componentUserUsageLimit { uuid } } ... on Error { message } } }`;
		const updateLimit = `mutation ($input: UpdateComponentUserUsageLimitInput!) { updateComponentUserUsageLimit(input: $input) { __typename ... on Error { message } } }`;

		/** A limit whose creation arrived, and was answered by a proxy's 502. */
		async function unansweredLimit(): Promise<{ resource: string; limit: string; held: object }> {
			const resource = await mirrored().resource();
			const account = await mirrored().provider.account("ann");
			await mirrored().gateway.database.rows(sql`update "OfferingUser" set "sourceId" = ${mirrored().sourceId}::smallint where "uuid" = ${account}::uuid`);
			const component = await componentOf("cpu");
			const created = await mirrored().gateway.ask(mirrored().staff, createLimit, { input: { resource, component, user: account, limit: "7" } });
			mirrored().waldur.answer(() => ({ status: 502 }));
			await mirrored().deliver();
			const [of, user] = [url("marketplace-resources", resource), url("marketplace-offering-users", account)];
			const held = { uuid, resource: of, component: hex(component), user, limit: "7.00" };
			return { resource, limit: created.createComponentUserUsageLimit.componentUserUsageLimit.uuid, held };
		}

		const deliverLater = async (held: object) => {
			mirrored().waldur.answer(({ method }) => (method === "GET" ? { status: 200, body: [held] } : { status: 200, body: held }));
			mirrored().gateway.setTime("2017-01-10T12:01:00Z");
			await mirrored().deliver();
		};

		test("are not created twice", async () => {
			const { resource, held } = await unansweredLimit();
			await deliverLater(held);
			expect(mirrored().posts()).toHaveLength(1);
			expect(await mirrored().gateway.database.rows(sql`select "uuid" from "ComponentUserUsageLimit" where "resourceUuid" = ${resource}::uuid`)).toEqual([
				{ uuid: parsedUuid(uuid) },
			]);
		});

		test("are changed there when they have changed here since", async () => {
			const { limit, held } = await unansweredLimit();
			await mirrored().gateway.ask(mirrored().staff, updateLimit, { input: { uuid: limit, limit: "9" } });
			await deliverLater(held);
			expect(mirrored().posts().slice(1)).toMatchObject([{ method: "PUT", path: `component-user-usage-limits/${uuid}/`, body: { limit: "9.00" } }]);
		});

		test("are found by what was sent, not by what a policy has become", async () => {
			await mirrored().resource();
			const limits = (limit: string) => [{ type: "cpu", limit }];
			const input = { scope: mirrored().provider.offering, actions: ["NOTIFY_ORGANIZATION_OWNERS"], applyToAll: true, componentLimits: limits("100") };
			const created = await mirrored().gateway.ask(mirrored().provider.token, create, { input });
			mirrored().waldur.answer(() => ({ status: 502 }));
			await mirrored().deliver();
			const policy = created.createOfferingUsagePolicy.offeringUsagePolicy.uuid;
			const update = `mutation ($input: UpdateOfferingUsagePolicyInput!) { updateOfferingUsagePolicy(input: $input) { __typename ... on Error { message } } }`;
			await mirrored().gateway.ask(mirrored().provider.token, update, { input: { uuid: policy, componentLimits: limits("200") } });
			await deliverLater({
				uuid,
				scope_uuid: hex(mirrored().provider.offering),
				actions: "notify_organization_owners",
				options: {},
				apply_to_all: true,
				organization_groups: [],
				component_limits_set: limits("100"),
				period: 2,
			});
			expect(mirrored().posts().slice(1)).toMatchObject([
				{ method: "PUT", path: `marketplace-offering-usage-policies/${uuid}/`, body: { component_limits_set: [{ type: "cpu", limit: 200 }] } },
			]);
		});
	});
});

const componentOf = async (type: string): Promise<string> => {
	const rows = await mirrored().gateway.database.rows<{ uuid: string }>(
		sql`select "uuid" from "OfferingComponent" where "offeringUuid" = ${mirrored().provider.offering}::uuid and "type" = ${type}`,
	);
	return rows[0]?.uuid ?? "";
};
