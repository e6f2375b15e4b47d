import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type ListName, listNames } from "../../src/import/source.ts";
import { demoHandles } from "../../src/world/demo.ts";
import { generateWorld } from "../../src/world/world.ts";
import { testFolders } from "../import/support.ts";

type Item = Record<string, unknown>;

const folder = testFolders();
const now = new Date("2026-11-20T10:00:00Z");
const period = { until: "2026-11", months: 18, now };

let world: Readonly<Record<ListName, readonly Item[]>>;

async function generated(seed: number): Promise<typeof world> {
	const target = await folder();
	await generateWorld({ folder: target, seed, ...period });
	const lists = await Promise.all(listNames.map(async (list) => [list, JSON.parse(await readFile(join(target, `${list}.json`), "utf8"))]));
	return Object.fromEntries(lists);
}

beforeAll(async () => {
	world = await generated(1);
});

const components = () => world["marketplace-provider-offerings"].flatMap((offering) => offering["components"] as Item[]);
const distinct = (items: readonly Item[], field: string) => new Set(items.map((item) => item[field]));
const plain = (uuid: string) => uuid.replaceAll("-", "");
const found = (list: ListName, uuid: string) => world[list].find((item) => item["uuid"] === plain(uuid)) ?? {};

describe("the demo world has at least", () => {
	const sizes: [string, number, () => number][] = [
		["providers", 3, () => distinct(world["marketplace-provider-offerings"], "customer_uuid").size],
		["consuming customers", 6, () => distinct(world.projects, "customer_uuid").size],
		["organization groups", 3, () => world["organization-groups"].length],
		["nested groups", 1, () => world["organization-groups"].filter((group) => group["parent_uuid"] !== null).length],
		["projects", 12, () => world.projects.length],
		["offerings on sale", 6, () => world["marketplace-provider-offerings"].filter((offering) => offering["state"] === "Active").length],
		["components", 20, () => components().length],
		["resources", 60, () => world["marketplace-resources"].length],
		["months of usages", 18, () => distinct(world["marketplace-component-usages"], "billing_period").size],
		["users", 18, () => world.users.length],
		["recurring usages", 1, () => world["marketplace-component-usages"].filter((usage) => usage["recurring"] === true).length],
		["parts of usages without a known account", 1, () => world["marketplace-component-user-usages"].filter((part) => part["user"] === null).length],
		["limits per user", 10, () => world["component-user-usage-limits"].length],
		["closed plan periods", 1, () => world["resource-plan-periods"].filter((planPeriod) => planPeriod["end"] !== null).length],
		["blocked customers", 1, () => world.customers.filter((customer) => customer["blocked"] === true).length],
		["archived customers", 1, () => world.customers.filter((customer) => customer["archived"] === true).length],
		["ended roles", 1, () => world["project-permissions"].filter((role) => String(role["expiration_time"]) < now.toISOString()).length],
		["inactive users", 1, () => world.users.filter((user) => user["is_active"] === false).length],
	];

	test.each(sizes)("%s: %i", (_, least, count) => {
		expect(count()).toBeGreaterThanOrEqual(least);
	});
});

describe("the demo world has one of every", () => {
	const kinds: [string, readonly unknown[], () => Set<unknown>][] = [
		["billing type", ["fixed", "usage", "limit", "one", "few"], () => distinct(components(), "billing_type")],
		["limit period", ["month", "quarterly", "annual", "total", null], () => distinct(components(), "limit_period")],
		["state of resources", ["Creating", "OK", "Erred", "Updating", "Terminating", "Terminated"], () => distinct(world["marketplace-resources"], "state")],
		["state of offerings but paused", ["Draft", "Active", "Archived"], () => distinct(world["marketplace-provider-offerings"], "state")],
		["period of policies", [1, 2, 3, 4], () => distinct(world["marketplace-offering-usage-policies"], "period")],
		["reach of policies", [true, false], () => distinct(world["marketplace-offering-usage-policies"], "apply_to_all")],
		[
			"action of policies",
			["notify_organization_owners", "notify_external_user", "block_creation_of_new_resources"],
			() => new Set(world["marketplace-offering-usage-policies"].flatMap((policy) => String(policy["actions"]).split(","))),
		],
		[
			"stored quota",
			[
				"os_cpu_count",
				"os_ram_size",
				"os_storage_size",
				"vpc_cpu_count",
				"vpc_ram_size",
				"vpc_storage_size",
				"vpc_floating_ip_count",
				"vpc_instance_count",
				"estimated_price",
			],
			() => distinct(world["customer-quotas"], "quota_name"),
		],
	];

	test.each(kinds)("%s", (_, expected, actual) => {
		expect([...actual()].sort()).toEqual([...expected].sort());
	});
});

test("every resource has a name of its own in its provider's system, once it was created there", () => {
	const resources = world["marketplace-resources"];
	const created = resources.filter(({ state }) => state !== "Creating");
	expect(distinct(created, "backend_id").size).toBe(created.length);
	expect([...distinct(created, "backend_id")]).toEqual(created.map(() => expect.stringMatching(/^alloc-[a-z]+-\d{3}$/)));
	expect([
		...distinct(
			resources.filter((resource) => !created.includes(resource)),
			"backend_id",
		),
	]).toEqual([""]);
});

test("nothing is reported after now", () => {
	const late = world["marketplace-component-usages"].filter((usage) => String(usage["date"]) > now.toISOString());
	expect(late).toEqual([]);
});

