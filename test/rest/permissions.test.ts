import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { VisibleModel } from "../../src/access/visibility.ts";
import { routes } from "../../src/rest/routes.ts";
import { may, sees, type Target, targets } from "../authorisation/operations.matrix.ts";
import { type RollbackDatabase, withRollback } from "../authorisation/rollback.ts";
import { seesAll, type Viewer, viewers } from "../authorisation/rules.ts";
import { buildWorld, type World } from "../authorisation/world.ts";
import { freshDatabase } from "../support/database.ts";
import { uuidOf } from "../support/fixture.rows.ts";
import { namesSeen } from "../support/fixture.sees.ts";
import { type Answer, type Gateway, startGateway } from "../support/gateway.ts";
import { hex, rest } from "./client.ts";

let gateway: Gateway;
let world: World;
let rollback: RollbackDatabase;

beforeAll(async () => {
	rollback = withRollback(await freshDatabase("empty"));
	world = await buildWorld(rollback.database);
	gateway = await startGateway({ database: rollback.database });
});
afterAll(() => gateway.stop());

/** Each list of stored objects. */
const lists: Readonly<Record<string, VisibleModel>> = {
	"marketplace-component-usages/": "ComponentUsage",
	"marketplace-component-user-usages/": "ComponentUserUsage",
	"component-user-usage-limits/": "ComponentUserUsageLimit",
	"marketplace-offering-usage-policies/": "OfferingUsagePolicy",
	"marketplace-provider-offerings/": "Offering",
	"marketplace-provider-resources/": "Resource",
	"marketplace-resources/": "Resource",
	"marketplace-offering-users/": "OfferingUser",
};

const uuidsSeen = (viewer: Viewer, model: VisibleModel): string[] =>
	namesSeen(viewer.row, model, world.things)
		.map((name) => hex(uuidOf(model, name)))
		.sort();

const usageOf = ({ resource, type }: Target) => hex(uuidOf("ComponentUsage", `${resource} ${type} 2026-11-01`));
const limitOf = ({ resource, type }: Target) => hex(uuidOf("ComponentUserUsageLimit", `${resource} ${type}`));
const policyOf = ({ offering }: Target) => hex(uuidOf("OfferingUsagePolicy", `${offering} one`));
const limitIn = ({ resource, offering, type, customer }: Target) => ({
	resource: hex(uuidOf("Resource", resource)),
	component: hex(uuidOf("OfferingComponent", `${offering} ${type}`)),
	user: hex(uuidOf("OfferingUser", `${customer === "north" ? "ann" : "sven"} ${offering}`)),
	limit: "1",
});
const policyIn = ({ offering, type }: Target) => ({
	scope: hex(uuidOf("Offering", offering)),
	actions: "block_creation_of_new_resources",
	organization_groups: [],
	apply_to_all: true,
	component_limits_set: [{ type, limit: 5 }],
});
const usagesIn = ({ type }: Target) => [{ type, amount: "77" }];

/** Every operation that changes something: what it is sent for a target, who sees that, who may do it, and what it answers then. */
const changes: readonly {
	readonly name: string;
	readonly path: (target: Target) => string;
	readonly body?: (target: Target) => unknown;
	readonly sees: (viewer: Viewer, target: Target) => boolean;
	readonly may: (viewer: Viewer, target: Target) => boolean;
	readonly status: number;
}[] = [
	{
		name: "POST set_usage",
		path: () => "marketplace-component-usages/set_usage/",
		body: (target) => ({ resource: hex(uuidOf("Resource", target.resource)), usages: usagesIn(target) }),
		sees: sees.usage,
		may: may.report,
		status: 201,
	},
	{
		name: "POST set_usage of a plan period",
		path: () => "marketplace-component-usages/set_usage/",
		body: (target) => ({ plan_period: hex(uuidOf("ResourcePlanPeriod", target.resource)), usages: usagesIn(target) }),
		sees: sees.usage,
		may: may.report,
		status: 201,
	},
	{
		name: "POST set_user_usage",
		path: (target) => `marketplace-component-usages/${usageOf(target)}/set_user_usage/`,
		body: () => ({ username: "someone", usage: "1" }),
		sees: sees.usage,
		may: may.report,
		status: 201,
	},
	{
		name: "POST set_user_usages",
		path: (target) => `marketplace-component-usages/${usageOf(target)}/set_user_usages/`,
		body: () => [{ username: "someone", usage: "1" }],
		sees: sees.usage,
		may: may.report,
		status: 201,
	},
	{
		name: "POST limit",
		path: () => "component-user-usage-limits/",
		body: limitIn,
		sees: sees.usage,
		may: may.limit,
		status: 400, // there is one already
	},
	...(["PUT", "PATCH"] as const).map((method) => ({
		name: `${method} limit`,
		path: (target: Target) => `component-user-usage-limits/${limitOf(target)}/`,
		body: limitIn,
		sees: sees.usage,
		may: may.limit,
		status: 200,
	})),
	{ name: "DELETE limit", path: (target) => `component-user-usage-limits/${limitOf(target)}/`, sees: sees.usage, may: may.limit, status: 204 },
	{ name: "POST policy", path: () => "marketplace-offering-usage-policies/", body: policyIn, sees: sees.policy, may: may.policies, status: 201 },
	...(["PUT", "PATCH"] as const).map((method) => ({
		name: `${method} policy`,
		path: (target: Target) => `marketplace-offering-usage-policies/${policyOf(target)}/`,
		body: policyIn,
		sees: sees.policy,
		may: may.policies,
		status: 200,
	})),
	{ name: "DELETE policy", path: (target) => `marketplace-offering-usage-policies/${policyOf(target)}/`, sees: sees.policy, may: may.policies, status: 204 },
];

