import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import WebSocket from "ws";
import { sql } from "../../src/database/sql.ts";
import { gatewayForFile, startGateway } from "../support/gateway.ts";
import { limited } from "../support/limited.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { connectRaw, type RawSocket } from "../support/raw-sockets.ts";
import { request } from "../support/requests.ts";

const gateway = gatewayForFile({ limits: limited });
let provider: Provider;
let closing: (() => void)[];

beforeEach(async () => {
	closing = [];
	provider = await makeProvider(gateway());
});

afterEach(() => {
	for (const close of closing) close();
});

const socketUrl = (url = gateway().url) => url.replace(/^http/, "ws");

/** A connection on which nothing has been said yet. */
async function silent(url?: string): Promise<{ socket: WebSocket; closed: Promise<{ code: number; reason: string }> }> {
	const socket = new WebSocket(socketUrl(url), "graphql-transport-ws");
	closing.push(() => socket.terminate());
	socket.on("error", () => {}); // the end of the connection tells it
	const closed = new Promise<{ code: number; reason: string }>((resolve) => socket.on("close", (code, reason) => resolve({ code, reason: String(reason) })));
	await once(socket, "open");
	return { socket, closed };
}

async function connected(): Promise<RawSocket> {
	const socket = await connectRaw(gateway().url, provider.token);
	closing.push(socket.close);
	return socket;
}

const alerts = "subscription { policyFirings { ... on PolicyFiringEvent { position } } }";
const init = JSON.stringify({ type: "connection_init" });
const subscribeMessage = JSON.stringify({ id: "1", type: "subscribe", payload: { query: "{ __typename }" } });

/** The socket still answers. */
async function expectAlive(socket: RawSocket): Promise<void> {
	socket.send({ type: "ping", payload: { asked: "still there" } });
	expect(await socket.received(({ type, payload }) => type === "pong" && payload?.asked === "still there")).toBeDefined();
}

describe("a connection is closed", () => {
	test("with 4408 when nobody initialises it for 3 seconds", async () => {
		expect((await (await silent()).closed).code).toBe(4408);
	});

	test("with 4401 when it subscribes before it is acknowledged", async () => {
		const { socket, closed } = await silent();
		socket.send(subscribeMessage);
		expect((await closed).code).toBe(4401);
	});

	test("with 4429 when it is initialised twice", async () => {
		const { socket, closed } = await silent();
		socket.send(init);
		socket.send(init);
		expect((await closed).code).toBe(4429);
	});

	test.each(["Token demo_nobody", "Token", "Basic eDp5", "demo_nobody"])("with 4403 when its token is no good: «%s»", async (authorization) => {
		const { socket, closed } = await silent();
		socket.send(JSON.stringify({ type: "connection_init", payload: { Authorization: authorization } }));
		expect(await closed).toEqual({ code: 4403, reason: "Forbidden" });
	});

	test("with 4409 when it uses the id of a subscription that is under way", async () => {
		const socket = await connected();
		socket.subscribe("1", alerts);
		socket.subscribe("1", alerts);
		expect((await socket.closed).code).toBe(4409);
	});

	test.each([
		["is no JSON", "{"],
		["is of no type", "{}"],
		["is of another type", '{"type":"start"}'],
		["is a list", "[]"],
		["is null", "null"],
		["is a subscription without an id", '{"type":"subscribe","payload":{"query":"{ __typename }"}}'],
		["is a subscription without a document", '{"id":"1","type":"subscribe","payload":{}}'],
		["is a subscription of an empty id", '{"id":"","type":"subscribe","payload":{"query":"{ __typename }"}}'],
		["has variables that are a text", '{"id":"1","type":"subscribe","payload":{"query":"{ __typename }","variables":"{}"}}'],
		["is a list 30,000 deep", "[".repeat(30_000) + "]".repeat(30_000)],
	])("with 4400 when a message %s", async (_what, text) => {
		const socket = await connected();
		socket.write(text);
		expect((await socket.closed).code).toBe(4400);
	});

	test("with 4406, or not opened at all, when it speaks another protocol", async () => {
		const other = new WebSocket(socketUrl(), "graphql-ws");
		closing.push(() => other.terminate());
		const [refusal] = await once(other, "error");
		expect(String(refusal)).toContain("no subprotocol");
		const none = new WebSocket(socketUrl());
		closing.push(() => none.terminate());
		const [code] = await once(none, "close");
		expect(code).toBe(4406);
	});

	test("when it answers no ping", async () => {
		const { socket, closed } = await silent();
		socket.send(JSON.stringify({ type: "connection_init", payload: { Authorization: `Token ${provider.token}` } }));
		Object.assign(socket, { pong: () => {} });
		expect((await closed).code).toBe(1006);
	});

	test("with 1009 after a message of more than 64 KB", async () => {
		const [large, other] = [await connected(), await connected()];
		const ping = (bytes: number) => JSON.stringify({ type: "ping", payload: { text: "" } }).replace('""', `"${"x".repeat(bytes - 37)}"`);
		large.write(ping(65_536));
		await large.received(({ type }) => type === "pong");
		large.write(ping(65_537));
		expect((await large.closed).code).toBe(1009);
		await expectAlive(other);
	});

	test("with 1008 after a message of tens of thousands of pieces", async () => {
		const { socket, closed } = await silent();
		socket.send(init);
		for (let piece = 0; piece < 20_000; piece++) socket.send("x", { fin: false });
		expect((await closed).code).toBe(1008);
		await expectAlive(await connected());
	});

	test("with 1012 when the service stops, and its subscriptions are not completed", async () => {
		const other = await startGateway({ limits: limited });
		const socket = await connectRaw(other.url, (await makeProvider(other)).token);
		socket.subscribe("1", alerts);
		await expectAlive(socket);
		await other.stop();
		expect((await socket.closed).code).toBe(1012);
		expect(socket.messages.filter(({ type }) => type !== "connection_ack" && type !== "pong")).toEqual([]);
	});

	test("with 4500 when its token cannot be looked up, and is not told why", async () => {
		const other = await startGateway({ limits: limited });
		const { socket, closed } = await silent(other.url);
		await other.database.rows(sql`alter table "Token" rename to "Forgotten"`);
		socket.send(JSON.stringify({ type: "connection_init", payload: { Authorization: "Token demo_somebody" } }));
		expect(await closed).toEqual({ code: 4500, reason: "Internal server error" });
		await other.stop();
	});
});

