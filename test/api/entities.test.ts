import { beforeAll, describe, expect, test } from "vitest";
import { TrustedDocuments } from "../../src/server/documents/trusted-documents.ts";
import { nodeId, type Thing, uuidOf } from "../support/fixture.rows.ts";
import { buildFixture } from "../support/fixture.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { limited } from "../support/limited.ts";
import { connectRaw } from "../support/raw-sockets.ts";
import { request } from "../support/requests.ts";
import { transports } from "../support/transports.ts";

const gateway = gatewayForFile();
const metered = gatewayForFile({ template: "demo", limits: limited });
const hidden = gatewayForFile({ template: "demo", limits: { ...limited, admission: { ...limited.admission, introspection: "off" } } });
const routerToken = "0123456789abcdef0123456789abcdef";
const routed = gatewayForFile({ template: "demo", limits: { ...limited, federationToken: routerToken } });
const viewer = "query Viewer { viewer { username } }";
const trusted = new TrustedDocuments([{ id: "viewer", text: viewer, file: "portal.json" }]);
const trusting = gatewayForFile({ template: "demo", limits: { ...limited, trusted, federationToken: routerToken } });
const trustingClients = gatewayForFile({ template: "demo", limits: { ...limited, trusted } });

let things: readonly Thing[];
beforeAll(async () => {
	things = await buildFixture(gateway().database);
});

const names = (model: string) => things.flatMap((thing) => (thing.model === model ? [thing.name] : []));
const document = `query ($by: [_Any!]!) { _entities(representations: $by) {
	__typename ... on Node { id } ... on Resource { uuid name project { name } componentUsages(first: 2) { nodes { usage } } } ... on Customer { uuid name }
} }`;
const entities = async (token: string, by: readonly unknown[], query = document) => (await gateway().ask(token, query, { by }))._entities;

test("objects of several types are answered in the order that they are asked for, by whichever key, each as often as it is asked for", async () => {
	const [resource = ""] = names("Resource");
	const [r, c] = [uuidOf("Resource", resource), uuidOf("Customer", "north")];
	const answers = await entities("demo_staff", [
		{ __typename: "Customer", uuid: c },
		{ __typename: "Resource", id: nodeId("Resource", r) },
		{ __typename: "Resource", id: nodeId("Resource", r), uuid: r },
		{ __typename: "Customer", id: nodeId("Customer", c) },
	]);

	expect(answers.map(({ uuid }: { uuid: string }) => uuid)).toEqual([c, r, r, c]);
	const { node } = await gateway().ask(
		"demo_staff",
		`{ node(id: "${nodeId("Resource", r)}") { __typename id ... on Resource {
		uuid name project { name } componentUsages(first: 2) { nodes { usage } } } } }`,
	);
	expect(answers[1]).toEqual(node);
});

test("what is not there, belongs to others, is no entity or no representation is the same null, and hurts nothing beside it", async () => {
	const seen = uuidOf("Customer", "north");
	const answers = await entities("demo_northowner", [
		{ __typename: "Project", uuid: uuidOf("Project", "s2") },
		{ __typename: "Project", uuid: "00000000-0000-4000-8000-000000000001" },
		{ __typename: "Token", uuid: seen },
		{ __typename: "ComponentAmount", uuid: seen },
		{ __typename: "Viewer" },
		"x",
		7,
		[],
		{ __typename: "Customer", id: nodeId("Customer", seen), uuid: uuidOf("Customer", "south") },
		JSON.parse(`{ "__proto__": { "__typename": "Customer" }, "uuid": "${seen}" }`),
		{ __typename: "Customer", uuid: seen },
	]);
	expect(answers.map((one: { uuid: string } | null) => one?.uuid ?? null)).toEqual([...Array(10).fill(null), seen]);
});

test("they are named in a document's literals too", async () => {
	const [c, s] = [uuidOf("Customer", "north"), uuidOf("Customer", "south")];
	const literal = `query ($uuid: _Any!) { _entities(representations: [{ __typename: "Customer", uuid: "${c}" }, { __typename: Customer, uuid: $uuid }, 7]) { ... on Customer { name } } }`;
	expect((await gateway().ask("demo_staff", literal, { uuid: s }))._entities).toEqual([{ name: "north" }, { name: "south" }, null]);
});

test("however many there are, each level of a type is read by one statement", async () => {
	const by = (count: number) =>
		["Resource", "Customer"].flatMap((model) =>
			names(model)
				.slice(0, count)
				.map((name) => ({ __typename: model, uuid: uuidOf(model as "Resource", name) })),
		);
	const statements = async (count: number) => (await gateway().statementsOf(() => entities("demo_staff", by(count)))).length;
	await statements(1);

	expect(names("Resource").length).toBeGreaterThan(4);
	expect(await statements(5)).toBe(await statements(1));
});

describe("250 representations are answered", () => {
	const by = (count: number) => Array(count).fill({ __typename: "Resource", uuid: "00000000-0000-4000-8000-000000000001" });
	const query = "query ($by: [_Any!]!) { _entities(representations: $by) { __typename } }";

	test("and cost a point for ten", async () => {
		const { data, extensions } = await metered().send("demo_owner", query, { by: by(250) });
		expect([data._entities, extensions?.["cost"]]).toEqual([Array(250).fill(null), expect.objectContaining({ requested: 1 + 25 })]);
	});

	test("and more are refused", async () => {
		const { data, errors = [] } = await metered().send("demo_owner", query, { by: by(251) });
		expect([data, errors.map(({ extensions }) => extensions["code"])]).toEqual([undefined, ["BAD_USER_INPUT"]]);
	});

	test("with what is below each of them counted for each", async () => {
		const below = "query ($by: [_Any!]!) { _entities(representations: $by) { ... on Resource { componentUsages(first: 10) { nodes { usage } } } } }";
		const { extensions } = await metered().send("demo_owner", below, { by: by(20) });
		expect(extensions?.["cost"]).toMatchObject({ requested: 1 + 2 + 20 });
	});

	test("a null among them is refused as everywhere", async () => {
		const { errors = [] } = await metered().send("demo_owner", query, { by: [null] });
		expect(errors.map(({ extensions }) => extensions["code"])).toEqual(["BAD_USER_INPUT"]);
	});
});

