import { beforeAll, describe, expect, test } from "vitest";
import { routes } from "../../src/rest/routes.ts";
import { buildWorld } from "../authorisation/world.ts";
import { uuidOf } from "../support/fixture.rows.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { hex, type RestAnswer, rest } from "./client.ts";
import { type Published, type PublishedOperation, published } from "./published.ts";

const gateway = gatewayForFile();

const at = (path: string) => `https://api.example.com/api/${path}/`;
const resource = at(`marketplace-resources/${hex(uuidOf("Resource", "n1 compute"))}`);
const account = at(`marketplace-offering-users/${hex(uuidOf("OfferingUser", "ann compute"))}`);
/** An account that is not limited on that resource. */
const unlimited = at(`marketplace-offering-users/${hex(uuidOf("OfferingUser", "sven compute"))}`);
const offering = at(`marketplace-provider-offerings/${hex(uuidOf("Offering", "compute"))}`);
const group = at(`organization-groups/${hex(uuidOf("OrganizationGroup", "companies"))}`);
const record = hex(uuidOf("ComponentUsage", "n1 compute cpu 2026-11-01"));

/** What is asked of each operation: every field of its body is in it. */
interface Request {
	readonly key?: string | (() => Promise<string>);
	readonly query?: string;
	readonly body?: Readonly<Record<string, unknown>>;
}

const limit = { resource, component: hex(uuidOf("OfferingComponent", "compute ram")), user: account, limit: "12.5" };
const policy = {
	scope: offering,
	actions: "notify_organization_owners,notify_external_user",
	options: { notify_external_user: "ann@example.org,bob@example.org" },
	organization_groups: [group],
	apply_to_all: false,
	component_limits_set: [{ type: "cpu", limit: 7 }],
	period: 3,
};
const project = at(`projects/${hex(uuidOf("Project", "n1"))}`);
const limitKey = hex(uuidOf("ComponentUserUsageLimit", "n1 compute cpu"));
const policyKey = hex(uuidOf("OfferingUsagePolicy", "compute one"));

const requests: Readonly<Record<string, Request>> = {
	"GET marketplace-component-usages/": {},
	"GET marketplace-component-usages/{uuid}/": { key: record },
	"POST marketplace-component-usages/set_usage/": {
		body: {
			resource: hex(uuidOf("Resource", "n1 compute")),
			plan_period: hex(uuidOf("ResourcePlanPeriod", "n1 compute")),
			usages: [{ type: "cpu", amount: "5.25", description: "as measured", recurring: true }],
		},
	},
	"POST marketplace-component-usages/{uuid}/set_user_usage/": { key: record, body: { usage: "1.5", username: "someone", user: unlimited } },
	"GET marketplace-category-component-usages/": { query: `scope=${project}` },
	"GET marketplace-category-component-usages/{id}/": {
		key: async () => (await rest(gateway(), `marketplace-category-component-usages/?scope=${project}`, { token: "demo_staff" })).json[0].id,
	},
	"GET component-user-usage-limits/": {},
	"GET component-user-usage-limits/{uuid}/": { key: limitKey },
	"POST component-user-usage-limits/": {
		body: { ...limit, resource: at(`marketplace-resources/${hex(uuidOf("Resource", "n2 compute"))}`), user: unlimited },
	},
	"PUT component-user-usage-limits/{uuid}/": { key: limitKey, body: { ...limit, component: hex(uuidOf("OfferingComponent", "compute cpu")) } },
	"PATCH component-user-usage-limits/{uuid}/": { key: limitKey, body: { ...limit, component: hex(uuidOf("OfferingComponent", "compute cpu")) } },
	"DELETE component-user-usage-limits/{uuid}/": { key: hex(uuidOf("ComponentUserUsageLimit", "n1 storage gb")) },
	"GET customer-quotas/": {},
	"GET marketplace-offering-usage-policies/": {},
	"GET marketplace-offering-usage-policies/{uuid}/": { key: policyKey },
	"POST marketplace-offering-usage-policies/": { body: policy },
	"PUT marketplace-offering-usage-policies/{uuid}/": { key: policyKey, body: policy },
	"PATCH marketplace-offering-usage-policies/{uuid}/": { key: policyKey, body: policy },
	"DELETE marketplace-offering-usage-policies/{uuid}/": { key: hex(uuidOf("OfferingUsagePolicy", "compute two")) },
	"GET marketplace-offering-usage-policies/actions/": {},
};

