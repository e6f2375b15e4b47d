import { describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { SeenKeys } from "../../src/import/seen-keys.ts";
import { id, smallWorld, stored, worldWith } from "./small-world.ts";
import { contents, importFolder, type Lists, testDatabase, testFolders } from "./support.ts";

const database = testDatabase();
const folder = testFolders();
const imported = async (lists: Lists, options = {}) => importFolder(database(), await folder(lists), options);
const rows = (text: string) => database().rows(sql([text]));

const [plain] = smallWorld()["marketplace-component-usages"];
/** Records of one resource, component and month: before a plan was switched, after it, and after it was switched again. */
const first = { ...plain, uuid: id(82), usage: "7.50", created: "2024-03-02T00:00:00Z", date: "2024-03-05T10:00:00Z", description: "before" };
const second = { ...plain, uuid: id(81), usage: "2.25", created: "2024-03-10T00:00:00Z", date: "2024-03-20T10:00:00Z", description: "after" };
const third = { ...plain, uuid: id(83), usage: "0.25", created: "2024-03-12T00:00:00Z", date: "2024-03-12T10:00:00Z", description: "between" };
const other = { ...plain, uuid: id(84), usage: "1", billing_period: "2024-04-01" };
const part = (number: number, usage: string, of: { uuid: string }, username = "ann-hpc") => ({
	uuid: id(number),
	component_usage: of.uuid,
	username,
	usage,
	created: `2024-03-0${number % 10}T00:00:00Z`,
});
const usages = (...records: object[]): Lists => ({ "marketplace-component-usages": records });
const world = (...records: object[]) => worldWith({ ...usages(...records), "marketplace-component-user-usages": [] });
const kept = () => rows(`select "uuid", "usage"::text, "description" from "ComponentUsage" where "billingPeriod" = '2024-03-01'`);
const parts = () => rows(`select "uuid", "usage"::text from "SourceUsage" order by "uuid"`);

const whole = [{ uuid: stored(82), usage: "9.75", description: "after" }];

describe("several records of one resource, component and month are one: their sum", () => {
	test.each([
		["in one order", [first, second], 4_000],
		["in the other order", [second, first], 4_000],
		["in different batches", [first, other, second], 1],
		["in different batches, in the other order", [second, other, first], 1],
	])("%s", async (_, records, batchSize) => {
		const { refusals } = await imported(world(...records), { batchSize });
		expect(refusals).toEqual([]);
		expect(await kept()).toEqual(whole);
		expect(await parts()).toEqual([
			{ uuid: stored(81), usage: "2.25" },
			{ uuid: stored(82), usage: "7.50" },
		]);
	});

	test.each([1, 4_000])("and nothing changes when they come again, in whatever order, %i at once", async (batchSize) => {
		await imported(world(first, second, third, other), { batchSize });
		const before = await contents(database());
		for (const records of [
			[first, second, third, other],
			[third, other, second, first],
		]) {
			expect(await imported(world(...records), { batchSize })).toMatchObject({ created: 0, updated: 0, refused: 0 });
			expect(await contents(database())).toEqual(before);
		}
	});

	test("also when one comes to a record that is stored, before or after it", async () => {
		await imported(world(first));
		await imported(usages(second, first));
		expect(await kept()).toEqual(whole);
		await imported(usages(third, second, first));
		expect(await kept()).toEqual([{ uuid: stored(82), usage: "10.00", description: "after" }]);
	});

	test("and follow a figure that changes", async () => {
		await imported(world(first, second));
		expect(await imported(usages({ ...first, usage: 8 }, second))).toMatchObject({ created: 0, updated: 1, unchanged: 1 });
		expect(await kept()).toEqual([{ uuid: stored(82), usage: "10.25", description: "after" }]);
	});

	test("a plain record has no parts beside it", async () => {
		await imported(world(first, other));
		expect(await parts()).toEqual([]);
	});

	test("current usages are those of the sum", async () => {
		await imported(world(first, second));
		expect(await rows(`select "currentUsages" from "Resource"`)).toEqual([{ currentUsages: { cpu: "9.75" } }]);
	});
});

describe("when one of them is gone from the source", () => {
	test.each([
		["the first", second, 81, "2.25", "after"],
		["the second", first, 82, "7.50", "before"],
	])("%s: the record is the other one", async (_, left, number, usage, description) => {
		await imported(world(first, second));
		await imported(usages(left));
		expect(await kept()).toEqual([{ uuid: stored(number), usage, description }]);
		expect(await parts()).toEqual([]);
		expect(await imported(usages(left))).toMatchObject({ created: 0, updated: 0, unchanged: 1 });
	});

	test("and another one made anew, it takes its place", async () => {
		await imported(world(first, second));
		await imported(usages({ ...second, uuid: id(85), usage: 3 }, first));
		expect(await kept()).toEqual([{ uuid: stored(82), usage: "10.50", description: "after" }]);
		expect((await parts()).length).toBe(2);
	});

	test("all of them, it stays as it is", async () => {
		await imported(world(first, second));
		await imported(usages(other));
		expect(await kept()).toEqual(whole);
	});
});

describe("what is reported here of such a record", () => {
	test("is the total, until the source's records are imported again", async () => {
		await imported(world(first, second));
		await rows(`update "ComponentUsage" set "usage" = 20, "date" = now(), "modified" = now(), "modifiedByUuid" = '${stored(20)}'`);
		await imported(usages(third, second, first));
		expect(await rows(`select "uuid", "usage"::text, "modifiedByUuid" from "ComponentUsage"`)).toEqual([
			{ uuid: stored(82), usage: "10.00", modifiedByUuid: null },
		]);
	});
});

describe("parts by username", () => {
	const userParts = () => rows(`select "componentUsageUuid", "username", "usage"::text from "ComponentUserUsage" order by "username"`);
	const both = [part(91, "1.5", first), part(92, "0.25", second), part(93, "2", second, "bob")];
	const withParts = (records: readonly object[]) => worldWith({ ...usages(first, second), "marketplace-component-user-usages": records });

	test.each([1, 4_000])("of whichever of the records belong to the one, and those of one name are summed, %i at once", async (batchSize) => {
		for (const records of [both, both.toReversed()]) {
			const { refusals } = await imported(withParts(records), { batchSize });
			expect(refusals).toEqual([]);
			expect(await userParts()).toEqual([
				{ componentUsageUuid: stored(82), username: "ann-hpc", usage: "1.75" },
				{ componentUsageUuid: stored(82), username: "bob", usage: "2.00" },
			]);
		}
		expect(await imported(withParts(both), { batchSize })).toMatchObject({ created: 0, updated: 0 });
	});

	test("of one of them that is gone are left out", async () => {
		await imported(withParts(both));
		await imported({ ...usages(second), "marketplace-component-user-usages": both.slice(1) });
		expect(await userParts()).toEqual([
			{ componentUsageUuid: stored(81), username: "ann-hpc", usage: "0.25" },
			{ componentUsageUuid: stored(81), username: "bob", usage: "2.00" },
		]);
	});
});

test("a part that is of another month now is refused", async () => {
	await imported(world(first, second));
	const { refusals } = await imported(usages(first, { ...second, billing_period: "2024-05-01" }));
	expect(refusals.map(({ field, reason }) => ({ field, reason }))).toEqual([{ field: "uuid", reason: `cannot change: the usage is a part of ${stored(82)}` }]);
});

test("uuids that were seen are known, and no others", () => {
	const seen = new SeenKeys();
	const uuids = (from: number) => Array.from({ length: 100_000 }, (_, index) => stored(from + index));
	for (const uuid of uuids(0)) seen.add(uuid);
	for (const uuid of uuids(0)) seen.add(uuid);
	expect(uuids(0).every((uuid) => seen.has(uuid))).toBe(true);
	expect(uuids(100_000).filter((uuid) => seen.has(uuid))).toEqual([]);
});
