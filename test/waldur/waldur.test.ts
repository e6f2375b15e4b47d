import { afterEach, describe, expect, test } from "vitest";
import type { ListName } from "../../src/import/source.ts";
import { id, smallWorld } from "../import/small-world.ts";
import { type ShapeName, shapes } from "./shapes.ts";
import { startWaldur } from "./waldur.ts";

let stop: (() => Promise<unknown>) | undefined;
afterEach(async () => {
	await stop?.();
	stop = undefined;
});

/** A Waldur of the small world with a clock that the test sets, and what it answers. */
async function started() {
	const clock = { now: new Date("2026-11-05T10:00:00Z") };
	const lists = { ...smallWorld(), "marketplace-component-usages": [], "marketplace-component-user-usages": [] };
	const waldur = await startWaldur(lists, undefined, { now: () => clock.now });
	stop = waldur.stop;
	const headers = { authorization: `Token ${waldur.token}`, "content-type": "application/json" };
	const ask = async (path: string) => {
		const response = await fetch(new URL(path, waldur.base), { headers });
		return { status: response.status, headers: response.headers, records: response.ok ? ((await response.json()) as Record<string, unknown>[]) : [] };
	};
	const post = async (path: string, body: object) => (await fetch(new URL(path, waldur.base), { method: "POST", headers, body: JSON.stringify(body) })).status;
	const setUsage = (amount: string, more: object = { resource: id(60) }, type = "cpu") =>
		post("marketplace-component-usages/set_usage/", { ...more, usages: [{ type, amount }] });
	const usages = async () => (await ask("marketplace-component-usages/")).records.map(({ usage, billing_period }) => [billing_period, usage]);
	return { ...waldur, clock, ask, post, setUsage, usages };
}

const lists: [path: string, shape: ShapeName][] = [
	...(["organization-groups", "customers", "users", "projects", "marketplace-categories", "marketplace-provider-offerings"] as const).map(
		(list): [string, ShapeName] => [`${list}/`, list],
	),
	...(["marketplace-resources", "marketplace-offering-users", "component-user-usage-limits", "marketplace-offering-usage-policies"] as const).map(
		(list): [string, ShapeName] => [`${list}/`, list],
	),
	["user-permissions/", "user-permissions"],
	[`customers/${id(11)}/list_users/`, "role"],
	[`marketplace-resources/${id(60)}/plan_periods/`, "plan-period"],
	["customer-quotas/?quota_name=os_cpu_count", "customer-quotas"],
];

test.each(lists)("%s answers with every published field, uuids of 32 digits and absolute links", async (path, shape) => {
	const { ask, base } = await started();
	const [record] = (await ask(path)).records;
	expect(Object.keys(record ?? {})).toEqual(expect.arrayContaining([...shapes[shape].keys()]));
	for (const [field, value] of Object.entries(record ?? {})) {
		if (field === "uuid" || field.endsWith("_uuid")) expect(value === null || /^[0-9a-f]{32}$/.test(String(value)), field).toBe(true);
		if (field === "url") expect(String(value).startsWith(base.href), field).toBe(true);
	}
});

test("only the fields that are asked for are answered", async () => {
	const { ask } = await started();
	expect((await ask("users/?field=uuid&field=username")).records).toEqual([{ uuid: id(20), username: "ann" }]);
});

test("a page beyond the end does not exist, and an order that is not offered is refused", async () => {
	const { ask } = await started();
	expect([(await ask("users/?page=2")).status, (await ask("users/?o=token")).status]).toEqual([404, 400]);
});

test("a list says how many records it has, and where it continues", async () => {
	const { ask, base } = await started();
	const { headers } = await ask("customers/?page_size=1");
	expect([headers.get("x-result-count"), headers.get("link")]).toEqual([
		"2",
		expect.stringContaining(`<${base.href}customers/?page_size=1&page=2>; rel="next"`),
	]);
});

describe("a report of usage", () => {
	test("is stored once for each month, and shows in the resource", async () => {
		const { setUsage, usages, clock, ask } = await started();
		expect(await setUsage("5")).toBe(201);
		await setUsage("7.5");
		clock.now = new Date("2026-12-01T00:00:00Z");
		await setUsage("2");
		expect(await usages()).toEqual([
			["2026-11-01", 7.5],
			["2026-12-01", 2],
		]);
		expect((await ask("marketplace-resources/")).records[0]?.["current_usages"]).toEqual({ cpu: 2 });
	});

	test("of a month whose plan is switched is two records", async () => {
		const { setUsage, usages, state } = await started();
		await setUsage("5");
		state.switchPlan(id(60), id(55));
		await setUsage("1");
		await setUsage("3");
		await setUsage("6", { plan_period: id(65) });
		expect(await usages()).toEqual([
			["2026-11-01", 6],
			["2026-11-01", 3],
		]);
	});

	test.each([
		["of a component that the offering does not have", { resource: id(60) }, "gpu"],
		["of no resource", { resource: id(404) }, "cpu"],
	])("%s is refused", async (_, target, type) => {
		const { setUsage, usages } = await started();
		expect([await setUsage("1", target, type), await usages()]).toEqual([400, []]);
	});

	test("by username is stored once for each usage record", async () => {
		const { setUsage, ask, post, base } = await started();
		await setUsage("5");
		const [usage] = (await ask("marketplace-component-usages/")).records;
		const path = `marketplace-component-usages/${usage?.["uuid"]}/set_user_usage/`;
		const user = `${base.href}marketplace-offering-users/${id(70)}/`;
		expect([await post(path, { username: "ann", usage: "1" }), await post(path, { username: "ann", usage: "2.25", user })]).toEqual([201, 201]);
		const { records } = await ask("marketplace-component-user-usages/?field=username&field=usage&field=user&field=component_usage");
		expect(records).toEqual([{ username: "ann", usage: 2.25, user, component_usage: `${base.href}marketplace-component-usages/${usage?.["uuid"]}/` }]);
	});
});

test("a record that is deleted is listed no more, and one that is added is", async () => {
	const { ask, state } = await started();
	state.add("users", { uuid: id(21), username: "bob" });
	state.remove("users", id(20));
	expect((await ask("users/")).records.map(({ username }) => username)).toEqual(["bob"]);
	expect(() => state.remove("users" satisfies ListName, id(20))).toThrow();
});
