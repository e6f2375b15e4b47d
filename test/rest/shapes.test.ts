import { beforeAll, describe, expect, test } from "vitest";
import { buildWorld } from "../authorisation/world.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { rest } from "./client.ts";

const gateway = gatewayForFile();

beforeAll(async () => {
	await buildWorld(gateway().database);
});

type Kinds = Readonly<Record<string, "string" | "number" | "boolean" | "object" | "list" | "null">>;

/** The kinds of JSON that Waldur publishes for the fields that are answered here; "null" for those that may be null. */
const offeringComponent: Kinds = { uuid: "string", offering_uuid: "string", billing_type: "string", type: "string", name: "string", description: "string", measured_unit: "string", limit_period: "null", limit_amount: "null" }; // biome-ignore format: a row
const plan: Kinds = { url: "string", uuid: "string", name: "string", archived: "boolean", unit_price: "string", unit: "string", prices: "object", quotas: "object" }; // biome-ignore format: a row
const published: Readonly<Record<string, Kinds>> = {
	"marketplace-component-user-usages/": {
		uuid: "string", user: "null", username: "string", component_usage: "string", usage: "number", measured_unit: "string", description: "string", created: "string",
		modified: "string", resource_name: "string", resource_uuid: "string", offering_name: "string", offering_uuid: "string", project_name: "string",
		project_uuid: "string", customer_name: "string", customer_uuid: "string", component_type: "string", date: "string", billing_period: "string",
	}, // biome-ignore format: rows
	"marketplace-provider-offerings/": {
		url: "string", uuid: "string", created: "string", name: "string", customer: "string", customer_uuid: "string", customer_name: "string", category: "string",
		category_uuid: "string", category_title: "string", components: "list", plugin_options: "object", backend_id: "string", state: "string", plans: "list",
	}, // biome-ignore format: rows
	"marketplace-offering-users/": {
		url: "string", uuid: "string", user: "string", offering: "string", username: "string", offering_uuid: "string", offering_name: "string", user_uuid: "string",
		user_username: "string", user_full_name: "string", user_email: "string", created: "string", modified: "string", customer_uuid: "string",
		customer_name: "string", is_restricted: "boolean",
	}, // biome-ignore format: rows
	"marketplace-resources/": {
		offering: "string", offering_name: "string", offering_uuid: "string", offering_plugin_options: "object", provider_name: "string", provider_uuid: "string",
		category_title: "string", category_uuid: "string", plan: "string", plan_unit: "string", plan_name: "string", plan_uuid: "string", limits: "object",
		uuid: "string", created: "string", modified: "string", url: "string", state: "string", project: "string", project_uuid: "string", project_name: "string",
		customer_uuid: "string", customer_name: "string", name: "string", backend_id: "string", current_usages: "object", offering_state: "string",
		offering_backend_id: "string",
		offering_components: "list",
		is_usage_based: "boolean",
		is_limit_based: "boolean",
	}, // biome-ignore format: rows
};

const kindOf = (value: unknown) => (value === null ? "null" : Array.isArray(value) ? "list" : typeof value);

function expectKinds(object: Answer, kinds: Kinds): void {
	expect(Object.keys(object).sort()).toEqual(Object.keys(kinds).sort());
	for (const [name, kind] of Object.entries(kinds)) if (kind !== "null") expect([name, kindOf(object[name])]).toEqual([name, kind]);
}

describe("an agent that reports finds the fields that Waldur publishes, as far as there is a value for them", () => {
	test.each(Object.entries(published))("in %s", async (path, kinds) => {
		const { json } = await rest(gateway(), `${path}?page_size=300`, { token: "demo_staff" });
		expect(json.length).toBeGreaterThan(0);
		for (const object of json) expectKinds(object, kinds);
		const { json: one } = await rest(gateway(), `${path}${json[0].uuid}/`, { token: "demo_staff" });
		expect(one).toEqual(json[0]);
	});

	test.each(["marketplace-provider-offerings/", "marketplace-resources/", "marketplace-offering-usage-policies/", "marketplace-component-user-usages/"])(
		"of %s in as many statements for one row as for many",
		async (path) => {
			const statements = (size: number) => gateway().statementsOf(() => rest(gateway(), `${path}?page_size=${size}`, { token: "demo_staff" }));
			expect((await statements(300)).length).toBe((await statements(1)).length);
		},
	);

	test("below both addresses of resources", async () => {
		const [ofProvider, ofConsumer] = await Promise.all(
			["marketplace-provider-resources/", "marketplace-resources/"].map((path) => rest(gateway(), path, { token: "demo_staff" })),
		);
		expect(ofProvider?.json).toEqual(ofConsumer?.json);
	});

	test("of components and plans, with the figures of each plan by type", async () => {
		const { json, text } = await rest(gateway(), "marketplace-provider-offerings/?page_size=300", { token: "demo_staff" });
		const compute = json.find(({ name }: Answer) => name.startsWith("compute"));
		for (const component of compute.components) expectKinds(component, offeringComponent);
		for (const one of compute.plans) expectKinds(one, plan);
		expect(compute.components.map(({ type, billing_type }: Answer) => [type, billing_type])).toEqual([
			["cpu", "usage"],
			["ram", "usage"],
		]);
		expect(Object.keys(compute.plans[0].quotas).sort()).toEqual(["cpu", "ram"]);
		expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/); // all uuids are of 32 digits
	});
});
