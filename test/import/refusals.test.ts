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