describe.each(Object.entries(transports))("over %s", (_way, ask) => {
	const empty = "{ _entities(representations: []) { __typename } }";

	test("nobody is answered entities without a token", async () => {
		expect(await ask(gateway().url, empty)).toEqual(["UNAUTHENTICATED"]);
		expect(await ask(gateway().url, empty, "demo_stranger")).toEqual([]);
	});

	test("the schema with its keys is for those who may ask what the schema is", async () => {
		const schema = "{ _service { sdl } }";
		const asked = [ask(gateway().url, schema), ask(metered().url, schema), ask(metered().url, schema, "demo_owner"), ask(hidden().url, schema, "demo_owner")];
		expect(await Promise.all(asked)).toEqual([[], ["UNAUTHENTICATED"], [], ["FORBIDDEN"]]);
	});

	test("what is for routers is not among what a client is shown of the schema, beside data too", async () => {
		const { __schema, viewer } = await trusting().ask("demo_staff", "{ __schema { queryType { fields { name } } types { name } } viewer { username } }");
		const names = [...__schema.queryType.fields, ...__schema.types].map(({ name }: { name: string }) => name);
		expect(names.filter((name) => /^_[^_]/.test(name))).toEqual([]);
		expect([names.includes("resources"), names.includes("Resource"), viewer.username]).toEqual([true, true, "staff"]);
	});

	test("where the router has a token, entities are for the router alone", async () => {
		expect(await ask(routed().url, empty, "demo_owner")).toEqual(["FORBIDDEN"]);
		expect(
			await ask(routed().url, "{ a: __typename ...E } fragment E on Query { ... { b: _entities(representations: []) { __typename } } }", "demo_owner"),
		).toEqual(["FORBIDDEN"]);
		expect(await ask(routed().url, "{ viewer { uuid } }", "demo_owner")).toEqual([]);
	});
});

describe("where the router has a token", () => {
	const query = `{ _entities(representations: []) { __typename } }`;
	const body = JSON.stringify({ query });
	const sent = async (token: string, more: Record<string, string> = {}) => {
		const { json } = await request(routed().url, { body, headers: { authorization: "Token demo_owner", "x-federation-token": token, ...more } });
		return json.errors?.[0].extensions.code ?? json.data;
	};

	test.each([
		["a plain POST", {}],
		["a POST of another type", { accept: "application/graphql-response+json" }],
	])("it is answered entities over %s, with its token and the person's", async (_way, headers) => {
		expect(await sent(routerToken, headers)).toEqual({ _entities: [] });
		expect(await sent(routerToken, { ...headers, authorization: "" })).toBe("UNAUTHENTICATED");
	});

	test.each([
		["a wrong one", routerToken.replace("0", "1")],
		["a part of it", routerToken.slice(1)],
		["an empty one", ""],
		["both", `${routerToken}, ${routerToken}`],
	])("%s is refused", async (_what, token) => {
		expect(await sent(token)).toBe("FORBIDDEN");
	});

	test("it is answered entities on a WebSocket that it opened with its token", async () => {
		const socket = await connectRaw(routed().url, "demo_owner", { "x-federation-token": routerToken });
		socket.subscribe("1", query);
		expect((await socket.received(({ id }) => id === "1")).payload.data).toEqual({ _entities: [] });
		socket.close();
	});
});

describe("where only trusted documents are answered", () => {
	const query = "{ _entities(representations: []) { __typename } }";
	const other = "{ resources(first: 1) { nodes { uuid } } }";
	const codes = async (gateway: { url: string }, query: string, token: string, headers: Record<string, string> = {}) => {
		const { json } = await request(gateway.url, { body: JSON.stringify({ query }), headers: { authorization: `Token ${token}`, ...headers } });
		return json.errors?.[0].extensions.code;
	};

	test("the router, known by its token, is answered entities and what else its clients ask through it", async () => {
		const known = { "x-federation-token": routerToken };
		expect([await codes(trusting(), query, "demo_owner", known), await codes(trusting(), other, "demo_owner", known)]).toEqual([undefined, undefined]);
		expect([await codes(trusting(), query, "demo_nobody", known), await codes(trusting(), query, "", known)]).toEqual(["UNAUTHENTICATED", "UNAUTHENTICATED"]);
	});

	test("nobody else is, with the router's token missing or wrong, nor where it has none", async () => {
		const wrong = { "x-federation-token": `${routerToken}0` };
		for (const gateway of [trusting(), trustingClients()]) {
			for (const document of [query, other]) {
				expect(await codes(gateway, document, "demo_owner")).toBe("DOCUMENT_NOT_TRUSTED");
				expect(await codes(gateway, document, "demo_owner", wrong)).toBe("DOCUMENT_NOT_TRUSTED");
			}
			expect(await codes(gateway, viewer, "demo_owner")).toBeUndefined();
		}
	});

	test("staff, who may send any document, is refused entities as well", async () => {
		expect([await codes(trusting(), query, "demo_staff"), await codes(trustingClients(), query, "demo_staff")]).toEqual(["FORBIDDEN", "FORBIDDEN"]);
		expect(await codes(trusting(), other, "demo_staff")).toBeUndefined();
	});
});
