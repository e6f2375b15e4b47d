import { setTimeout } from "node:timers/promises";
import { describe, expect, inject, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { sql } from "../../src/database/sql.ts";
import { evaluateAllPolicies } from "../../src/domain/month-turn/month-turn.service.ts";
import { generateWorld } from "../../src/world/world.ts";
import { run } from "../command/process.ts";
import { urlOf } from "../support/database.ts";
import { insert } from "../support/insert.ts";
import { changed, id, smallWorld, stored, worldWith } from "./small-world.ts";
import { contents, importFolder, type Lists, testDatabase, testFolders } from "./support.ts";

const database = testDatabase();
const folder = testFolders();
const imported = async (lists: Lists, options = {}) => importFolder(database(), await folder(lists), options);

const demoWorld = async () => {
	const target = await folder();
	await generateWorld({ folder: target, seed: 7, until: "2026-11", months: 18, now: new Date("2026-11-20T10:00:00Z") });
	return target;
};

describe("the demo world", () => {
	test("is imported without a refusal", async () => {
		const { refused, refusals } = await importFolder(database(), await demoWorld());
		expect({ refused, refusals }).toEqual({ refused: 0, refusals: [] });
	});

	test("imported again creates and updates nothing", async () => {
		const world = await demoWorld();
		await importFolder(database(), world);
		const { created, updated } = await importFolder(database(), world);
		expect({ created, updated }).toEqual({ created: 0, updated: 0 });
	});

	test("is the same database whatever the size of the batches", async () => {
		const world = await demoWorld();
		await importFolder(database(), world);
		const atOnce = await contents(database());
		await database().rows(sql`truncate "Customer", "User", "OrganizationGroup", "Category" cascade`);
		await importFolder(database(), world, { batchSize: 7 });
		expect(await contents(database())).toEqual(atOnce);
	});

	test("has policies that fire by its data, and others that stay quiet", async () => {
		const evaluatePolicies = (changed: Database) => evaluateAllPolicies(changed, { now: new Date("2026-11-20T10:00:00Z"), timeZone: "UTC" });
		await importFolder(database(), await demoWorld(), { evaluatePolicies });
		expect(await database().rows(sql`select "hasFired", count(*)::int as policies from "OfferingUsagePolicy" group by 1 order by 1`)).toEqual([
			{ hasFired: false, policies: 4 },
			{ hasFired: true, policies: 3 },
		]);
	});
});

test("of a record that comes twice, the later one counts, though batches are written at once", async () => {
	const [record] = smallWorld()["marketplace-component-usages"] as [object];
	const months = Array.from({ length: 60 }, (_, month) => `20${10 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, "0")}-01`);
	const twice = months.flatMap((billing_period, month) => ["1", "2"].map((usage) => ({ ...record, uuid: id(1000 + month), billing_period, usage })));
	await imported({ ...smallWorld(), "marketplace-component-usages": twice, "marketplace-component-user-usages": [] }, { batchSize: 1 });
	expect(await database().rows(sql`select "usage"::text, count(*)::int as "records" from "ComponentUsage" group by 1`)).toEqual([
		{ usage: "2.00", records: months.length },
	]);
});

test.skipIf(inject("templates").engine === "PGlite")("waits for a lock as long as it takes, not as long as a request may", async () => {
	const source = await folder(smallWorld());
	const running = await database().transaction(async (tx) => {
		await tx.rows(sql`lock table "Customer"`);
		const ended = run("import", { DATABASE_URL: await urlOf(database()) }, source);
		await setTimeout(9_000);
		return { ended };
	});
	expect(await running.ended).toMatchObject({ exitCode: 0 });
});

describe("a second import", () => {
	test("updates the one record that changed", async () => {
		await imported(smallWorld());
		const { created, updated } = await imported(worldWith({ "marketplace-component-usages": changed("marketplace-component-usages", { usage: 8 }) }));
		expect({ created, updated }).toEqual({ created: 0, updated: 1 });
	});

	test("tells when the changed record was modified, and leaves the others alone", async () => {
		await imported({
			users: [
				{ uuid: id(20), username: "ann" },
				{ uuid: id(21), username: "bob" },
			],
		});
		await database().rows(sql`update "User" set "modified" = '2001-01-01'`);
		await imported({
			users: [
				{ uuid: id(20), username: "ann" },
				{ uuid: id(21), username: "robert" },
			],
		});
		expect(await database().rows(sql`select "username" from "User" where "modified" > '2001-01-01'`)).toEqual([{ username: "robert" }]);
	});

	test("keeps the plan period that this service gave to a usage", async () => {
		await imported(smallWorld());
		await database().rows(sql`update "ComponentUsage" set "planPeriodUuid" = ${stored(65)}::uuid`);
		await imported(worldWith({ "marketplace-component-usages": changed("marketplace-component-usages", { usage: 8 }) }));
		expect(await database().rows(sql`select "planPeriodUuid", "usage" from "ComponentUsage"`)).toEqual([{ planPeriodUuid: stored(65), usage: "8.00" }]);
	});

	describe("of a month's usage that this service has written itself", () => {
		const usages = smallWorld()["marketplace-component-usages"];
		const beforehand = async () => {
			await imported(worldWith({ "marketplace-component-usages": [], "marketplace-component-user-usages": [] }));
			const place = { resourceUuid: stored(60), componentUuid: stored(51), offeringUuid: stored(50), projectUuid: stored(30), customerUuid: stored(11) };
			const written = { date: "2024-03-01T00:00:07Z", modified: "2024-03-01T00:00:07Z" };
			const record = { ...place, ...written, uuid: stored(81), type: "cpu", billingPeriod: "2024-03-01", usage: "3", recurring: true };
			await insert(database(), "ComponentUsage", record);
			await insert(database(), "ComponentUserUsage", { uuid: stored(91), componentUsageUuid: stored(81), username: "bob", usage: "1" });
		};
		const records = () => database().rows(sql`select "uuid", "usage", "recurring" from "ComponentUsage"`);

		test("puts the imported record into its place", async () => {
			await beforehand();
			const { updated, refusals } = await imported({ "marketplace-component-usages": usages });
			expect({ updated, refusals, records: await records() }).toEqual({
				updated: 1,
				refusals: [],
				records: [{ uuid: stored(80), usage: "7.50", recurring: false }],
			});
		});

		test("changes nothing when it is done once more", async () => {
			await beforehand();
			await imported({ "marketplace-component-usages": usages });
			expect(await imported({ "marketplace-component-usages": usages })).toMatchObject({ created: 0, updated: 0, unchanged: 1, refused: 0 });
		});

		test("keeps its parts by username", async () => {
			await beforehand();
			await imported({ "marketplace-component-usages": usages });
			expect(await database().rows(sql`select "componentUsageUuid", "username" from "ComponentUserUsage"`)).toEqual([
				{ componentUsageUuid: stored(80), username: "bob" },
			]);
		});
	});

	test("moves the usages of a project that went to another customer", async () => {
		await imported(smallWorld());
		await imported({ projects: changed("projects", { customer_uuid: id(10) }) });
		expect(await database().rows(sql`select "customerUuid" from "ComponentUsage"`)).toEqual([{ customerUuid: stored(10) }]);
	});

	test("takes a customer out of the groups that it left", async () => {
		await imported(smallWorld());
		await imported({ customers: [{ uuid: id(11), name: "University", abbreviation: "U", organization_groups: [] }] });
		expect(await database().rows(sql`select * from "CustomerOrganizationGroup"`)).toEqual([]);
	});

	test("counts a customer that left a group as updated", async () => {
		await imported(smallWorld());
		const { updated } = await imported({ customers: [{ uuid: id(11), name: "University", abbreviation: "U", organization_groups: [] }] });
		expect(updated).toBe(1);
	});

	test("leaves memberships alone when the record does not tell of groups", async () => {
		await imported(smallWorld());
		const { updated } = await imported({ customers: [{ uuid: id(11), name: "University", abbreviation: "U" }] });
		expect(updated).toBe(0);
	});

	test("replaces the limits of a policy as a set", async () => {
		await imported(smallWorld());
		const limits = { component_limits_set: [{ type: "ram", limit: 3 }] };
		await imported({ "marketplace-offering-usage-policies": changed("marketplace-offering-usage-policies", limits) });
		expect(await database().rows(sql`select "componentUuid", "limit" from "OfferingUsagePolicyComponentLimit"`)).toEqual([
			{ componentUuid: stored(52), limit: "3" },
		]);
	});

	test("does not touch whether a policy has fired: that is decided here", async () => {
		await imported(smallWorld());
		await database().rows(sql`update "OfferingUsagePolicy" set "hasFired" = true, "firedDatetime" = '2024-03-05'`);
		const { updated } = await imported(smallWorld());
		expect({ updated, policies: await database().rows(sql`select "hasFired" from "OfferingUsagePolicy"`) }).toEqual({
			updated: 0,
			policies: [{ hasFired: true }],
		});
	});
});

describe("policies are evaluated", () => {
	const evaluations = async (lists: Lists) => {
		let count = 0;
		await imported(lists, {
			evaluatePolicies: async () => {
				count++;
			},
		});
		return count;
	};

	test("once after an import that brought something", async () => {
		expect(await evaluations(smallWorld())).toBe(1);
	});

	test("and after one that changed nothing: what the one before wrote may not have been evaluated", async () => {
		await imported(smallWorld());
		expect(await evaluations(smallWorld())).toBe(1);
	});
});

describe("an import that was killed", () => {
	/** The database of a process that dies at its nth transaction. */
	const dyingAt = (transactions: number): Database => {
		let left = transactions;
		return {
			...database(),
			transaction: (work) => {
				if (left-- === 0) throw new Error("killed");
				return database().transaction(work);
			},
		};
	};

	test("is completed by the next one", async () => {
		const world = await demoWorld();
		await importFolder(database(), world);
		const whole = await contents(database());
		await database().rows(sql`truncate "Customer", "User", "OrganizationGroup", "Category" cascade`);
		await importFolder(dyingAt(30), world, { batchSize: 100 }).catch(() => {});
		await importFolder(database(), world);
		expect(await contents(database())).toEqual(whole);
	});

	test("leaves what it had written", async () => {
		await importFolder(dyingAt(30), await demoWorld(), { batchSize: 100 }).catch(() => {});
		const [row] = await database().rows<{ usages: number }>(sql`select count(*)::int as usages from "ComponentUsage"`);
		expect(row?.usages).toBeGreaterThan(0);
	});
});

describe("a strict import", () => {
	const withDangling = () => worldWith({ "marketplace-component-user-usages": changed("marketplace-component-user-usages", { component_usage: id(404) }) });

	test("writes everything when nothing is refused", async () => {
		const { written, created } = await imported(smallWorld(), { strict: true });
		expect({ written, created }).toEqual({ written: true, created: 16 });
	});

	test("writes nothing when one record is refused", async () => {
		const empty = await contents(database());
		await imported(withDangling(), { strict: true });
		expect(await contents(database())).toEqual(empty);
	});

	test("tells what it refused", async () => {
		const { written, refusals } = await imported(withDangling(), { strict: true });
		expect({ written, refused: refusals.map(({ uuid, field }) => ({ uuid, field })) }).toEqual({
			written: false,
			refused: [{ uuid: stored(90), field: "component_usage" }],
		});
	});

	test("goes on after a statement that the database refused, to tell of the others", async () => {
		await database().rows(sql`alter table "User" add constraint "no_bob" check ("username" <> 'bob')`);
		const users = [
			{ uuid: id(21), username: "bob" },
			{ uuid: id(22), username: "" },
		];
		const { refusals } = await imported({ users }, { strict: true });
		await database().rows(sql`alter table "User" drop constraint "no_bob"`);
		expect(refusals.map(({ uuid }) => uuid).sort()).toEqual([stored(21), stored(22)]);
	});
});
