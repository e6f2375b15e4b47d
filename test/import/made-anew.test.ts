import { describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { insert, insertRow } from "../support/insert.ts";
import { changed, id, smallWorld, stored, worldWith } from "./small-world.ts";
import { importFolder, type Lists, testDatabase, testFolders } from "./support.ts";

const database = testDatabase();
const folder = testFolders();
const imported = async (lists: Lists, options = {}) => importFolder(database(), await folder(lists), options);
const rows = (text: string) => database().rows(sql([text]));

/** What the source has made anew takes the stored one's place; once more, nothing changes. */
async function takenOver(lists: Lists): Promise<void> {
	const { created, updated, refusals } = await imported(lists);
	expect({ created, updated, refusals }).toEqual({ created: 0, updated: 1, refusals: [] });
	expect(await imported(lists)).toMatchObject({ created: 0, updated: 0, refused: 0 });
}

describe("what Waldur deleted and made anew under another uuid is what it was", () => {
	test("a usage, with its parts, its firings and its place in the log", async () => {
		await imported(smallWorld());
		const firing = await insert(database(), "PolicyFiring", {
			policyUuid: stored(99),
			offeringUuid: stored(50),
			kind: "FIRED",
			windowStart: "2024-03-01",
			windowEnd: "2024-03-01",
			causeUuid: stored(80),
		});
		await insertRow(database(), "LogEntry", { componentUsageUuid: stored(80) });
		await takenOver({ "marketplace-component-usages": changed("marketplace-component-usages", { uuid: id(81), usage: 9 }) });
		expect(
			await rows(`select u."uuid", u."usage"::text, f."uuid" as "firing", e."componentUsageUuid" as "logged", p."uuid" as "part" from "ComponentUsage" u
				join "PolicyFiring" f on f."causeUuid" = u."uuid" cross join "LogEntry" e join "ComponentUserUsage" p on p."componentUsageUuid" = u."uuid"`),
		).toEqual([{ uuid: stored(81), usage: "9.00", firing, logged: stored(81), part: stored(90) }]);
	});

	test("a username's part", async () => {
		await imported(smallWorld());
		await takenOver({ "marketplace-component-user-usages": changed("marketplace-component-user-usages", { uuid: id(91), usage: 1 }) });
		expect(await rows(`select "uuid", "usage"::text from "ComponentUserUsage"`)).toEqual([{ uuid: stored(91), usage: "1.00" }]);
	});

	test("a limit", async () => {
		await imported(smallWorld());
		await takenOver({ "component-user-usage-limits": changed("component-user-usage-limits", { uuid: id(96), limit: 5 }) });
		expect(await rows(`select "uuid", "limit"::text from "ComponentUserUsageLimit"`)).toEqual([{ uuid: stored(96), limit: "5.00" }]);
	});

	test("an account, with its limits and parts", async () => {
		await imported(smallWorld());
		await takenOver({ "marketplace-offering-users": changed("marketplace-offering-users", { uuid: id(71) }) });
		expect(
			await rows(`select a."uuid", l."uuid" as "limit", p."uuid" as "part" from "OfferingUser" a
				join "ComponentUserUsageLimit" l on l."userUuid" = a."uuid" join "ComponentUserUsage" p on p."userUuid" = a."uuid"`),
		).toEqual([{ uuid: stored(71), limit: stored(95), part: stored(90) }]);
	});

	test("a policy, that has fired", async () => {
		await imported(smallWorld());
		await rows(`update "OfferingUsagePolicy" set "hasFired" = true, "firedDatetime" = '2024-03-05'`);
		await insert(database(), "PolicyFiring", { policyUuid: stored(99), offeringUuid: stored(50), kind: "FIRED", windowEnd: "2024-03-01" });
		await takenOver({ "marketplace-offering-usage-policies": changed("marketplace-offering-usage-policies", { uuid: id(98) }) });
		expect(
			await rows(`select p."uuid", p."hasFired", f."policyUuid", count(l.*)::int as "limits", (select count(*)::int from "OfferingUsagePolicyGroup") as "groups"
				from "OfferingUsagePolicy" p join "PolicyFiring" f on true join "OfferingUsagePolicyComponentLimit" l on l."policyUuid" = p."uuid" group by 1, 2, 3`),
		).toEqual([{ uuid: stored(98), hasFired: true, policyUuid: stored(98), limits: 1, groups: 1 }]);
	});
});

describe("what the source has twice is", () => {
	test("two policies, where they are alike, in whatever order they come", async () => {
		await imported(smallWorld());
		const [policy] = smallWorld()["marketplace-offering-usage-policies"];
		const twice = { "marketplace-offering-usage-policies": [{ ...policy, uuid: id(98) }, policy as object] };
		expect(await imported(twice)).toMatchObject({ created: 1, updated: 0, unchanged: 1, refused: 0 });
		expect(await imported(twice)).toMatchObject({ created: 0, updated: 0, unchanged: 2, refused: 0 });
	});

	test("another policy, where it is not quite the same", async () => {
		await imported(smallWorld());
		for (const [index, fields] of [
			{ period: 3 },
			{ actions: "notify_organization_owners" },
			{ component_limits_set: [{ type: "cpu", limit: 99 }] },
		].entries()) {
			const other = { "marketplace-offering-usage-policies": changed("marketplace-offering-usage-policies", { uuid: id(200 + index), ...fields }) };
			expect(await imported(other)).toMatchObject({ created: 1, updated: 0 });
		}
	});

	test.each([
		["an account", "marketplace-offering-users", 71, `is not the stored account of this user at this offering: ${stored(70)}`],
		["a limit", "component-user-usage-limits", 96, `is not the stored limit of this resource, component and user: ${stored(95)}`],
		["a username's part", "marketplace-component-user-usages", 91, `is not the stored record of this usage and username: ${stored(90)}`],
	] as const)("refused the second time: %s", async (_, list, number, reason) => {
		const [record] = smallWorld()[list] as readonly object[];
		const world = worldWith({ [list]: [record, { ...record, uuid: id(number) }] });
		expect((await imported(world)).refusals).toEqual([{ list, uuid: stored(number), field: "uuid", reason }]);
		expect(await imported(world)).toMatchObject({ created: 0, updated: 0, refused: 1 });
	});
});

describe("people who exchanged their names", () => {
	const named = (...names: string[]) => ({ users: names.map((username, index) => ({ uuid: id(20 + index), username })) });
	const stands = async () => (await rows(`select "username" from "User" order by "uuid"`)).map((row) => (row as { username: string }).username);

	test.each([1, 4_000])("have each other's afterwards, %i records at once", async (batchSize) => {
		await imported(named("ann", "bob", "cid"));
		expect(await imported(named("bob", "cid", "ann"), { batchSize })).toMatchObject({ updated: 3, refused: 0 });
		expect(await stands()).toEqual(["bob", "cid", "ann"]);
	});

	test("are refused where somebody else has one of the names, and keep theirs", async () => {
		await imported(named("ann", "bob", "cid"));
		const { refusals } = await imported(named("bob", "cid"));
		expect(refusals.map(({ field }) => field)).toEqual(["username", "username"]);
		expect(await stands()).toEqual(["ann", "bob", "cid"]);
	});

	test("may come with somebody new", async () => {
		await imported(named("ann", "bob"));
		await imported({ users: [{ uuid: id(29), username: "ann" }, ...named("bob", "zoe").users] }, { batchSize: 1 });
		expect(await stands()).toEqual(["bob", "zoe", "ann"]);
	});
});

describe("after an import", () => {
	const modifiers = async () => rows(`select "modifiedByUuid" from "ComponentUsage"`);

	test("nobody here has reported a figure that it changed", async () => {
		await imported(smallWorld());
		await rows(`update "ComponentUsage" set "modifiedByUuid" = '${stored(20)}'`);
		await imported({ "marketplace-component-usages": changed("marketplace-component-usages", { description: "other" }) });
		expect(await modifiers()).toEqual([{ modifiedByUuid: stored(20) }]);
		await imported({ "marketplace-component-usages": changed("marketplace-component-usages", { usage: 9 }) });
		expect(await modifiers()).toEqual([{ modifiedByUuid: null }]);
	});

	test("nor one that it changed in taking it over", async () => {
		await imported(smallWorld());
		await rows(`update "ComponentUsage" set "modifiedByUuid" = '${stored(20)}'`);
		await imported({ "marketplace-component-usages": changed("marketplace-component-usages", { uuid: id(81) }) });
		expect(await modifiers()).toEqual([{ modifiedByUuid: stored(20) }]);
		await imported({ "marketplace-component-usages": changed("marketplace-component-usages", { uuid: id(82), usage: 9 }) });
		expect(await modifiers()).toEqual([{ modifiedByUuid: null }]);
	});

	test("a quota of which the source has no figure any more has none here", async () => {
		await imported(smallWorld());
		const none = { "customer-quotas": changed("customer-quotas", { value: null }) };
		expect(await imported(none)).toMatchObject({ updated: 1, refused: 0 });
		expect(await rows(`select from "CustomerQuota"`)).toEqual([]);
		expect(await imported(none)).toMatchObject({ updated: 0, unchanged: 1, refused: 0 });
	});

	test("a quota without a figure that names nobody, or several, removes none", async () => {
		await imported(smallWorld());
		await insert(database(), "Customer", { name: "University", abbreviation: "U" });
		const none = changed("customer-quotas", { value: null });
		expect(await imported({ "customer-quotas": [...none, { ...none[0], customer_name: "Nobody" }] })).toMatchObject({ updated: 0, refused: 0 });
		expect((await rows(`select from "CustomerQuota"`)).length).toBe(1);
	});
});
