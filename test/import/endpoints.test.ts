import { describe, expect, test } from "vitest";
import { endpoints, parts, userPermissions } from "../../src/import/endpoints.ts";
import { arrayPieces } from "../../src/import/json-array.ts";
import { listImports } from "../../src/import/lists.ts";
import { published } from "../waldur/published.ts";
import { type ShapeName, shapes } from "../waldur/shapes.ts";
import type { Item } from "../waldur/state.ts";
import { id } from "./small-world.ts";

const moment = new Date("2026-11-05T10:00:00Z");
const later = "2026-11-06T10:00:00.000Z";

/** Records of which every field that is read has another value than its absence would give. */
const telling: Readonly<Record<string, Item>> = {
	"organization-groups": { uuid: id(1), name: "Universities", parent_uuid: id(2) },
	customers: { uuid: id(1), name: "U", abbreviation: "U", blocked: true, archived: true, organization_groups: [{ uuid: id(2) }] },
	users: { uuid: id(1), username: "ann", full_name: "Ann", email: "ann@example.org", is_staff: true, is_support: true, is_active: false },
	projects: { uuid: id(1), name: "P", customer_uuid: id(2), is_removed: true },
	"marketplace-categories": { uuid: id(1), title: "C", components: [{ type: "cpu", name: "CPU", measured_unit: "h" }] },
	"marketplace-provider-offerings": {
		...{ uuid: id(1), name: "O", state: "Active", customer_uuid: id(2), category_uuid: id(3), plugin_options: { a: 1 }, backend_id: "o" },
		components: [{ uuid: id(4), type: "cpu", name: "CPU", measured_unit: "h", billing_type: "usage" }],
		plans: [{ uuid: id(5), name: "Standard", unit: "month", unit_price: "1" }],
	},
	"marketplace-resources": {
		...{ uuid: id(1), name: "R", state: "OK", offering_uuid: id(2), project_uuid: id(3), plan_uuid: id(4), limits: { cpu: "1" } },
		...{ backend_id: "alloc-1", current_usages: { cpu: "2" } },
	},
	"marketplace-offering-users": { uuid: id(1), offering_uuid: id(2), user_uuid: id(3), username: "ann", is_restricted: true },
	"marketplace-component-usages": {
		...{ uuid: id(1), resource_uuid: id(2), offering_uuid: id(3), type: "cpu", usage: "7", date: later, billing_period: "2026-10-01" },
		...{ recurring: true, description: "estimated" },
	},
	"marketplace-component-user-usages": { uuid: id(1), component_usage: id(2), username: "ann", usage: "3", user: id(3) },
	"component-user-usage-limits": { uuid: id(1), resource: id(2), component: id(3), user: id(4), limit: "5" },
	"marketplace-offering-usage-policies": {
		...{ uuid: id(1), scope_uuid: id(2), actions: "notify_external_user", created_by_username: "ann", has_fired: true, fired_datetime: later },
		...{ options: { notify_external_user: "a@example.org" }, organization_groups: [{ uuid: id(3) }], apply_to_all: false, period: 2 },
		component_limits_set: [{ type: "cpu", limit: 9 }],
	},
	"customer-quotas": { quota_name: "os_cpu_count", customer_name: "U", customer_abbreviation: "UN", value: "4" },
	role: { uuid: id(1), user_uuid: id(2), expiration_time: later },
	"plan-period": { uuid: id(1), plan_uuid: id(2), start: later, end: later },
};

/** Where one record cannot tell of all its fields, what another has otherwise. */
const others: Readonly<Record<string, Item>> = { "marketplace-offering-usage-policies": { apply_to_all: true, organization_groups: [] } };

const roleNames: Readonly<Record<string, string>> = {
	"customer-permissions": "CUSTOMER.OWNER",
	"project-permissions": "PROJECT.ADMIN",
	"offering-permissions": "OFFERING.MANAGER",
};

/** What is added to a record after it was read. */
const added: Readonly<Record<string, Item>> = { "customer-quotas": { quota_name: "os_cpu_count" } };

const base = new URL("https://waldur.example.org/api/");

const cases = listImports("UTC").map(({ name, parse }) => {
	const part = name in parts ? parts[name as keyof typeof parts] : undefined;
	const shape = (part === undefined ? name : name in roleNames ? "role" : "plan-period") as ShapeName;
	const item = { ...telling[shape], ...(name in roleNames ? { role_name: roleNames[name] } : {}) };
	const records = [item, { ...item, ...others[name] }].map((each) =>
		published(shape, { item: each, created: moment, modified: moment, isActive: true, planPeriod: undefined }, base),
	);
	const fields: readonly string[] = part?.fields ?? endpoints[name as keyof typeof endpoints].fields;
	const extra = { ...added[name], ...(part === undefined ? {} : { [part.owner]: id(9) }) };
	const read = async (names: readonly string[]) => {
		const answers = records.map((record) => ({ ...Object.fromEntries(Object.entries(record).filter(([field]) => names.includes(field))), ...extra }));
		return (await received(answers)).map(parse);
	};
	return { name, shape, fields, all: [...shapes[shape].keys()], read };
});

/** The records as they come in: their numbers are texts. */
async function received(answers: readonly Item[]): Promise<unknown[]> {
	const records: unknown[] = [];
	for await (const piece of arrayPieces(new Blob([JSON.stringify(answers)]).stream())) records.push(...piece.records);
	return records;
}

describe.each(cases)("of $name", ({ shape, fields, all, read }) => {
	test("a record is read in full", async () => {
		for (const record of await read(all)) expect(record).toMatchObject({ parts: expect.anything(), refusals: [] });
	});

	test("all fields that are read are asked for", async () => {
		expect(await read(fields)).toEqual(await read(all));
	});

	test("no field is asked for that makes no difference", async () => {
		const needless: string[] = [];
		// The uuid tells records apart while they are read.
		for (const field of fields.filter((name) => name !== "uuid")) {
			const without = await read(fields.filter((name) => name !== field));
			if (JSON.stringify(without) === JSON.stringify(await read(fields))) needless.push(field);
		}
		expect(needless).toEqual([]);
	});

	test("no field is asked for that Waldur does not publish", () => {
		expect(fields.filter((field) => !shapes[shape].has(field))).toEqual([]);
	});
});

test("of the list of all roles, the fields are published", () => {
	expect(userPermissions.fields.filter((field) => !shapes["user-permissions"].has(field))).toEqual([]);
});