test("some of the last month is reported", () => {
	expect(world["marketplace-component-usages"].filter((usage) => usage["billing_period"] === "2026-11-01").length).toBeGreaterThan(0);
});

test("the parts of a usage are together at most the usage", () => {
	const parts = new Map<string, number>();
	for (const part of world["marketplace-component-user-usages"]) {
		const usage = String(part["component_usage"]).split("/").at(-2) ?? "";
		parts.set(usage, (parts.get(usage) ?? 0) + Math.round(Number(part["usage"]) * 100));
	}
	const exceeded = world["marketplace-component-usages"].filter((usage) => (parts.get(String(usage["uuid"])) ?? 0) > Math.round(Number(usage["usage"]) * 100));
	expect(exceeded).toEqual([]);
});

test("even all months together stay below a provider's cap", () => {
	const caps = new Map<string, number>();
	for (const offering of world["marketplace-provider-offerings"]) {
		for (const component of offering["components"] as Item[]) {
			if (component["limit_amount"] !== null) caps.set(`${offering["uuid"]} ${component["type"]}`, Number(component["limit_amount"]));
		}
	}
	const totals = new Map<string, number>();
	const exceeding = world["marketplace-component-usages"].filter((usage) => {
		const component = `${usage["offering_uuid"]} ${usage["type"]}`;
		const total = (totals.get(`${usage["resource_uuid"]} ${component}`) ?? 0) + Number(usage["usage"]);
		totals.set(`${usage["resource_uuid"]} ${component}`, total);
		return total > (caps.get(component) ?? Number.POSITIVE_INFINITY);
	});
	expect(exceeding).toEqual([]);
});

describe("the same seed", () => {
	test("makes the same world", async () => {
		expect(await generated(1)).toEqual(world);
	});

	test("is needed for the same amounts", async () => {
		expect((await generated(2))["marketplace-component-usages"]).not.toEqual(world["marketplace-component-usages"]);
	});

	test("is not needed for the same names", async () => {
		expect((await generated(2))["marketplace-provider-offerings"]).toEqual(world["marketplace-provider-offerings"]);
	});
});

describe("the handles", () => {
	const userOf = (username: string) => world.users.find((user) => user["username"] === username)?.["uuid"];
	const role = (list: ListName, username: string) =>
		world[list].filter((item) => item["user_uuid"] === userOf(username)).map((item) => [item["role_name"], item["scope_uuid"]]);

	test("name an offering of the provider's customer", () => {
		expect(role("customer-permissions", "provider")).toEqual([
			["CUSTOMER.OWNER", found("marketplace-provider-offerings", demoHandles.offering)["customer_uuid"]],
		]);
	});

	test("name the customer of the owner", () => {
		expect(role("customer-permissions", "owner")).toEqual([["CUSTOMER.OWNER", plain(demoHandles.customer)]]);
	});

	test.each([
		["manager", "PROJECT.MANAGER"],
		["member", "PROJECT.MEMBER"],
	])("name the project of the %s", (username, name) => {
		expect(role("project-permissions", username)).toEqual([[name, plain(demoHandles.project)]]);
	});

	test("name a resource of them that usage can be reported for", () => {
		const { state, offering_uuid, project_uuid, plan_uuid } = found("marketplace-resources", demoHandles.resource);
		const open = world["resource-plan-periods"].filter((item) => item["resource_uuid"] === plain(demoHandles.resource) && item["end"] === null);
		expect({ state, offering_uuid, project_uuid, plans: open.map((item) => item["plan_uuid"]) }).toEqual({
			state: "OK",
			offering_uuid: plain(demoHandles.offering),
			project_uuid: plain(demoHandles.project),
			plans: [plan_uuid],
		});
	});

	test("name a component that is charged by usage, without a cap", () => {
		const offering = found("marketplace-provider-offerings", demoHandles.offering);
		const component = (offering["components"] as Item[]).find((item) => item["type"] === demoHandles.componentType);
		expect(component).toMatchObject({ billing_type: "usage", limit_amount: null });
	});

	/** What is reported for the component of the offering in any one month by all others, at most. */
	const others = () => {
		const months = new Map<unknown, number>();
		for (const usage of world["marketplace-component-usages"]) {
			if (usage["offering_uuid"] !== plain(demoHandles.offering) || usage["type"] !== demoHandles.componentType) continue;
			if (usage["resource_uuid"] === plain(demoHandles.resource)) continue;
			months.set(usage["billing_period"], (months.get(usage["billing_period"]) ?? 0) + Number(usage["usage"]));
		}
		return Math.max(...months.values());
	};
	const limit = () => {
		const { period, component_limits_set } = found("marketplace-offering-usage-policies", demoHandles.policy);
		expect(period).toBe(2);
		return Number((component_limits_set as Item[])[0]?.["limit"]);
	};

	test("tell an amount that leaves the policy quiet whatever the others report", () => {
		expect(others() + Number(demoHandles.quietAmount)).toBeLessThan(limit());
	});

	test("tell an amount that makes the policy fire by itself", () => {
		expect(Number(demoHandles.alertAmount)).toBeGreaterThan(limit());
	});

	test("name a policy that reaches the customer", () => {
		const groups = (found("marketplace-offering-usage-policies", demoHandles.policy)["organization_groups"] as Item[]).map((group) => group["uuid"]);
		const memberships = (found("customers", demoHandles.customer)["organization_groups"] as Item[]).map((group) => group["uuid"]);
		expect(memberships.some((group) => groups.includes(group))).toBe(true);
	});
});