test("a ping is answered with its payload", async () => {
	const socket = await connected();
	socket.send({ type: "ping", payload: { number: 7, text: "ж" } });
	expect(await socket.received(({ type }) => type === "pong")).toEqual({ type: "pong", payload: { number: 7, text: "ж" } });
});

describe("what is wrong with one operation is told to that operation, and the connection stays:", () => {
	test.each([
		["a syntax error", "subscription {", "GRAPHQL_PARSE_FAILED"],
		["an unknown field", "subscription { nope }", "GRAPHQL_VALIDATION_FAILED"],
		["a document that is too deep", `{ ${"resources { nodes { offering { ".repeat(6)} name ${"} } } ".repeat(6)} }`, "GRAPHQL_VALIDATION_FAILED"],
		["a document of too many words", `{ ${"__typename ".repeat(1_000)} }`, "GRAPHQL_PARSE_FAILED"],
		["an operation that is too dear", "{ resources(first: 100) { nodes { componentUsages(first: 100) { nodes { usage } } } } }", "COST_LIMIT_EXCEEDED"],
		["a position that is none", 'subscription { policyFirings(after: "yesterday") { __typename } }', "BAD_USER_INPUT"],
	])("%s", async (_what, document, code) => {
		const socket = await connected();
		socket.subscribe("other", alerts);
		socket.subscribe("wrong", document);
		const { type, payload } = await socket.received(({ id }) => id === "wrong");
		const errors = type === "error" ? payload : payload.errors;
		expect(errors.map(({ extensions }: { extensions: { code: string } }) => extensions.code)).toContain(code);
		await expectAlive(socket);
		// Its id is in use as long as the other subscription is under way.
		socket.subscribe("other", alerts);
		expect((await socket.closed).code).toBe(4409);
	});

	test("a token that is not good any more", async () => {
		const socket = await connectRaw(gateway().url);
		closing.push(socket.close);
		socket.send({ id: "wrong", type: "subscribe", payload: { query: alerts, extensions: { headers: { Authorization: "Token demo_nobody" } } } });
		const { payload } = await socket.received(({ id, type }) => id === "wrong" && type === "error");
		expect(payload[0].extensions.code).toBe("UNAUTHENTICATED");
		await expectAlive(socket);
	});
});

describe("a page that opens a connection", () => {
	/** The status that the upgrade is answered with. */
	async function upgraded(origin: string | undefined): Promise<number> {
		const socket = new WebSocket(socketUrl(), "graphql-transport-ws", origin === undefined ? {} : { origin });
		closing.push(() => socket.terminate());
		return new Promise((resolve) => {
			socket.on("open", () => resolve(101));
			socket.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
			socket.on("error", () => {});
		});
	}

	test("is let in from the service itself, and from the origins that were named; so is what is no page", async () => {
		expect(await upgraded(new URL(gateway().url).origin)).toBe(101);
		expect(await upgraded("https://portal.example.org")).toBe(101);
		expect(await upgraded(undefined)).toBe(101);
	});

	test.each([
		"https://evil.example.org",
		"https://portal.example.org.evil.example.org",
		"http://portal.example.org",
		"https://portal.example.org:444",
		"null",
		"https://",
		"http://127.0.0.1",
	])("is refused with 403 from %s", async (origin) => {
		expect(await upgraded(origin)).toBe(403);
	});
});

test("what is no WebSocket is answered that it should be one", async () => {
	expect((await request(gateway().url, { method: "GET", headers: { connection: "Upgrade", upgrade: "websocket" } })).status).toBe(400);
});

describe("a message whose lists and objects are nested deeper than a hundred closes the connection with 4400 before it is read:", () => {
	const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
	const messages: [what: string, text: (depth: number) => string][] = [
		["a ping's payload", (depth) => `{"type":"ping","payload":{"number":1,"deep":${nested(depth - 2)}}}`],
		["variables of an operation", (depth) => `{"id":"1","type":"subscribe","payload":{"query":"{ __typename }","variables":{"deep":${nested(depth - 3)}}}}`],
		["extensions of an operation", (depth) => `{"id":"1","type":"subscribe","payload":{"query":"{ __typename }","extensions":{"deep":${nested(depth - 3)}}}}`],
	];

	test.each(messages)("%s", async (_what, text) => {
		const fine = await connected();
		fine.write(text(100));
		await fine.received(({ type }) => type === "pong" || type === "next");

		const socket = await connected();
		for (const depth of [101, 20_000]) socket.write(text(depth));
		expect(await socket.closed).toMatchObject({ code: 4400, reason: expect.stringContaining("nested") });
	});
});
