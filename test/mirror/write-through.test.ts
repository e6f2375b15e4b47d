import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { deliverDue } from "../../src/sync/delivery.ts";
import { waldurClient } from "../../src/sync/waldur-client.ts";
import { setUsage } from "../support/documents.ts";
import { type Answer, type Gateway, startGateway } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { startReceiver } from "./receiver.ts";

let waldur: Awaited<ReturnType<typeof startReceiver>>;
let gateway: Gateway;
let provider: Provider;
let sourceId: number;

const now = "2017-01-10T12:00:00Z";

beforeAll(async () => {
	waldur = await startReceiver();
	gateway = await startGateway({ mirror: { url: waldur.base.href, writes: true } });
	sourceId = gateway.services.mirror?.sourceId ?? -1;
});
afterAll(async () => {
	await gateway.stop();
	await waldur.stop();
});

let staff: string;

beforeEach(async () => {
	await gateway.database.rows(sql`truncate "WaldurDelivery"`);
	provider = await makeProvider(gateway);
	staff = await provider.staffToken();
	gateway.setTime(now);
	waldur.received.splice(0);
	waldur.answer(() => undefined);
	await provider.component("cpu");
});

const deliver = (): Promise<void> =>
	deliverDue({
		database: gateway.database,
		client: waldurClient({ base: waldur.base, token: "secret", clock: gateway.services.clock, timeout: 2_000 }),
		base: waldur.base,
		sourceId,
		timeZone: "UTC",
		clock: gateway.services.clock,
	});

/** A resource that Waldur holds. */
async function mirrored(): Promise<string> {
	const resource = await provider.resource();
	await gateway.database.rows(sql`update "Resource" set "sourceId" = ${sourceId}::smallint where "uuid" = ${resource}::uuid`);
	await gateway.database.rows(sql`update "Offering" set "sourceId" = ${sourceId}::smallint where "uuid" = ${provider.offering}::uuid`);
	return resource;
}

const report = async (resource: string, amount: string, type = "cpu"): Promise<Answer> =>
	(await gateway.ask(provider.token, setUsage, { input: { resource, usages: [{ type, amount, description: "by hand" }] } })).setUsage;

const delivery = async (resource: string): Promise<Answer> => {
	const document = `query ($uuid: UUID!) { resource(uuid: $uuid) { componentUsages { nodes { usage delivery { state attempts error sent } } } } }`;
	return (await gateway.ask(provider.token, document, { uuid: resource })).resource.componentUsages.nodes;
};

const hex = (uuid: string) => uuid.replaceAll("-", "");
const posts = () => waldur.received.filter(({ method }) => method !== "GET");

describe("a report on what a Waldur holds", () => {
	test("goes there as set_usage, with the token, and is SENT", async () => {
		const resource = await mirrored();
		await report(resource, "5.25");
		expect(await delivery(resource)).toEqual([{ usage: "5.25", delivery: { state: "PENDING", attempts: 0, error: null, sent: null } }]);
		await deliver();
		expect(waldur.received).toEqual([
			{
				method: "POST",
				path: "marketplace-component-usages/set_usage/",
				authorization: "Token secret",
				body: { resource: hex(resource), usages: [{ type: "cpu", amount: "5.25", description: "by hand", recurring: false }] },
			},
		]);
		expect(await delivery(resource)).toEqual([{ usage: "5.25", delivery: { state: "SENT", attempts: 1, error: null, sent: "2017-01-10T12:00:00.000Z" } }]);
	});

	test("is not sent when it was refused here", async () => {
		const resource = await mirrored();
		await report(resource, "-1");
		await deliver();
		expect(waldur.received).toEqual([]);
	});

	test("is not sent where the resource was made here", async () => {
		const resource = await provider.resource();
		await report(resource, "5");
		await deliver();
		expect(waldur.received).toEqual([]);
		expect(await delivery(resource)).toEqual([{ usage: "5", delivery: null }]);
	});

	test("is Waldur's once that has taken it", async () => {
		const resource = await mirrored();
		await report(resource, "5");
		const source = () => gateway.database.rows(sql`select "sourceId" from "ComponentUsage" where "resourceUuid" = ${resource}::uuid`);
		expect(await source()).toEqual([{ sourceId: null }]);
		await deliver();
		expect(await source()).toEqual([{ sourceId }]);
	});

	test("is sent once with the newest figure, though two were reported", async () => {
		const resource = await mirrored();
		await report(resource, "5");
		await report(resource, "6");
		await deliver();
		expect(posts().map(({ body }) => body.usages[0].amount)).toEqual(["6"]);
	});

	test("that comes while another is being sent is sent after it", async () => {
		const resource = await mirrored();
		await report(resource, "5");
		let isFirst = true;
		waldur.answer(async () => {
			if (isFirst) await report(resource, "7");
			isFirst = false;
			return undefined;
		});
		await deliver();
		expect(posts().map(({ body }) => body.usages[0].amount)).toEqual(["5", "7"]);
		expect(await delivery(resource)).toMatchObject([{ delivery: { state: "SENT" } }]);
	});

	test("that Waldur refuses is FAILED in its words, and the next report is sent", async () => {
		const resource = await mirrored();
		await report(resource, "5");
		waldur.answer(() => ({ status: 400, body: { non_field_errors: ["Total amount exceeds limit."] } }));
		await deliver();
		expect(await delivery(resource)).toMatchObject([{ delivery: { state: "FAILED", error: expect.stringContaining("Total amount exceeds limit.") } }]);
		waldur.answer(() => undefined);
		await report(resource, "4");
		await deliver();
		expect(await delivery(resource)).toMatchObject([{ delivery: { state: "SENT", error: null } }]);
	});

	test("waits while Waldur is away, at least as long as it asks for; only staff read why", async () => {
		const resource = await mirrored();
		await report(resource, "5");
		waldur.answer(() => ({ status: 503, headers: { "Retry-After": "60" } }));
		await deliver();
		await deliver();
		expect(posts()).toHaveLength(1);
		expect(await delivery(resource)).toMatchObject([{ delivery: { state: "PENDING", error: null } }]);
		const document = `query ($uuid: UUID!) { resource(uuid: $uuid) { componentUsages { nodes { delivery { error } } } } }`;
		expect((await gateway.ask(staff, document, { uuid: resource })).resource.componentUsages.nodes[0].delivery.error).toContain("503");
		gateway.setTime("2017-01-10T12:00:59Z");
		await deliver();
		expect(posts()).toHaveLength(1);
		gateway.setTime("2017-01-10T12:01:01Z");
		waldur.answer(() => undefined);
		await deliver();
		expect(posts()).toHaveLength(2);
		expect(await delivery(resource)).toMatchObject([{ delivery: { state: "SENT" } }]);
	});

	test("is never sent in another month than its own", async () => {
		const resource = await mirrored();
		await report(resource, "5");
		gateway.setTime("2017-02-01T00:00:01Z");
		await deliver();
		expect(waldur.received).toEqual([]);
		expect(await delivery(resource)).toMatchObject([{ delivery: { state: "FAILED", error: expect.stringContaining("The month was closed") } }]);
	});
});

