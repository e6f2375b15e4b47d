import { describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { syncStatus } from "../../src/domain/mirror/sync.store.ts";
import type { Source } from "../../src/import/source.ts";
import { urlSource } from "../../src/import/url.source.ts";
import { id, smallWorld, stored } from "../import/small-world.ts";
import { type Pair, pairForFile, reportByHand } from "./support.ts";

const { start } = pairForFile();

const lists = (pair: Pair) => syncStatus(pair.database, pair.sourceId, pair.now).then((status) => new Map(status.lists.map((list) => [list.name, list])));
const rows = <Row extends object>(pair: Pair, statement: ReturnType<typeof sql>) => pair.database.rows<Row>(statement);
const usage = async (pair: Pair) =>
	(await rows<{ usage: string }>(pair, sql`select "usage" from "ComponentUsage" order by "billingPeriod" desc, "usage"`)).map((row) => row.usage);
const roles = async (pair: Pair) =>
	(await rows<{ role: string }>(pair, sql`select "role"::text as "role" from "CustomerRole" order by 1`)).map((row) => row.role);

describe("the first pass", () => {
	test("reads everything, and every row says where it is from", async () => {
		const pair = await start();
		expect(await pair.pass()).toMatchObject({ busy: false, isWhole: true });
		expect(await usage(pair)).toEqual(["7.50"]);
		expect(
			await rows(
				pair,
				sql`select distinct "sourceId" from "ComponentUsage" union select "sourceId" from "Resource" union select "sourceId" from "CustomerRole"`,
			),
		).toEqual([{ sourceId: pair.sourceId }]);
		expect(await syncStatus(pair.database, pair.sourceId, pair.now)).toMatchObject({
			error: null,
			lastSuccess: pair.now,
			lastWhole: pair.now,
			isRunning: false,
		});
	});

	test("takes rows over that came without a source, and leaves those of another one alone", async () => {
		const pair = await start();
		await pair.pass();
		await rows(pair, sql`update "Resource" set "sourceId" = null`);
		await rows(pair, sql`update "Customer" set "sourceId" = 99 where "uuid" = ${stored(11)}::uuid`);
		pair.waldur.state.change("customers", id(11), { name: "Renamed" });
		pair.waldur.state.change("customers", id(10), { name: "Renamed" });
		await pair.pass({ whole: true });
		expect(await rows(pair, sql`select "sourceId" from "Resource"`)).toEqual([{ sourceId: pair.sourceId }]);
		expect(await rows(pair, sql`select "name", "sourceId" from "Customer" order by "uuid"`)).toEqual([
			{ name: "Renamed", sourceId: pair.sourceId },
			{ name: "University", sourceId: 99 },
		]);
	});
});

describe("a later pass", () => {
	test("reads what changed, and finds new figures and changed ones", async () => {
		const pair = await start();
		await pair.pass();
		pair.now = new Date("2024-03-20T12:05:00Z");
		const resource = pair.waldur.state.find("marketplace-resources", id(60));
		if (resource === undefined) throw new Error("The world has a resource.");
		pair.waldur.state.setUsage(resource, undefined, { type: "ram", amount: "3.25" });
		pair.waldur.state.change("marketplace-component-usages", id(80), { usage: 9, date: "2024-03-20T12:05:00Z" });
		pair.waldur.state.change("users", id(20), { full_name: "Anna" });
		pair.waldur.requests.splice(0);
		expect(await pair.pass()).toMatchObject({ isWhole: false });
		expect(await usage(pair)).toEqual(["3.25", "9.00"]);
		expect(await rows(pair, sql`select "fullName" from "User"`)).toEqual([{ fullName: "Anna" }]);
		expect(pair.waldur.requests.filter((request) => request.includes("/users/"))).toEqual([expect.stringContaining("modified=")]);
		const log = await rows(pair, sql`select count(*)::int as "count" from "LogEntry" where "componentUsageUuid" is not null`);
		expect(log).toEqual([{ count: 2 }]); // of the first pass there is none
	});

	test("withdraws a role at once, though it is no whole pass", async () => {
		const pair = await start();
		await pair.pass();
		expect(await roles(pair)).toEqual(["OWNER"]);
		pair.waldur.state.withdraw("customer-permissions", id(20), "CUSTOMER.OWNER", id(11));
		pair.now = new Date("2024-03-20T12:01:00Z");
		expect(await pair.pass()).toMatchObject({ isWhole: false });
		expect(await roles(pair)).toEqual([]);
		expect((await lists(pair)).get("customer-permissions")).toMatchObject({ removed: 1 });
	});

	test("turns a policy that a figure of Waldur's exceeds, with the figure as its cause", async () => {
		const world = smallWorld();
		const pair = await start(world);
		await pair.pass();
		await rows(pair, sql`update "OfferingUsagePolicy" set "hasFired" = false, "applyToAll" = true, "period" = 'ONE_MONTH'`);
		await rows(pair, sql`update "OfferingUsagePolicyComponentLimit" set "limit" = 100`);
		await rows(pair, sql`insert into "MonthTurn" ("offeringUuid", "billingPeriod") values (${stored(50)}::uuid, '2024-03-01') on conflict do nothing`);
		await rows(pair, sql`delete from "PolicyFiring"`);
		pair.now = new Date("2024-03-20T13:00:00Z");
		pair.waldur.state.change("marketplace-component-usages", id(80), { usage: 1000, date: "2024-03-20T13:00:00Z" });
		await pair.pass();
		expect(await rows(pair, sql`select "kind"::text as "kind", "causeUuid" from "PolicyFiring"`)).toEqual([{ kind: "FIRED", causeUuid: stored(80) }]);
	});

	test("leaves the watermark where it was when a list cannot be read, and says why", async () => {
		let fails = false;
		const pair = await start(smallWorld(), (request, response) => {
			if (!fails || !(request.url ?? "").includes("/marketplace-resources/?")) return false;
			response.writeHead(500).end();
			return true;
		});
		await pair.pass();
		fails = true;
		pair.now = new Date("2024-03-20T12:05:00Z");
		await expect(pair.pass()).rejects.toThrow("status 500");
		const status = await syncStatus(pair.database, pair.sourceId, pair.now);
		expect(status).toMatchObject({ error: expect.stringContaining("status 500"), lastSuccess: new Date("2024-03-20T12:00:00Z"), isRunning: false });
		fails = false;
		pair.waldur.state.change("marketplace-resources", id(60), { name: "Renamed" });
		pair.now = new Date("2024-03-20T12:06:00Z");
		await pair.pass();
		expect(await rows(pair, sql`select "name" from "Resource"`)).toEqual([{ name: "Renamed" }]);
	});

	test("is not begun while another process synchronizes", async () => {
		const pair = await start();
		let inner: unknown;
		await pair.pass({
			holder: "one",
			sourceTime: async () => {
				inner = await pair.pass({ holder: "two" });
				return pair.now;
			},
		});
		expect(inner).toEqual({ busy: true });
	});
});

describe("a whole pass", () => {
	test("removes what Waldur does not have any more", async () => {
		const pair = await start();
		await pair.pass();
		const { state } = pair.waldur;
		for (const list of [
			"component-user-usage-limits",
			"marketplace-offering-usage-policies",
			"marketplace-component-user-usages",
			"marketplace-component-usages",
		] as const)
			for (const { item } of [...state.entries(list)]) state.remove(list, String(item["uuid"]));
		state.remove("marketplace-resources", id(60));
		state.remove("users", id(20));
		await pair.pass({ whole: true });
		expect(
			await rows(
				pair,
				sql`select (select count(*)::int from "ComponentUserUsageLimit") as "limits", (select count(*)::int from "OfferingUsagePolicy") as "policies",
				(select count(*)::int from "ComponentUserUsage") as "parts", (select count(*)::int from "ComponentUsage") as "usages",
				(select "state"::text from "Resource") as "resource", (select "isActive" from "User") as "active",
				(select count(*)::int from "ResourcePlanPeriod" where "end" is null) as "periods"`,
			),
		).toEqual([{ limits: 0, policies: 0, parts: 0, usages: 0, resource: "TERMINATED", active: false, periods: 0 }]);
	});

	test("never removes what was made here", async () => {
		const pair = await start();
		await pair.pass();
		await rows(pair, sql`insert into "User" ("username") values ('local')`);
		await pair.pass({ whole: true });
		expect(await rows(pair, sql`select "isActive" from "User" where "username" = 'local'`)).toEqual([{ isActive: true }]);
	});

	const many = () => ({
		...smallWorld(),
		users: [...smallWorld().users, ...[...Array(40).keys()].map((index) => ({ uuid: id(1000 + index), username: `user${index}` }))],
	});

	test("holds more removals than 20 and a twentieth of the list, until they are confirmed", async () => {
		const pair = await start(many());
		await pair.pass();
		for (let index = 0; index < 21; index++) pair.waldur.state.remove("users", id(1000 + index));
		await pair.pass({ whole: true });
		const active = async () => (await rows<{ count: number }>(pair, sql`select count(*)::int as "count" from "User" where "isActive"`))[0]?.count;
		expect(await active()).toBe(41);
		expect((await lists(pair)).get("users")).toMatchObject({ held: 21, removed: 0 });
		expect(pair.lines.join("\n")).toContain("npm run sync -- --yes");
		await pair.pass({ whole: true, confirmed: true });
		expect(await active()).toBe(20);
		expect((await lists(pair)).get("users")).toMatchObject({ held: 0, removed: 21 });
	});

	test("still holds them after a pass that reads what changed, and compares nothing", async () => {
		const pair = await start(many());
		await pair.pass();
		for (let index = 0; index < 21; index++) pair.waldur.state.remove("users", id(1000 + index));
		await pair.pass({ whole: true });
		await pair.pass();
		expect((await lists(pair)).get("users")).toMatchObject({ held: 21 });
		for (let index = 0; index < 21; index++) pair.waldur.state.add("users", { uuid: id(1000 + index), username: `user${index}` });
		await pair.pass({ whole: true });
		expect((await lists(pair)).get("users")).toMatchObject({ held: 0 });
	});

	test("holds no roles, however many are withdrawn", async () => {
		const people = [...Array(30).keys()].map((index) => ({ uuid: id(1000 + index), username: `user${index}` }));
		const owners = people.map(({ uuid }) => ({ user_uuid: uuid, role_name: "CUSTOMER.OWNER", scope_uuid: id(11), expiration_time: null }));
		const world = smallWorld();
		const pair = await start({ ...world, users: [...world.users, ...people], "customer-permissions": [...world["customer-permissions"], ...owners] });
		await pair.pass();
		for (const { user_uuid } of owners) pair.waldur.state.withdraw("customer-permissions", user_uuid, "CUSTOMER.OWNER", id(11));
		await pair.pass();
		expect(await roles(pair)).toEqual(["OWNER"]);
	});

	test("removes nothing of a list that could not be read whole", async () => {
		const pair = await start();
		await pair.pass();
		pair.waldur.state.remove("marketplace-component-usages", id(80));
		await pair.pass({ whole: true, source: { ...sourceOf(pair), read: uncounted(pair) } });
		expect(await usage(pair)).toEqual(["7.50"]);
		expect(pair.lines.join("\n")).toContain("could not be read whole");
	});

	test("keeps a role and a record that are refused now, for Waldur still has them", async () => {
		const pair = await start();
		await pair.pass();
		pair.waldur.state.change("marketplace-component-usages", id(80), { usage: -5 });
		await pair.pass({ whole: true });
		expect(await usage(pair)).toEqual(["7.50"]);
		expect((await lists(pair)).get("marketplace-component-usages")).toMatchObject({ refused: 1, removed: 0 });
	});
});

const sourceOf = (pair: Pair) => urlSource(pair.waldur.base, pair.waldur.token, { pauses: [] });

/** The lists of the pair's Waldur, whose usages are said not to be whole. */
const uncounted = (pair: Pair): Source["read"] =>
	async function* (list, filters) {
		for await (const piece of sourceOf(pair).read(list, filters)) yield list === "marketplace-component-usages" ? { ...piece, whole: false } : piece;
	};

describe("a figure that was reported here", () => {
	test.each([
		["is PENDING", "PENDING", null, "5.00"],
		["was SENT after the list began to be read", "SENT", "2024-03-20T12:05:00.000Z", "5.00"],
		["was SENT before", "SENT", "2024-03-20T12:04:00.000Z", "7.50"],
		["is FAILED", "FAILED", null, "7.50"],
	])("that %s is kept, or yields", async (_, state, sent, expected) => {
		const pair = await start();
		await pair.pass();
		await reportByHand(pair, "5", state, sent === null ? null : new Date(sent));
		pair.now = new Date("2024-03-20T12:05:00Z");
		await pair.pass({ whole: true });
		expect(await usage(pair)).toEqual([expected]);
		const told = pair.lines.some((line) => line.includes("7.50 instead of 5.00"));
		expect(told).toBe(expected === "7.50");
	});
});
