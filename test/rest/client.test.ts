import { expect, test } from "vitest";
import { addToken } from "../../src/access/token.store.ts";
import { sql } from "../../src/database/sql.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { makeProvider } from "../support/provider.ts";
import { hex } from "./client.ts";

const gateway = gatewayForFile();

/** A client as the published pages make one: it knows their paths, and otherwise what it is answered. */
const clientOf = (token: string) => async (method: string, address: string, body?: object) => {
	const url = address.startsWith("http") ? address : new URL(`/api/${address}`, gateway().url);
	const response = await fetch(url, {
		method,
		headers: { Authorization: `Token ${token}`, Connection: "close", ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	});
	const text = await response.text();
	return { status: response.status, json: (text === "" ? undefined : JSON.parse(text)) as Answer };
};

test("a client written from the five pages alone sets usage, limits a user, and watches a policy fire", async () => {
	const provider = await makeProvider(gateway());
	const component = await provider.component("cpu");
	const group = await provider.group();
	const customer = await provider.customer({ groups: [group] });
	const resource = await provider.resource({ customer });
	const account = await provider.account("ann");
	// The account's person works in the resource's project: so its customer's owner sees the account.
	await gateway().database.rows(sql`
		insert into "ProjectRole" ("userUuid", "projectUuid", "role")
		select a."userUuid", r."projectUuid", 'MEMBER' from "OfferingUser" a, "Resource" r where a."uuid" = ${account}::uuid and r."uuid" = ${resource}::uuid
	`);
	await provider.owner(customer, "owner@example.org");
	await addToken(gateway().database, { token: "demo_consumer", username: "owner@example.org", name: "test", expires: null, now: new Date(0) });
	const reporter = clientOf(provider.token);
	const consumer = clientOf("demo_consumer");

	// The offering's provider puts a policy on it.
	const policy = await reporter("POST", "marketplace-offering-usage-policies/", {
		scope: `https://api.example.com/api/marketplace-provider-offerings/${hex(provider.offering)}/`,
		actions: "block_creation_of_new_resources",
		organization_groups: [`https://api.example.com/api/organization-groups/${hex(group)}/`],
		component_limits_set: [{ type: "cpu", limit: 100 }],
	});
	expect([policy.status, policy.json]).toMatchObject([201, { has_fired: false, period: 2, period_name: "1 month", scope_uuid: hex(provider.offering) }]);

	// The consumer limits one of its users, and lists the limits.
	const limit = await consumer("POST", "component-user-usage-limits/", {
		resource: `https://api.example.com/api/marketplace-resources/${hex(resource)}/`,
		component: hex(component),
		user: `https://api.example.com/api/marketplace-offering-users/${hex(account)}/`,
		limit: "60",
	});
	expect([limit.status, limit.json]).toMatchObject([201, { component_type: "cpu", limit: "60.00" }]);
	expect((await consumer("GET", `component-user-usage-limits/?resource_uuid=${hex(resource)}`)).json).toEqual([limit.json]);
	expect((await consumer("GET", limit.json.url)).json).toEqual(limit.json); // what is answered leads back to it

	// The provider reports usage, and whose it was.
	const set = await reporter("POST", "marketplace-component-usages/set_usage/", { resource: hex(resource), usages: [{ type: "cpu", amount: "100.01" }] });
	expect([set.status, set.json]).toEqual([201, undefined]);
	const [record] = (await reporter("GET", `marketplace-component-usages/?resource_uuid=${hex(resource)}&billing_period=2026-11-01`)).json;
	expect(record).toMatchObject({ usage: 100.01, type: "cpu", customer_uuid: hex(customer) });
	const part = (usage: string) => reporter("POST", `marketplace-component-usages/${record.uuid}/set_user_usage/`, { username: "ann", usage });
	expect((await part("60")).status).toBe(201);
	expect(await part("60.01")).toEqual({
		status: 400,
		json: { usage: ["Usage limit exceeded. Maximum allowed: 60, current usage: 0, additional: 60.01."] },
	});

	// The policy has fired; the consumer sees the record, and not the policy.
	expect((await reporter("GET", policy.json.url)).json).toMatchObject({ has_fired: true });
	expect((await consumer("GET", `marketplace-component-usages/${record.uuid}/`)).json).toEqual(record);
	expect((await consumer("GET", policy.json.url)).status).toBe(404);

	// A partial update changes what it names; what is deleted is gone.
	const raised = await reporter("PATCH", policy.json.url, { component_limits_set: [{ type: "cpu", limit: "200" }], period: 4 });
	expect([raised.status, raised.json]).toMatchObject([200, { has_fired: false, period_name: "12 month", actions: "block_creation_of_new_resources" }]);
	expect((await consumer("DELETE", limit.json.url)).status).toBe(204);
	expect((await consumer("GET", limit.json.url)).status).toBe(404);
	expect(gateway().bugs()).toEqual([]);
});