beforeAll(async () => {
	await buildWorld(gateway().database);
});

async function sent({ name, method, path }: PublishedOperation, body?: unknown): Promise<RestAnswer> {
	const request = requests[name];
	if (request === undefined) throw new Error(`Nothing says what is asked of ${name}.`);
	const key = typeof request.key === "function" ? await request.key() : (request.key ?? "");
	return rest(gateway(), `${path.replace(/\{\w+\}/, key)}?${request.query ?? ""}`, { method, token: "demo_staff", body: body ?? request.body });
}

/** Whether a value is of the published type; an integer of Waldur's is any number here, for amounts have decimal places. */
const isOf: Readonly<Record<string, (value: unknown) => boolean>> = {
	string: (value) => typeof value === "string",
	"string (uuid)": (value) => /^[0-9a-f]{32}$/.test(String(value)),
	"string (uri)": (value) => /^http:\/\/localhost:\d+\/api\/[a-z-]+\/[0-9a-f]{32}\/$/.test(String(value)),
	"string (date)": (value) => /^\d{4}-\d\d-\d\d$/.test(String(value)),
	"string (date-time)": (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(String(value)),
	"string (decimal)": (value) => typeof value === "string" && /^\d+\.\d\d$/.test(value),
	boolean: (value) => typeof value === "boolean",
	integer: (value) => typeof value === "number",
	"integer (int64)": (value) => typeof value === "number",
	"array of objects": (value) => Array.isArray(value),
	"array of string (uri)s": (value) => Array.isArray(value) && value.every((item) => isOf["string (uri)"]?.(item)),
	any: (value) => value !== undefined,
};

/** Whether the row is in what was answered, of its type; null where the row says so. */
function isAnswered({ name, type, answeredBy }: Published, object: Answer): boolean {
	const [outer = "", inner] = name.split(".");
	const values = inner === undefined ? [object[outer]] : object[outer].map((item: Answer) => item[inner]);
	return values.every((value: unknown) => (value === null ? /\bnull\b/.test(answeredBy) : isOf[type]?.(value) === true));
}

test("the pages have 20 operations and 303 parameters and fields", () => {
	expect(published).toHaveLength(20);
	expect(published.flatMap(({ rows }) => rows)).toHaveLength(303);
});

describe.each(published.map((operation) => [operation.name, operation] as const))("%s", (name, operation) => {
	const of = (kind: Published["kind"]) => operation.rows.filter((row) => row.kind === kind);

	test("answers with the published status and fields", async () => {
		const { status, text, json } = await sent(operation);
		expect([status, text]).toEqual([operation.status, expect.any(String)]);
		const answered = of("answer").filter(({ answeredBy }) => !answeredBy.startsWith("not there"));
		const objects: Answer[] = Array.isArray(json) ? json : [json];
		if (answered.length > 0) expect(objects.length).toBeGreaterThan(0);
		expect(objects.flatMap((object) => answered.filter((row) => !isAnswered(row, object)).map((row) => [row.name, object[row.name]]))).toEqual([]);
		if (of("answer").length === 0) expect(text).toBe("");
		expect(gateway().bugs()).toEqual([]);
	});

	test("knows each published parameter", () => {
		const route = routes.find((one) => name === `${one.method} ${one.path}`);
		expect(route?.parameters).toEqual(expect.arrayContaining(of("query").map((row) => row.name)));
	});

	test.runIf(of("body").length > 0)("takes every published field of its body, and demands those that must be there", async () => {
		const body = requests[name]?.body ?? {};
		expect(of("body").filter((row) => !isIn(row.name, body))).toEqual([]);
		for (const { name: field } of of("body").filter(({ isRequired, name }) => isRequired && !name.includes("."))) {
			const { [field]: _left, ...others } = body;
			const refused = await sent(operation, others);
			expect([refused.status, refused.json]).toEqual([400, { [field]: ["This field is required."] }]);
		}
	});
});

function isIn(name: string, body: Answer): boolean {
	const [outer = "", inner] = name.split(".");
	return inner === undefined ? outer in body : body[outer].every((item: Answer) => inner in item);
}
