import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { routes } from "../../src/rest/routes.ts";
import { operations, seed } from "../authorisation/settings.ts";
import { buildWorld, type World } from "../authorisation/world.ts";
import { uuidOf } from "../support/fixture.rows.ts";
import { namesSeen, whoSeesWhat } from "../support/fixture.sees.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { hex, rest } from "./client.ts";

const gateway = gatewayForFile();
let world: World;

beforeAll(async () => {
	world = await buildWorld(gateway().database);
});

const viewers = ["northowner", "ann", "alpineowner", "alpinesupport", "balticowner", "computemanager", "stranger"];

/** Values of every kind: some name things, some are of the right form, and some of none. */
const uuid = fc.nat().map((place) => {
	const thing = world.things[place % world.things.length];
	return thing === undefined ? "" : uuidOf(thing.model, thing.name);
});
const scalar = fc.oneof(
	uuid,
	uuid.map(hex),
	uuid.map((one) => `https://x/api/projects/${hex(one)}/`),
	fc.constantFrom(
		"",
		"cpu",
		"ram",
		"ann",
		"guest",
		"2026-11-01",
		"2026-13-01",
		"11",
		"-1",
		"999999999999999999999",
		"0.1",
		"usage",
		"-usage",
		"o",
		"true",
		"null",
		"\0",
		"'",
		"🌲",
	),
	fc.string({ maxLength: 20 }),
);
const value: fc.Arbitrary<unknown> = fc.oneof(
	{ maxDepth: 3 },
	scalar,
	fc.double(),
	fc.integer(),
	fc.boolean(),
	fc.constant(null),
	fc.array(scalar, { maxLength: 3 }),
	fc.record({ type: scalar, amount: scalar, limit: scalar, username: scalar, usage: scalar, notify_external_user: scalar }, { requiredKeys: [] }),
	fc.array(
		fc.record({ type: fc.constantFrom("cpu", "ram", 5, null), amount: scalar, limit: fc.nat(), username: scalar, usage: fc.nat() }, { requiredKeys: [] }),
		{ maxLength: 3 },
	),
);
const bodyFields = ["usages", "resource", "plan_period", "date", "username", "usage", "user", "component", "limit", "scope", "actions", "options", "organization_groups", "apply_to_all", "component_limits_set", "period"]; // biome-ignore format: a row
const body = fc.oneof(value, fc.dictionary(fc.constantFrom(...bodyFields), value, { maxKeys: 8 }));
const parameters = [...new Set(routes.flatMap((route) => route.parameters))];

test("random requests are answered in one of the documented ways, and with nothing of others", { retry: 0 }, async () => {
	const request = fc.record({
		route: fc.constantFrom(...routes),
		viewer: fc.constantFrom(...viewers),
		key: scalar,
		query: fc.array(fc.tuple(fc.constantFrom(...parameters), scalar), { maxLength: 4 }),
		body,
	});
	const property = fc.asyncProperty(request, async ({ route, viewer, key, query, body }) => {
		const path = `${route.path.replace(/\{\w+\}/, encodeURIComponent(key))}?${new URLSearchParams(query)}`;
		const sent = route.method === "GET" ? undefined : JSON.stringify(body);
		const { status, text } = await rest(gateway(), path, { method: route.method, token: `demo_${viewer}`, body: sent });
		expect([200, 201, 204, 301, 400, 403, 404, 405]).toContain(status);
		const row = Object.values(whoSeesWhat).find((one) => one.viewer === viewer);
		if (row === undefined) throw new Error(`Nothing says what ${viewer} sees.`);
		const isSeen = ({ of }: World["canaries"][number]) => namesSeen(row, of.model, world.things).includes(of.name);
		const told = world.canaries.filter((canary) => text.includes(canary.text) && !`${path}${sent}`.includes(canary.text) && !isSeen(canary));
		expect(told).toEqual([]);
		expect(gateway().bugs()).toEqual([]);
	});
	await fc.assert(property, { numRuns: operations, seed, includeErrorInReport: true });
});
