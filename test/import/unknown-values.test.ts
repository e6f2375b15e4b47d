import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { reportTo } from "../../src/import/report.ts";
import { Warnings, warningLine } from "../../src/import/warnings.ts";
import { run } from "../command/process.ts";
import { changed, id, smallWorld, worldWith } from "./small-world.ts";
import { importFolder, type Lists, testDatabase, testFolders } from "./support.ts";

const database = testDatabase();
const folder = testFolders();
const imported = async (lists: Lists) => importFolder(database(), await folder(lists));
const [cpu, ...others] = smallWorld()["marketplace-provider-offerings"][0]?.components ?? [];
const offering = (fields: object): Lists => worldWith({ "marketplace-provider-offerings": changed("marketplace-provider-offerings", fields) });
const policy = (fields: object): Lists => worldWith({ "marketplace-offering-usage-policies": changed("marketplace-offering-usage-policies", fields) });
const roles = (...names: string[]) => names.map((role_name) => ({ user_uuid: id(20), role_name, scope_uuid: id(11), expiration_time: null }));

const taken: [string, Lists, object, string, unknown][] = [
	[
		"an offering in a state that we do not know is not on sale",
		offering({ state: "Retired" }),
		{ list: "marketplace-provider-offerings", field: "state", value: '"Retired"', taken: "UNAVAILABLE" },
		`select "state" as "kept" from "Offering"`,
		"UNAVAILABLE",
	],
	[
		"a resource in a state that we do not know takes no reports",
		worldWith({ "marketplace-resources": changed("marketplace-resources", { state: "Shelved" }) }),
		{ list: "marketplace-resources", field: "state", value: '"Shelved"', taken: "ERRED" },
		`select "state" as "kept" from "Resource"`,
		"ERRED",
	],
	[
		"a component of a billing type that we do not know takes no reports",
		offering({ components: [{ ...cpu, billing_type: "free" }, ...others] }),
		{ list: "marketplace-provider-offerings", field: "components[].billing_type", value: '"free"', taken: "FIXED" },
		`select "billingType" as "kept" from "OfferingComponent" where "type" = 'cpu'`,
		"FIXED",
	],
	[
		"a cap over a period that we do not know counts everything",
		offering({ components: [{ ...cpu, limit_period: "weekly", limit_amount: 5 }, ...others] }),
		{ list: "marketplace-provider-offerings", field: "components[].limit_period", value: '"weekly"', taken: "TOTAL" },
		`select "limitPeriod" as "kept" from "OfferingComponent" where "type" = 'cpu'`,
		"TOTAL",
	],
	[
		"an action that we do not know is not done",
		policy({ actions: "notify_organization_owners,terminate_resources" }),
		{ list: "marketplace-offering-usage-policies", field: "actions", value: '"terminate_resources"', taken: null },
		`select "actions"::text as "kept" from "OfferingUsagePolicy"`,
		"{NOTIFY_ORGANIZATION_OWNERS}",
	],
	[
		"a role of another name opens nothing",
		worldWith({ "customer-permissions": roles("CUSTOMER.AUDITOR") }),
		{ list: "customer-permissions", field: "role_name", value: '"CUSTOMER.AUDITOR"', taken: null },
		`select count(*)::int as "kept" from "CustomerRole"`,
		0,
	],
	[
		"a quota that we do not know is left out",
		worldWith({ "customer-quotas": [{ quota_name: "gpus", customer_uuid: id(11), value: 1 }] }),
		{ list: "customer-quotas", field: "quota_name", value: '"gpus"', taken: null },
		`select count(*)::int as "kept" from "CustomerQuota"`,
		0,
	],
];

describe("a value that is not known costs nothing but itself", () => {
	test.each(taken)("%s", async (_, lists, warning, kept, value) => {
		const { refusals, warnings } = await imported(lists);
		expect({ refusals, warnings }).toEqual({ refusals: [], warnings: [{ ...warning, count: 1 }] });
		expect(await database().rows(sql([kept]))).toEqual([{ kept: value }]);
	});

	test("and is counted, a line for each list, field and value", async () => {
		const { warnings } = await imported(worldWith({ "customer-permissions": roles("CUSTOMER.AUDITOR", "CUSTOMER.CLERK", "CUSTOMER.AUDITOR") }));
		expect(warnings.map(warningLine)).toEqual([
			'customer-permissions: role_name "CUSTOMER.AUDITOR" is unknown, left out (2 times).',
			'customer-permissions: role_name "CUSTOMER.CLERK" is unknown, left out (1 time).',
		]);
	});

	test("of more than a thousand values, the others are counted together", () => {
		const warnings = new Warnings();
		for (let value = 0; value < 1_500; value++) warnings.add("customer-permissions", { field: "role_name", value: String(value), taken: null });
		expect(warnings.all().length).toBe(1_001);
		expect(warnings.all().at(-1)).toEqual({ list: "customer-permissions", field: "role_name", value: "others", taken: null, count: 500 });
	});

	test("stands in the report with its kind", async () => {
		const file = join(await folder(), "report.jsonl");
		const report = reportTo(file);
		report.begin();
		const warning = { list: "customer-permissions", field: "role_name", value: '"X"', taken: null, count: 2 } as const;
		report.warn(warning);
		report.close();
		expect(JSON.parse(await readFile(file, "utf8"))).toEqual({ kind: "warning", ...warning });
	});
});

test("a reader and an observer have their own roles, beside others of the same person", async () => {
	const on = (list: "customer-permissions" | "project-permissions", scope: number, ...names: string[]): Lists => ({
		[list]: names.map((role_name, index) => ({
			user_uuid: id(20),
			role_name,
			scope_uuid: id(scope),
			expiration_time: index === 0 ? null : "2027-01-01T00:00:00Z",
		})),
	});
	const world = {
		...smallWorld(),
		...on("customer-permissions", 11, "CUSTOMER.SUPPORT", "CUSTOMER.READER"),
		...on("project-permissions", 30, "PROJECT.MEMBER", "PROJECT.OBSERVER"),
	};
	await imported(world);
	const { created, updated, warnings } = await imported(world);
	expect({ created, updated, warnings }).toEqual({ created: 0, updated: 0, warnings: [] });
	expect(
		await database().rows(
			sql`select "role"::text, "expires" is null as "forever" from "CustomerRole" union all select "role"::text, "expires" is null from "ProjectRole" order by 1`,
		),
	).toEqual([
		{ role: "MEMBER", forever: true },
		{ role: "OBSERVER", forever: false },
		{ role: "READER", forever: false },
		{ role: "SUPPORT", forever: true },
	]);
});

test("the command says what it did not know, and ends as if all was in", async () => {
	const source = await folder(worldWith({ "customer-permissions": roles("CUSTOMER.AUDITOR") }));
	const data = await folder();
	const ended = await run("import", { DATA_DIR: join(data, "db") }, source, "--report", join(data, "report.jsonl"));
	expect(ended).toMatchObject({
		exitCode: 0,
		stdout: expect.stringContaining('customer-permissions: role_name "CUSTOMER.AUDITOR" is unknown, left out (1 time).'),
	});
});
