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
