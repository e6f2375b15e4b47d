import { describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { takeLease } from "../../src/domain/mirror/sync.store.ts";
import { urlSource } from "../../src/import/url.source.ts";
import type { PassOptions } from "../../src/sync/pass.ts";
import { id, smallWorld, stored } from "../import/small-world.ts";
import { answering } from "../waldur/faults.ts";
import { type Pair, pairForFile, reportByHand } from "./support.ts";

const { start } = pairForFile();

const rows = <Row extends object>(pair: Pair, statement: ReturnType<typeof sql>) => pair.database.rows<Row>(statement);
const usage = async (pair: Pair) => (await rows<{ usage: string }>(pair, sql`select "usage" from "ComponentUsage"`)).map((row) => row.usage);
const entries = async (pair: Pair) =>
	(await rows<{ count: number }>(pair, sql`select count(*)::int as "count" from "LogEntry" where "componentUsageUuid" is not null`))[0]?.count;

/** Another record of the small world's usage, as there is one for each plan period of a month. */
const second = {
	...smallWorld()["marketplace-component-usages"][0],
	uuid: id(81),
	usage: 200,
	created: "2024-03-15T10:00:00Z",
	date: "2024-03-15T10:00:00Z",
};

describe("a figure that is the sum of several records", () => {
	test("turns policies and has its entry of the log when one of them changes", async () => {
		const [plain = {}] = smallWorld()["marketplace-component-usages"];
		const pair = await start({ ...smallWorld(), "marketplace-component-usages": [plain, { ...second, usage: 1 }] });
		await pair.pass();
		await rows(pair, sql`update "OfferingUsagePolicy" set "applyToAll" = true`);
		const before = await entries(pair);
		pair.now = new Date("2024-03-20T13:00:00Z");
		pair.waldur.state.change("marketplace-component-usages", id(81), { usage: 200 });
		await pair.pass();
		expect(await usage(pair)).toEqual(["207.50"]);
		expect(await entries(pair)).toBe((before ?? 0) + 1);
		expect(await rows(pair, sql`select "hasFired" from "OfferingUsagePolicy"`)).toEqual([{ hasFired: true }]);
	});

	test("is left to a report that waits for Waldur", async () => {
		const [plain = {}] = smallWorld()["marketplace-component-usages"];
		const pair = await start({ ...smallWorld(), "marketplace-component-usages": [plain, second] });
		await pair.pass();
		await reportByHand(pair, "5", "PENDING", null);
		await pair.pass();
		expect(await usage(pair)).toEqual(["5.00"]);
	});
});

describe("a pass that does not come to its end", () => {
	const unblocked = async (fails: () => boolean) => {
		const world = smallWorld();
		const customers = world.customers.map((customer) => ({ ...customer, blocked: true }));
		const usages = [{ ...world["marketplace-component-usages"][0], usage: 1000 }];
		const policies = [{ ...world["marketplace-offering-usage-policies"][0], organization_groups: [], apply_to_all: true }];
		const lists = { ...world, customers, "marketplace-component-usages": usages, "marketplace-offering-usage-policies": policies };
		const pair = await start(
			lists,
			(request, response, state) => fails() && (request.url ?? "").includes("/marketplace-component-usages/") && answering(500)(request, response, state),
		);
		await pair.pass();
		pair.now = new Date("2024-03-20T13:00:00Z");
		for (const customer of [id(10), id(11)]) pair.waldur.state.change("customers", customer, { blocked: false });
		return pair;
	};
	const hasFired = (pair: Pair) => rows(pair, sql`select "hasFired" from "OfferingUsagePolicy"`);

	test("evaluates policies after what it has changed", async () => {
		let fails = false;
		const pair = await unblocked(() => fails);
		fails = true;
		await expect(pair.pass()).rejects.toThrow("status 500");
		expect(await hasFired(pair)).toEqual([{ hasFired: true }]);
	});

	test("leaves that to the next one when its process is killed", async () => {
		const pair = await unblocked(() => false);
		await rows(pair, sql`update "Customer" set "blocked" = false`);
		await takeLease(pair.database, pair.sourceId, "killed", new Date("2024-03-20T12:00:00Z"), new Date("2024-03-20T12:02:00Z"));
		await pair.pass();
		expect(await hasFired(pair)).toEqual([{ hasFired: true }]);
	});
});

describe("a whole pass", () => {
	test("keeps a record whose report was sent after the list began to be read, though that list lacks it", async () => {
		const pair = await start();
		await pair.pass();
		await reportByHand(pair, "5", "SENT", pair.now);
		pair.waldur.state.remove("marketplace-component-usages", id(80));
		await pair.pass({ whole: true });
		expect(await usage(pair)).toEqual(["5.00"]);
		pair.now = new Date("2024-03-20T12:00:01Z");
		await pair.pass({ whole: true });
		expect(await usage(pair)).toEqual([]);
	});

	test("takes over someone whom Waldur made anew under the same name: the one before keeps neither it nor an entrance", async () => {
		const pair = await start();
		await pair.pass();
		pair.waldur.state.remove("users", id(20));
		pair.waldur.state.add("users", { uuid: id(21), username: "ann", full_name: "Ann", email: "" });
		await pair.pass({ whole: true });
		expect(await rows(pair, sql`select "uuid", "username", "isActive" from "User" order by "uuid"`)).toEqual([
			{ uuid: stored(20), username: `ann (gone ${stored(20)})`, isActive: false },
			{ uuid: stored(21), username: "ann", isActive: true },
		]);
	});

	test("leaves the name to someone who was made here", async () => {
		const pair = await start();
		await rows(pair, sql`insert into "User" ("username") values ('bob')`);
		pair.waldur.state.add("users", { uuid: id(21), username: "bob", full_name: "Bob", email: "" });
		await pair.pass({ whole: true });
		expect(await rows(pair, sql`select "isActive", "sourceId" from "User" where "username" = 'bob'`)).toEqual([{ isActive: true, sourceId: null }]);
	});
});

describe("a lease that was lost", () => {
	test("is not taken again: the pass ends, and the one that came meanwhile has the last word", async () => {
		const pair = await start();
		await pair.pass();
		pair.now = new Date("2024-03-20T12:10:00Z");
		let isFirst = true;
		const slow: PassOptions["source"] = {
			...urlSource(pair.waldur.base, pair.waldur.token, { pauses: [] }),
			read: async function* (list, filters) {
				yield* urlSource(pair.waldur.base, pair.waldur.token, { pauses: [] }).read(list, filters);
				if (list !== "users" || !isFirst) return;
				isFirst = false;
				pair.now = new Date("2024-03-20T12:20:00Z");
				await pair.pass({ holder: "another" });
			},
		};
		await expect(pair.pass({ source: slow })).rejects.toThrow("the lease was lost");
	});
});

test("a role that Waldur still has is not removed because a field of it cannot be read", async () => {
	const pair = await start();
	await pair.pass();
	const [role] = pair.waldur.state.entries("customer-permissions");
	if (role === undefined) throw new Error("The world has a role.");
	role.item = { ...role.item, expiration_time: "tomorrow" };
	pair.waldur.state.version++;
	await pair.pass();
	expect(await pair.database.rows(sql`select "role"::text as "role" from "CustomerRole"`)).toEqual([{ role: "OWNER" }]);
	expect(pair.lines.join("\n")).toContain("no readable identity");
});

test("a clock of Waldur that is far ahead leaves no gap behind it, and is worth a line", async () => {
	const pair = await start();
	await pair.pass({ sourceTime: async () => new Date("2034-01-01T00:00:00Z") });
	expect(pair.lines.join("\n")).toContain("ahead of this one");
	pair.now = new Date("2024-03-20T12:05:00Z");
	pair.waldur.state.change("users", id(20), { full_name: "Anna" });
	await pair.pass();
	expect(await pair.database.rows(sql`select "fullName" from "User"`)).toEqual([{ fullName: "Anna" }]);
});

test("a pass that fails before it reads anything gives its lease back, and says why", async () => {
	const pair = await start();
	await pair.pass();
	const database: Pair["database"] = {
		...pair.database,
		rows: (statement) => (/"lastSuccess", "lastWhole"/.test(statement.text) ? Promise.reject(new Error("away for a moment")) : pair.database.rows(statement)),
	};
	await expect(pair.pass({ database })).rejects.toThrow("away for a moment");
	expect(await rows(pair, sql`select "holder", "error" from "WaldurSync"`)).toEqual([{ holder: null, error: "away for a moment" }]);
});