describe("the order of a resource's changes", () => {
	test("holds: a part waits for its record, and other resources wait for neither", async () => {
		const [first, second] = [await mirrored(), await mirrored()];
		const { componentUsages } = await report(first, "5");
		await setPart(componentUsages[0].uuid, "ann", "2");
		await report(second, "8");
		waldur.answer(({ body }) => (body?.resource === hex(first) ? { status: 502 } : undefined));
		await deliver();
		expect(posts().map(({ body }) => body.resource)).toEqual([hex(first), hex(second)]);
		const record = "11111111111141118111111111111111";
		waldur.answer(({ method }) =>
			method === "GET"
				? { status: 200, body: [{ uuid: record, type: "cpu", usage: 5, billing_period: "2017-01-01", created: "2017-01-10T12:00:00Z" }] }
				: undefined,
		);
		gateway.setTime("2017-01-10T12:00:30Z");
		await deliver();
		expect(posts().slice(2)).toMatchObject([
			{ path: "marketplace-component-usages/set_usage/" },
			{ path: `marketplace-component-usages/${record}/set_user_usage/`, body: { username: "ann", usage: "2.00" } },
		]);
	});
});

async function setPart(componentUsage: string, username: string, usage: string): Promise<void> {
	const document = `mutation ($input: SetUserUsageInput!) { setUserUsage(input: $input) { ... on SetUserUsagePayload { componentUserUsage { uuid } } ... on Error { message } } }`;
	await gateway.ask(provider.token, document, { input: { componentUsage, username, usage } });
}

describe("after a plan switch", () => {
	/** A resource whose plan was switched on the 5th; Waldur holds a record of the plan before, of it or another resource. */
	async function switched(heldBefore: number, of?: string): Promise<{ resource: string; period: string }> {
		const resource = await mirrored();
		await provider.planPeriod(resource, "2016-06-01T00:00:00Z", "2017-01-05T00:00:00Z");
		const period = await provider.planPeriod(resource, "2017-01-05T00:00:00Z", null);
		await gateway.database.rows(sql`update "ResourcePlanPeriod" set "sourceId" = ${sourceId}::smallint where "resourceUuid" = ${resource}::uuid`);
		waldur.answer(({ method }) =>
			method === "GET"
				? {
						status: 200,
						body: [
							{
								uuid: "1".repeat(32),
								resource_uuid: of ?? hex(resource),
								type: "cpu",
								usage: heldBefore,
								billing_period: "2017-01-01",
								created: "2017-01-03T00:00:00Z",
							},
							{ uuid: "2".repeat(32), type: "cpu", usage: 4, billing_period: "2017-01-01", created: "2017-01-06T00:00:00Z" },
						],
					}
				: undefined,
		);
		return { resource, period };
	}

	test("a report is sent less what Waldur holds of the plan before", async () => {
		const { resource, period } = await switched(3.5);
		await report(resource, "10");
		await deliver();
		expect(posts()).toMatchObject([{ body: { plan_period: hex(period), usages: [{ amount: "6.5" }] } }]);
	});

	test("records of other resources are left aside, if Waldur does not leave them out", async () => {
		const { resource, period } = await switched(3.5, "3".repeat(32));
		await report(resource, "10");
		await deliver();
		expect(posts()).toMatchObject([{ body: { plan_period: hex(period), usages: [{ amount: "10" }] } }]);
	});

	test("a report of less than that fails with a sentence", async () => {
		const { resource } = await switched(12);
		await report(resource, "10");
		await deliver();
		expect(posts()).toEqual([]);
		expect(await delivery(resource)).toMatchObject([
			{ delivery: { state: "FAILED", error: expect.stringContaining("Waldur holds 12 of other plan periods") } },
		]);
	});
});