describe.each(viewers)("$name", (viewer) => {
	const token = `demo_${viewer.name}`;
	const get = (path: string) => rest(gateway, path, { token });

	test.each(Object.entries(lists))("lists of %s what is seen, and retrieves nothing else", async (path, model) => {
		const { json } = await get(`${path}?page_size=300&field=uuid`);
		expect(json.map(({ uuid }: Answer) => uuid).sort()).toEqual(uuidsSeen(viewer, model));
		const all = world.things.filter((thing) => thing.model === model).map(({ name }) => hex(uuidOf(model, name)));
		const [seen, unseen] = [uuidsSeen(viewer, model), all.filter((uuid) => !uuidsSeen(viewer, model).includes(uuid))].map((some) => some.slice(0, 4));
		for (const uuid of seen ?? []) expect([path, uuid, (await get(`${path}${uuid}/`)).status]).toEqual([path, uuid, 200]);
		for (const uuid of unseen ?? []) {
			const { status, json: refused } = await get(`${path}${uuid}/`);
			expect([path, uuid, status, refused]).toEqual([path, uuid, 404, { detail: "Not found." }]);
		}
	});

	test("reads the totals of its own side, and figures of customers as staff and support do", async () => {
		for (const target of targets) {
			const scope = encodeURIComponent(`http://localhost/api/projects/${hex(uuidOf("Project", target.project))}/`);
			const { status } = await get(`marketplace-category-component-usages/?scope=${scope}`);
			expect([target.project, status]).toEqual([target.project, sees.totals(viewer, target) ? 200 : 404]);
			const unit = uuidOf("CategoryComponent", target.offering === "storage" ? "disks" : "machines");
			const id = Buffer.from(`CategoryComponentUsage:Project:${uuidOf("Project", target.project)}:${unit}:2026-11-01`).toString("base64url");
			const one = await get(`marketplace-category-component-usages/${id}/`);
			expect([target.project, one.status]).toEqual([target.project, sees.totals(viewer, target) ? 200 : 404]);
		}
		expect((await get("customer-quotas/")).status).toBe(seesAll(viewer) ? 200 : 403);
		expect((await get("users/me/")).json.uuid).toBe(hex(uuidOf("User", viewer.name)));
	});

	test("changes what it may, and is refused the rest", async () => {
		const differences: unknown[] = [];
		for (const change of changes) {
			for (const target of targets) {
				const mayDo = viewer.name === "staff" || change.may(viewer, target);
				const expected = !change.sees(viewer, target) ? 404 : mayDo ? change.status : 403;
				const [method = ""] = change.name.split(" ");
				const { status, json } = await rollback.rollBackAfter(() => rest(gateway, change.path(target), { method, token, body: change.body?.(target) }));
				if (status !== expected) differences.push([change.name, target.is, expected, status, json]);
				if ([403, 404].includes(expected) && !("detail" in json)) differences.push([change.name, target.is, json]);
			}
		}
		expect(differences).toEqual([]);
		expect(gateway.bugs()).toEqual([]);
	});

	test("reads nothing of others", async () => {
		const seen = new Set(
			[...new Set(world.things.map(({ model }) => model))].flatMap((model) => namesSeen(viewer.row, model, world.things).map((name) => uuidOf(model, name))),
		);
		const foreign = world.canaries.filter(({ of }) => !seen.has(uuidOf(of.model, of.name))).map(({ text }) => text);
		const scopes = ["n1", "n2", "s1", "s2"].map(
			(name) => `marketplace-category-component-usages/?scope=http://x/api/projects/${hex(uuidOf("Project", name))}/`,
		);
		for (const path of [...Object.keys(lists), "customer-quotas/?quota_name=os_cpu_count", "users/me/", ...scopes]) {
			const { text } = await get(`${path}${path.includes("?") ? "&" : "?"}page_size=300`);
			expect([path, foreign.filter((canary) => text.includes(canary))]).toEqual([path, []]);
		}
	});
});

test("nobody is answered without a token, and no operation differs in that", async () => {
	for (const { method, path } of routes) {
		const key = hex(uuidOf("ComponentUsage", "n1 compute cpu 2026-11-01"));
		const { status, json, headers } = await rest(gateway, path.replace(/\{\w+\}/, key), { method, ...(method === "GET" ? {} : { body: {} }) });
		expect([path, status, json]).toEqual([path, 401, { detail: "Authentication credentials were not provided." }]);
		expect(headers.get("www-authenticate")).toBe("Token");
	}
});
