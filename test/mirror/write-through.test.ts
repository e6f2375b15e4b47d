import { describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { hex, mirroredForFile } from "./support.ts";

const mirrored = mirroredForFile("2017-01-10T12:00:00Z");

describe("a report on what a Waldur holds", () => {
	test("goes there as set_usage, with the token, and is SENT", async () => {
		const resource = await mirrored().resource();
		await mirrored().report(resource, "5.25");
		expect(await mirrored().deliveries(resource)).toEqual([{ usage: "5.25", delivery: { state: "PENDING", attempts: 0, error: null, sent: null } }]);
		await mirrored().deliver();
		expect(mirrored().waldur.received).toEqual([
			{
				method: "POST",
				path: "marketplace-component-usages/set_usage/",
				authorization: "Token secret",
				body: { resource: hex(resource), usages: [{ type: "cpu", amount: "5.25", description: "by hand", recurring: false }] },
			},
		]);
		expect(await mirrored().deliveries(resource)).toEqual([
			{ usage: "5.25", delivery: { state: "SENT", attempts: 1, error: null, sent: "2017-01-10T12:00:00.000Z" } },
		]);
	});

	test("is not sent when it was refused here", async () => {
		const resource = await mirrored().resource();
		await mirrored().report(resource, "-1");
		await mirrored().deliver();
		expect(mirrored().waldur.received).toEqual([]);
	});

	test("is not sent where the resource was made here", async () => {
		const resource = await mirrored().provider.resource();
		await mirrored().report(resource, "5");
		await mirrored().deliver();
		expect(mirrored().waldur.received).toEqual([]);
		expect(await mirrored().deliveries(resource)).toEqual([{ usage: "5", delivery: null }]);
	});

	test("is Waldur's once that has taken it", async () => {
		const resource = await mirrored().resource();
		await mirrored().report(resource, "5");
		const source = () => mirrored().gateway.database.rows(sql`select "sourceId" from "ComponentUsage" where "resourceUuid" = ${resource}::uuid`);
		expect(await source()).toEqual([{ sourceId: null }]);
		await mirrored().deliver();
		expect(await source()).toEqual([{ sourceId: mirrored().sourceId }]);
	});

	test("is sent once with the newest figure, though two were reported", async () => {
		const resource = await mirrored().resource();
		await mirrored().report(resource, "5");
		await mirrored().report(resource, "6");
		await mirrored().deliver();
		expect(
			mirrored()
				.posts()
				.map(({ body }) => body.usages[0].amount),
		).toEqual(["6"]);
	});

	test("that comes while another is being sent is sent after it", async () => {
		const resource = await mirrored().resource();
		await mirrored().report(resource, "5");
		let isFirst = true;
		mirrored().waldur.answer(async () => {
			if (isFirst) await mirrored().report(resource, "7");
			isFirst = false;
			return undefined;
		});
		await mirrored().deliver();
		expect(
			mirrored()
				.posts()
				.map(({ body }) => body.usages[0].amount),
		).toEqual(["5", "7"]);
		expect(await mirrored().deliveries(resource)).toMatchObject([{ delivery: { state: "SENT" } }]);
	});

	test("that Waldur refuses is FAILED in its words, and the next report is sent", async () => {
		const resource = await mirrored().resource();
		await mirrored().report(resource, "5");
		mirrored().waldur.answer(() => ({ status: 400, body: { non_field_errors: ["Total amount exceeds limit."] } }));
		await mirrored().deliver();
		expect(await mirrored().deliveries(resource)).toMatchObject([
			{ delivery: { state: "FAILED", error: expect.stringContaining("Total amount exceeds limit.") } },
		]);
		mirrored().waldur.answer(() => undefined);
		await mirrored().report(resource, "4");
		await mirrored().deliver();
		expect(await mirrored().deliveries(resource)).toMatchObject([{ delivery: { state: "SENT", error: null } }]);
	});

	test("waits while Waldur is away, at least as long as it asks for; only staff read why", async () => {
		const resource = await mirrored().resource();
		await mirrored().report(resource, "5");
		mirrored().waldur.answer(() => ({ status: 503, headers: { "Retry-After": "60" } }));
		await mirrored().deliver();
		await mirrored().deliver();
		expect(mirrored().posts()).toHaveLength(1);
		expect(await mirrored().deliveries(resource)).toMatchObject([{ delivery: { state: "PENDING", error: null } }]);
		const document = `query ($uuid: UUID!) { resource(uuid: $uuid) { componentUsages { nodes { delivery { error } } } } }`;
		expect((await mirrored().gateway.ask(mirrored().staff, document, { uuid: resource })).resource.componentUsages.nodes[0].delivery.error).toContain("503");
		mirrored().gateway.setTime("2017-01-10T12:00:59Z");
		await mirrored().deliver();
		expect(mirrored().posts()).toHaveLength(1);
		mirrored().gateway.setTime("2017-01-10T12:01:01Z");
		mirrored().waldur.answer(() => undefined);
		await mirrored().deliver();
		expect(mirrored().posts()).toHaveLength(2);
		expect(await mirrored().deliveries(resource)).toMatchObject([{ delivery: { state: "SENT" } }]);
	});

	test("is never sent in another month than its own", async () => {
		const resource = await mirrored().resource();
		await mirrored().report(resource, "5");
		mirrored().gateway.setTime("2017-02-01T00:00:01Z");
		await mirrored().deliver();
		expect(mirrored().waldur.received).toEqual([]);
		expect(await mirrored().deliveries(resource)).toMatchObject([{ delivery: { state: "FAILED", error: expect.stringContaining("The month was closed") } }]);
	});
});

describe("the order of a resource's changes", () => {
	test("holds: a part waits for its record, and other resources wait for neither", async () => {
		const [first, second] = [await mirrored().resource(), await mirrored().resource()];
		const { componentUsages } = await mirrored().report(first, "5");
		await setPart(componentUsages[0].uuid, "ann", "2");
		await mirrored().report(second, "8");
		mirrored().waldur.answer(({ body }) => (body?.resource === hex(first) ? { status: 502 } : undefined));
		await mirrored().deliver();
		expect(
			mirrored()
				.posts()
				.map(({ body }) => body.resource),
		).toEqual([hex(first), hex(second)]);
		const record = "11111111111141118111111111111111";
		mirrored().waldur.answer(({ method }) =>
			method === "GET"
				? { status: 200, body: [{ uuid: record, type: "cpu", usage: 5, billing_period: "2017-01-01", created: "2017-01-10T12:00:00Z" }] }
				: undefined,
		);
		mirrored().gateway.setTime("2017-01-10T12:00:30Z");
		await mirrored().deliver();
		expect(mirrored().posts().slice(2)).toMatchObject([
			{ path: "marketplace-component-usages/set_usage/" },
			{ path: `marketplace-component-usages/${record}/set_user_usage/`, body: { username: "ann", usage: "2.00" } },
		]);
	});
});

async function setPart(componentUsage: string, username: string, usage: string): Promise<void> {
	const document = `mutation ($input: SetUserUsageInput!) { setUserUsage(input: $input) { ... on SetUserUsagePayload { componentUserUsage { uuid } } ... on Error { message } } }`;
	await mirrored().gateway.ask(mirrored().provider.token, document, { input: { componentUsage, username, usage } });
}

describe("after a plan switch", () => {
	/** A resource whose plan was switched on the 5th; Waldur holds a record of the plan before, of it or another resource. */
	async function switched(heldBefore: number, of?: string): Promise<{ resource: string; period: string }> {
		const resource = await mirrored().resource();
		await mirrored().provider.planPeriod(resource, "2016-06-01T00:00:00Z", "2017-01-05T00:00:00Z");
		const period = await mirrored().provider.planPeriod(resource, "2017-01-05T00:00:00Z", null);
		await mirrored().gateway.database.rows(
			sql`update "ResourcePlanPeriod" set "sourceId" = ${mirrored().sourceId}::smallint where "resourceUuid" = ${resource}::uuid`,
		);
		mirrored().waldur.answer(({ method }) =>
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
		await mirrored().report(resource, "10");
		await mirrored().deliver();
		expect(mirrored().posts()).toMatchObject([{ body: { plan_period: hex(period), usages: [{ amount: "6.5" }] } }]);
	});

	test("records of other resources are left aside, if Waldur does not leave them out", async () => {
		const { resource, period } = await switched(3.5, "3".repeat(32));
		await mirrored().report(resource, "10");
		await mirrored().deliver();
		expect(mirrored().posts()).toMatchObject([{ body: { plan_period: hex(period), usages: [{ amount: "10" }] } }]);
	});

	test("a report of less than that fails with a sentence", async () => {
		const { resource } = await switched(12);
		await mirrored().report(resource, "10");
		await mirrored().deliver();
		expect(mirrored().posts()).toEqual([]);
		expect(await mirrored().deliveries(resource)).toMatchObject([
			{ delivery: { state: "FAILED", error: expect.stringContaining("Waldur holds 12 of other plan periods") } },
		]);
	});
});