describe("limits and policies", () => {
	const create = `mutation ($input: CreateOfferingUsagePolicyInput!) { createOfferingUsagePolicy(input: $input) {
		... on CreateOfferingUsagePolicyPayload { offeringUsagePolicy { uuid } } ... on Error { message } } }`;

	test("of what a Waldur holds are created there, and go by the uuid that it gave them", async () => {
		await mirrored();
		const input = { scope: provider.offering, actions: ["NOTIFY_ORGANIZATION_OWNERS"], applyToAll: true, componentLimits: [{ type: "cpu", limit: "100" }] };
		await gateway.ask(provider.token, create, { input });
		waldur.answer(() => ({ status: 201, body: { uuid: "aaaaaaaabbbb4bbb8ccccccccccccccc" } }));
		await deliver();
		expect(posts()).toMatchObject([
			{
				method: "POST",
				path: "marketplace-offering-usage-policies/",
				body: {
					scope: new URL(`marketplace-provider-offerings/${hex(provider.offering)}/`, waldur.base).href,
					actions: "notify_organization_owners",
					apply_to_all: true,
					component_limits_set: [{ type: "cpu", limit: 100 }],
					period: 2,
				},
			},
		]);
		const document = `{ offeringUsagePolicies { nodes { uuid delivery { state } } } }`;
		expect((await gateway.ask(provider.token, document)).offeringUsagePolicies.nodes).toEqual([
			{ uuid: "aaaaaaaa-bbbb-4bbb-8ccc-cccccccccccc", delivery: { state: "SENT" } },
		]);

		const remove = `mutation ($input: DeleteOfferingUsagePolicyInput!) { deleteOfferingUsagePolicy(input: $input) { __typename ... on Error { message } } }`;
		await gateway.ask(provider.token, remove, { input: { uuid: "aaaaaaaa-bbbb-4bbb-8ccc-cccccccccccc" } });
		waldur.answer(() => ({ status: 404 }));
		await deliver();
		expect(posts()[1]).toMatchObject({ method: "DELETE", path: "marketplace-offering-usage-policies/aaaaaaaabbbb4bbb8ccccccccccccccc/" });
		expect(await gateway.database.rows(sql`select "state"::text as "state" from "WaldurDelivery"`)).toEqual([{ state: "SENT" }]);
	});

	test("are not created twice when the answer to the first attempt was lost", async () => {
		const resource = await mirrored();
		const account = await provider.account("ann");
		await gateway.database.rows(sql`update "OfferingUser" set "sourceId" = ${sourceId}::smallint where "uuid" = ${account}::uuid`);
		const component = await componentOf("cpu");
		const limit = `mutation ($input: CreateComponentUserUsageLimitInput!) { createComponentUserUsageLimit(input: $input) {
			... on CreateComponentUserUsageLimitPayload { componentUserUsageLimit { uuid } } ... on Error { message } } }`;
		await gateway.ask(staff, limit, { input: { resource, component, user: account, limit: "7" } });
		waldur.answer(() => ({ status: 502 }));
		await deliver();
		const uuid = "dddddddddddd4ddd8ddddddddddddddd";
		const url = (list: string, of: string) => new URL(`${list}/${hex(of)}/`, waldur.base).href;
		waldur.answer(({ method }) =>
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
		gateway.setTime("2017-01-10T12:01:00Z");
		await deliver();
		expect(posts()).toHaveLength(1);
		expect(await gateway.database.rows(sql`select "uuid" from "ComponentUserUsageLimit" where "resourceUuid" = ${resource}::uuid`)).toEqual([
			{ uuid: "dddddddd-dddd-4ddd-8ddd-dddddddddddd" },
		]);
	});
});

const componentOf = async (type: string): Promise<string> => {
	const rows = await gateway.database.rows<{ uuid: string }>(
		sql`select "uuid" from "OfferingComponent" where "offeringUuid" = ${provider.offering}::uuid and "type" = ${type}`,
	);
	return rows[0]?.uuid ?? "";
};
