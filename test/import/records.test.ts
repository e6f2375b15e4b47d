import { describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { changed, id, smallWorld, stored, worldWith } from "./small-world.ts";
import { importFolder, type Lists, testDatabase, testFolders } from "./support.ts";

const database = testDatabase();
const folder = testFolders();
const imported = async (lists: Lists, options = {}) => importFolder(database(), await folder(lists), options);

const usage = (fields: object) => ({ ...smallWorld()["marketplace-component-usages"][0], ...fields });
const offering = (fields: object) => changed("marketplace-provider-offerings", fields);
const components = smallWorld()["marketplace-provider-offerings"][0]?.components ?? [];

test("a world of one of everything is imported without a refusal", async () => {
	expect((await imported(smallWorld())).refusals).toEqual([]);
});

describe("what is derived", () => {
	test("a usage belongs to the component, project and customer of its resource", async () => {
		await imported(smallWorld());
		expect(await database().rows(sql`select "componentUuid", "offeringUuid", "projectUuid", "customerUuid", "planPeriodUuid" from "ComponentUsage"`)).toEqual([
			{ componentUuid: stored(51), offeringUuid: stored(50), projectUuid: stored(30), customerUuid: stored(11), planPeriodUuid: null },
		]);
	});

	const links = () =>
		database().rows(sql`
			select c."type", k."title" as "category" from "OfferingComponent" c
			left join "CategoryComponent" p on p."uuid" = c."categoryComponentUuid" left join "Category" k on k."uuid" = p."categoryUuid" order by 1
		`);

	test("a component is totalled in the category's component of its type", async () => {
		await imported(smallWorld());
		expect(await links()).toEqual([
			{ type: "cpu", category: "Computing" },
			{ type: "ram", category: null },
		]);
	});

	test("a component is totalled in one that its category has been given since", async () => {
		await imported(smallWorld());
		const ram = { type: "ram", name: "Memory", measured_unit: "GB" };
		await imported(worldWith({ "marketplace-categories": [{ uuid: id(40), title: "Computing", components: [ram] }] }));
		expect(await links()).toContainEqual({ type: "ram", category: "Computing" });
	});

	test("the components of an offering that moved to another category are totalled there, also those that the source has no more", async () => {
		await imported(smallWorld());
		const categories = [{ uuid: id(41), title: "Machines", components: [{ type: "ram", name: "Memory", measured_unit: "GB" }] }];
		const moved = offering({ category_uuid: id(41), components: components.slice(1) });
		await imported({ "marketplace-categories": categories, "marketplace-provider-offerings": moved });
		expect(await links()).toEqual([
			{ type: "cpu", category: null },
			{ type: "ram", category: "Machines" },
		]);
	});

	test("a plan includes an amount of nothing where it only has a price", async () => {
		await imported(smallWorld());
		expect(
			await database().rows(
				sql`select c."type", p."amount", p."price" from "PlanComponent" p join "OfferingComponent" c on c."uuid" = p."componentUuid" order by 1`,
			),
		).toEqual([
			{ type: "cpu", amount: "10.00", price: "0.0100000000" },
			{ type: "ram", amount: "0.00", price: "2.0000000000" },
		]);
	});

	test("a usage without a billing month is of the month of its date in the configured zone", async () => {
		await imported(worldWith({ "marketplace-component-usages": [usage({ billing_period: undefined, date: "2024-07-31T21:25:00Z" })] }), {
			timeZone: "Europe/Tallinn",
		});
		expect(await database().rows(sql`select "billingPeriod"::text from "ComponentUsage"`)).toEqual([{ billingPeriod: "2024-08-01" }]);
	});

	test("a billing period in the middle of a month is that month", async () => {
		await imported(worldWith({ "marketplace-component-usages": [usage({ billing_period: "2024-03-15" })] }));
		expect(await database().rows(sql`select "billingPeriod"::text from "ComponentUsage"`)).toEqual([{ billingPeriod: "2024-03-01" }]);
	});

	test("a part of a usage without an account gets the offering's account of that username", async () => {
		await imported(worldWith({ "marketplace-component-user-usages": changed("marketplace-component-user-usages", { user: null }) }));
		expect(await database().rows(sql`select "userUuid" from "ComponentUserUsage"`)).toEqual([{ userUuid: stored(70) }]);
	});

	test("a policy is of the user that its author's name tells", async () => {
		await imported(smallWorld());
		expect(await database().rows(sql`select "createdByUuid", "externalUserEmails" from "OfferingUsagePolicy"`)).toEqual([
			{ createdByUuid: stored(20), externalUserEmails: ["a@example.org", "b@example.org"] },
		]);
	});

	test("a quota finds its customer by name and abbreviation", async () => {
		await imported(smallWorld());
		expect(await database().rows(sql`select "customerUuid", "quotaName"::text from "CustomerQuota"`)).toEqual([
			{ customerUuid: stored(11), quotaName: "OS_CPU_COUNT" },
		]);
	});

	test("a group may come before its parent", async () => {
		const groups = [
			{ uuid: id(2), name: "Faculty", parent: `https://waldur.example.org/api/organization-groups/${id(1)}/` },
			...smallWorld()["organization-groups"],
		];
		await imported({ "organization-groups": groups });
		expect(await database().rows(sql`select "parentUuid" from "OrganizationGroup" where "uuid" = ${stored(2)}::uuid`)).toEqual([{ parentUuid: stored(1) }]);
	});
});

describe("how Waldur writes", () => {
	test("objects are found by links where no uuid stands beside them", async () => {
		const links = { customer_uuid: undefined, customer: `https://waldur.example.org/api/customers/${id(11)}/` };
		await imported(worldWith({ projects: changed("projects", links) }));
		expect(await database().rows(sql`select "customerUuid" from "Project"`)).toEqual([{ customerUuid: stored(11) }]);
	});

	test("a group may be given as a link", async () => {
		const links = { organization_groups: [`https://waldur.example.org/api/organization-groups/${id(1)}/`] };
		await imported(worldWith({ "marketplace-offering-usage-policies": changed("marketplace-offering-usage-policies", links) }));
		expect(await database().rows(sql`select "organizationGroupUuid" from "OfferingUsagePolicyGroup"`)).toEqual([{ organizationGroupUuid: stored(1) }]);
	});

	test("both written forms of a uuid are the same object", async () => {
		await imported(smallWorld());
		const { created } = await imported({ users: changed("users", { uuid: stored(20).toUpperCase() }) });
		expect(created).toBe(0);
	});

	test.each(['"12345678901234567.89"', "12345678901234567.89"])("the usage %s keeps every digit", async (written) => {
		const text = JSON.stringify([usage({ usage: "HERE" })]).replace('"HERE"', written);
		await imported(worldWith({ "marketplace-component-usages": text }));
		expect(await database().rows(sql`select "usage" from "ComponentUsage"`)).toEqual([{ usage: "12345678901234567.89" }]);
	});

	test.each([
		["1e3", "1000.00"],
		['"5.0000000000"', "5.00"],
		["-0", "0.00"],
		["0.10", "0.10"],
	])("the usage %s is %s", async (written, kept) => {
		const text = JSON.stringify([usage({ usage: "HERE" })]).replace('"HERE"', written);
		await imported(worldWith({ "marketplace-component-usages": text }));
		expect(await database().rows(sql`select "usage" from "ComponentUsage"`)).toEqual([{ usage: kept }]);
	});

	test("amounts of a resource are kept as exact strings", async () => {
		await imported(smallWorld());
		expect(await database().rows(sql`select "limits", "currentUsages" from "Resource"`)).toEqual([{ limits: { ram: "4" }, currentUsages: { cpu: "7.5" } }]);
	});

	test("amounts of a resource that were computed in binary floating point are rounded to hundredths", async () => {
		const limits = { limits: { ram: 4.000000001 }, current_usages: { cpu: 7.499999999999 } };
		await imported(worldWith({ "marketplace-resources": changed("marketplace-resources", limits), "marketplace-component-usages": [] }));
		expect(await database().rows(sql`select "limits", "currentUsages" from "Resource"`)).toEqual([{ limits: { ram: "4" }, currentUsages: { cpu: "7.5" } }]);
	});

	describe("what the provider's own system calls a resource or an offering", () => {
		const named = (backend_id: unknown) =>
			imported(
				worldWith({ "marketplace-resources": changed("marketplace-resources", { backend_id }), "marketplace-provider-offerings": offering({ backend_id }) }),
			);
		const kept = () => database().rows(sql`select r."backendId" as "resource", o."backendId" as "offering" from "Resource" r, "Offering" o`);

		test("is kept as it is, and replaced by what it is called later", async () => {
			await named(" alloc/7 Ä");
			expect(await kept()).toEqual([{ resource: " alloc/7 Ä", offering: " alloc/7 Ä" }]);
			await named("𝒶".repeat(255));
			expect(await kept()).toEqual([{ resource: "𝒶".repeat(255), offering: "𝒶".repeat(255) }]);
		});

		test.each([
			["null", null],
			["empty", ""],
			["absent", undefined],
		])("is empty when it is %s, whatever it was before", async (_what, given) => {
			await named("alloc-7");
			await named(given);
			expect(await kept()).toEqual([{ resource: "", offering: "" }]);
		});

		test.each([
			["is longer than 255 characters", "a".repeat(256)],
			["is not text: 7", 7],
			["holds a character that cannot be stored", "a\0"],
		])("is refused when it %s", async (reason, given) => {
			await imported(smallWorld());
			const { refusals } = await named(given);
			expect(refusals).toContainEqual({ list: "marketplace-resources", uuid: stored(60), field: "backend_id", reason });
			expect(refusals).toContainEqual({ list: "marketplace-provider-offerings", uuid: stored(50), field: "backend_id", reason });
		});
	});

	test("fields that nobody knows are ignored", async () => {
		expect((await imported(worldWith({ users: changed("users", { civil_number: "1", __proto__: { odd: true } }) }))).refused).toBe(0);
	});
});

const refusedUsages: [string, object, string, string][] = [
	["without an amount", { usage: null }, "usage", "is missing"],
	["with a negative amount", { usage: -1 }, "usage", "is negative: -1"],
	["with an amount that is no number", { usage: "NaN" }, "usage", 'is not a number: "NaN"'],
	["with a thousandth", { usage: "0.001" }, "usage", 'has more than 2 decimal places: "0.001"'],
	["with 19 digits before the point", { usage: "1234567890123456789" }, "usage", 'has more than 18 digits before the point: "1234567890123456789"'],
	["of a resource that does not exist", { resource_uuid: id(404) }, "resource_uuid", `points at a resource that does not exist: ${stored(404)}`],
	["of a component that the offering does not have", { type: "gpu" }, "type", "points at a component of the offering that does not exist: gpu"],
	["without a readable date", { date: "2024-02-31T00:00:00Z" }, "date", 'is not a moment in ISO 8601: "2024-02-31T00:00:00Z"'],
	["without a readable billing period", { billing_period: "2024-13-01" }, "billing_period", 'is not a date: "2024-13-01"'],
	["with a text that cannot be stored", { description: "a\u0000b" }, "description", "holds a character that cannot be stored"],
	["with a flag that is a word", { recurring: "yes" }, "recurring", 'is neither true nor false: "yes"'],
];

describe("a refused record is told with its list, uuid, field and reason, and the rest goes in", () => {
	test.each(refusedUsages)("a usage %s", async (_, fields, field, reason) => {
		const bad = usage({ uuid: id(81), billing_period: "2024-04-01", ...fields });
		const { refusals, lists } = await imported(worldWith({ "marketplace-component-usages": [bad, usage({})] }));
		expect({ refusals, usages: lists.find(({ name }) => name === "marketplace-component-usages") }).toEqual({
			refusals: [{ list: "marketplace-component-usages", uuid: stored(81), field, reason }],
			usages: { name: "marketplace-component-usages", created: 1, updated: 0, unchanged: 0, refused: 1 },
		});
	});

	const refused: [string, Lists, object][] = [
		["a record that is no object", { users: "[1]" }, { list: "users", uuid: null, field: "", reason: "is not an object" }],
		["a record without a uuid", { users: [{ username: "bob" }] }, { list: "users", uuid: null, field: "uuid", reason: "is missing" }],
		[
			"a user with the name of another one",
			{
				users: [
					{ uuid: id(20), username: "ann" },
					{ uuid: id(21), username: "ann" },
				],
			},
			{ list: "users", uuid: stored(21), field: "username", reason: `is the name of another user: ${stored(20)}` },
		],
		[
			"a user with a line break in the address",
			{ users: [{ uuid: id(20), username: "ann", email: "ann@example.org\r\nBcc: eve@example.org" }] },
			{ list: "users", uuid: stored(20), field: "email", reason: "holds a control or invisible character" },
		],
		[
			"a policy with a line break in an address",
			{
				...smallWorld(),
				"marketplace-offering-usage-policies": changed("marketplace-offering-usage-policies", { options: { notify_external_user: ["a\u0085@example.org"] } }),
			},
			{
				list: "marketplace-offering-usage-policies",
				uuid: stored(99),
				field: "options",
				reason: "has an address with a control or invisible character in notify_external_user",
			},
		],
		[
			"a group whose parent does not exist",
			{ "organization-groups": [{ uuid: id(1), name: "G", parent_uuid: id(404) }] },
			{ list: "organization-groups", uuid: stored(1), field: "parent_uuid", reason: `points at an organization group that does not exist: ${stored(404)}` },
		],
		[
			"a membership in a group that does not exist",
			{ customers: [{ uuid: id(11), name: "U", organization_groups: [{ uuid: id(404) }] }] },
			{
				list: "customers",
				uuid: stored(11),
				field: "organization_groups[0].uuid",
				reason: `points at an organization group that does not exist: ${stored(404)}`,
			},
		],
		[
			"a component with the type of another one",
			{ ...smallWorld(), "marketplace-provider-offerings": offering({ components: [...components, { ...components[0], uuid: id(53) }] }) },
			{
				list: "marketplace-provider-offerings",
				uuid: stored(50),
				field: "components[2].type",
				reason: `is the type of another component of the offering: ${stored(51)}`,
			},
		],
		[
			"a policy for a component that the offering does not have",
			{
				...smallWorld(),
				"marketplace-offering-usage-policies": changed("marketplace-offering-usage-policies", {
					component_limits_set: [
						{ type: "cpu", limit: 1 },
						{ type: "gpu", limit: 1 },
					],
				}),
			},
			{
				list: "marketplace-offering-usage-policies",
				uuid: stored(99),
				field: "component_limits_set",
				reason: "limits components that the offering does not have: gpu",
			},
		],
		[
			"a policy of which no action is known",
			{ ...smallWorld(), "marketplace-offering-usage-policies": changed("marketplace-offering-usage-policies", { actions: "terminate_resources" }) },
			{ list: "marketplace-offering-usage-policies", uuid: stored(99), field: "actions", reason: "has unknown actions alone: terminate_resources" },
		],
		[
			"a policy over a period that we do not know",
			{ ...smallWorld(), "marketplace-offering-usage-policies": changed("marketplace-offering-usage-policies", { period: 7 }) },
			{ list: "marketplace-offering-usage-policies", uuid: stored(99), field: "period", reason: "is none of 1, 2, 3, 4: 7" },
		],
		[
			"a policy without limits",
			{ ...smallWorld(), "marketplace-offering-usage-policies": changed("marketplace-offering-usage-policies", { component_limits_set: [] }) },
			{ list: "marketplace-offering-usage-policies", uuid: stored(99), field: "component_limits_set", reason: "is empty" },
		],
		[
			"a policy that applies to all and to groups",
			{ ...smallWorld(), "marketplace-offering-usage-policies": changed("marketplace-offering-usage-policies", { apply_to_all: true }) },
			{
				list: "marketplace-offering-usage-policies",
				uuid: stored(99),
				field: "apply_to_all",
				reason: "cannot be true when organization groups are given",
			},
		],
	];

	test.each(refused)("%s", async (_, lists, refusal) => {
		expect((await imported(lists)).refusals).toEqual([refusal]);
	});

	test("what only the database refuses does not take its batch with it", async () => {
		await database().rows(sql`alter table "User" add constraint "no_bob" check ("username" <> 'bob')`);
		const users = ["ann", "bob", "cid", "dora"].map((username, index) => ({ uuid: id(20 + index), username }));
		const { created, refusals } = await imported({ users });
		await database().rows(sql`alter table "User" drop constraint "no_bob"`);
		expect({ created, refusals: refusals.map(({ uuid }) => uuid) }).toEqual({ created: 3, refusals: [stored(21)] });
	});
});

describe("whom an offering and a plan are for", () => {
	const plan = smallWorld()["marketplace-provider-offerings"][0]?.plans[0];
	const aimed = (fields: object, planFields: object = {}) => ({
		"marketplace-provider-offerings": offering({ ...fields, plans: [{ ...plan, ...planFields }] }),
	});
	const group = `https://waldur.example.org/api/organization-groups/${id(1)}/`;
	const kept = async () => {
		const [row] = await database().rows(sql`
			select o."shared", p."shared" as "planShared", (select count(*)::int from "OfferingOrganizationGroup") as "groups", (select count(*)::int from "PlanOrganizationGroup") as "planGroups"
			from "Offering" o join "Plan" p on p."offeringUuid" = o."uuid"
		`);
		return row;
	};

	test("is everybody where the record does not say", async () => {
		await imported(smallWorld());
		expect(await kept()).toEqual({ shared: true, planShared: true, groups: 0, planGroups: 0 });
	});

	test("is kept, and changes with the record", async () => {
		await imported({ ...smallWorld(), ...aimed({ shared: false, organization_groups: [{ uuid: id(1) }] }, { organization_groups: [group] }) });
		expect(await kept()).toEqual({ shared: false, planShared: true, groups: 1, planGroups: 1 });
		await imported(aimed({ shared: true, organization_groups: [] }, { organization_groups: [] }));
		expect(await kept()).toEqual({ shared: true, planShared: true, groups: 0, planGroups: 0 });
	});

	test("stays as it is when a record does not say it any more", async () => {
		await imported({ ...smallWorld(), ...aimed({ shared: false, organization_groups: [{ uuid: id(1) }] }, { organization_groups: [group] }) });
		expect((await imported(smallWorld())).updated).toBe(0);
		expect(await kept()).toEqual({ shared: false, planShared: true, groups: 1, planGroups: 1 });
	});

	test("is nobody else where a group is not there", async () => {
		const missing = { organization_groups: [{ uuid: id(404) }] };
		const { refusals } = await imported({ ...smallWorld(), ...aimed({ shared: true, ...missing }, missing) });
		expect(refusals.map(({ field }) => field)).toEqual(["organization_groups[0].uuid", "plans[0].organization_groups[0].uuid"]);
		expect(await kept()).toEqual({ shared: false, planShared: false, groups: 0, planGroups: 0 });
	});

	test("is nobody else where a group cannot be read", async () => {
		const unreadable = { organization_groups: [{ uuid: "1" }] };
		await imported({ ...smallWorld(), ...aimed({ shared: true, ...unreadable }, unreadable) });
		expect(await kept()).toEqual({ shared: false, planShared: false, groups: 0, planGroups: 0 });
	});
});
