import type { ExecutionResult } from "graphql";
import { afterEach, describe, expect, test, vi } from "vitest";
import { sha256 } from "../../src/server/documents/persisted-queries.ts";
import { type TrustedDocument, TrustedDocuments } from "../../src/server/documents/trusted-documents.ts";
import { trustedLines } from "../../src/server/documents/trusted-lines.ts";
import { startServer } from "../../src/server/server.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { connectRaw } from "../support/raw-sockets.ts";
import { unlimited } from "../support/unlimited.ts";

const documents = {
	viewer: "query Viewer { viewer { username } }",
	graph:
		"query Graph($first: Int = 5, $withUsage: Boolean!) { resources(first: $first) { totalCount nodes { name offering { components { type } } componentUsages(first: 3) @include(if: $withUsage) { nodes { usage } } } } }",
	alerts: "subscription Alerts { policyFirings { __typename } }",
};
const trusted = new TrustedDocuments(Object.entries(documents).map(([id, text]) => ({ id, text, file: "/manifests/portal.json" })));

const gateway = gatewayForFile({ template: "demo", limits: { ...unlimited, trusted } });

interface Answered extends ExecutionResult<Answer> {
	readonly status: number;
}

type Send = (token: string | undefined, naming: Record<string, unknown>) => Promise<Answered>;

const authorizationOf = (token: string | undefined): Record<string, string> => (token === undefined ? {} : { authorization: `Token ${token}` });

async function answered(response: Response): Promise<Answered> {
	return { status: response.status, ...((await response.json()) as ExecutionResult<Answer>) };
}

const post =
	(more: Record<string, string> = {}): Send =>
	async (token, naming) => {
		const headers = { "content-type": "application/json", connection: "close", ...authorizationOf(token), ...more };
		return answered(await fetch(gateway().url, { method: "POST", headers, body: JSON.stringify(naming) }));
	};

const get: Send = async (token, naming) => {
	const parameters = Object.entries(naming).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
	return answered(
		await fetch(`${gateway().url}?${new URLSearchParams(parameters)}`, {
			headers: { accept: "application/json", connection: "close", ...authorizationOf(token) },
		}),
	);
};

const overSocket: Send = async (token, naming) => {
	const socket = await connectRaw(gateway().url, token);
	socket.send({ id: "1", type: "subscribe", payload: { query: "", ...naming } });
	const { type, payload } = await socket.received(({ id }) => id === "1");
	socket.close();
	return { status: 200, ...(type === "error" ? { errors: payload } : payload) };
};

const ways: [string, Send][] = [
	["the fast path", post()],
	["yoga", post({ accept: "application/graphql-response+json, application/json;q=0.9" })],
	["a GET", get],
	["a WebSocket", overSocket],
];

const code = ({ errors }: Answered) => errors?.[0]?.extensions?.["code"];

afterEach(() => expect(gateway().bugs()).toEqual([]));

describe.each(ways)("by %s", (_way, send) => {
	test.each([
		["documentId", { documentId: "viewer" }],
		["the id of Relay", { id: "viewer" }],
		["the doc_id of Relay", { doc_id: "viewer" }],
		["the hash of Apollo", { extensions: { persistedQuery: { version: 1, sha256Hash: "viewer" } } }],
		["the hash of its text", { extensions: { persistedQuery: { version: 1, sha256Hash: sha256(documents.viewer) } } }],
		["its text", { query: documents.viewer }],
	])("a trusted document is asked for by %s", async (_name, naming) => {
		expect((await send("demo_owner", naming)).data).toEqual({ viewer: { username: "owner" } });
	});

	test.each(["demo_owner", "demo_provider", undefined])("another document of %s is refused, whatever it is", async (token) => {
		for (const query of [
			"{ viewer { username } }",
			`${documents.viewer} `,
			"{ __schema { queryType { name } } }",
			"{ viewer {",
			"no document",
			"(".repeat(5_000),
		])
			expect(code(await send(token, { query }))).toBe("DOCUMENT_NOT_TRUSTED");
	});

	test("another document is not registered, by its hash either", async () => {
		const query = "{ viewer { uuid } }";
		const extensions = { persistedQuery: { version: 1, sha256Hash: sha256(query) } };
		expect(code(await send("demo_owner", { query, extensions }))).toBe("DOCUMENT_NOT_TRUSTED");
		await send("demo_staff", { query, extensions });
		expect(code(await send("demo_owner", { extensions }))).toBe("PERSISTED_QUERY_NOT_FOUND");
	});

	test("a name that no document has is not found, for staff either", async () => {
		expect(code(await send("demo_owner", { documentId: "none" }))).toBe("PERSISTED_QUERY_NOT_FOUND");
		expect(code(await send("demo_staff", { documentId: "toString" }))).toBe("PERSISTED_QUERY_NOT_FOUND");
	});

	test("staff send any document, and ask what the schema is", async () => {
		expect((await send("demo_staff", { query: "{ viewer { username uuid } }" })).data.viewer.username).toBe("staff");
		expect((await send("demo_staff", { query: "{ __schema { queryType { name } } }" })).data.__schema.queryType.name).toBe("Query");
	});

	test("a token that is not good is told so", async () => {
		if (send === overSocket) return; // it does not get as far
		expect(code(await send("nobody", { query: "{ viewer { uuid } }" }))).toBe("UNAUTHENTICATED");
	});
});

test("a stream of server-sent events is of a trusted document", async () => {
	const headers = { "content-type": "application/json", accept: "text/event-stream", authorization: "Token demo_owner" };
	const statusOf = async (naming: object) => {
		const stop = new AbortController();
		const response = await fetch(gateway().url, { method: "POST", headers, body: JSON.stringify(naming), signal: stop.signal });
		const text = response.body?.getReader();
		const { value } = (await text?.read()) ?? {};
		const { value: next } = String(value).startsWith(":") && response.status !== 200 ? ((await text?.read()) ?? {}) : { value: undefined };
		stop.abort();
		return [response.status, new TextDecoder().decode(next ?? value)];
	};
	expect((await statusOf({ documentId: "alerts" }))[0]).toBe(200);
	const [status, text] = await statusOf({ query: "subscription { policyFirings { ... on PolicyFiringEvent { position } } }" });
	expect(status).toBe(400);
	expect(text).toContain("DOCUMENT_NOT_TRUSTED");
});

test("a document is refused before anything is parsed, or read of a caller without a token", async () => {
	const statements = await gateway().statementsOf(async () => {
		await post()(undefined, { query: "{ viewer { uuid } }" });
	});
	expect(statements).toEqual([]);
});

test("a browser gets GraphiQL, with which staff ask anything", async () => {
	const response = await fetch(gateway().url, { headers: { accept: "text/html" } });
	expect(response.headers.get("content-type")).toContain("text/html");
	await response.body?.cancel();
});

/** Starts a second server beside the one of the file. */
async function startedWith(documents: readonly TrustedDocument[], maxCost = 1_000) {
	const admission = { maxCost, costPerSecond: 0, introspection: "everyone" } as const;
	const onBug = vi.fn();
	const server = await startServer(gateway().services, {
		host: "127.0.0.1",
		port: 0,
		graphiql: false,
		origins: [],
		isDemo: false,
		onBug,
		admission,
		trusted: new TrustedDocuments(documents),
	});
	await server.stop();
	return server.trusted;
}

const file = "/manifests/portal.json";

test("at the start it is known what each document costs, and by how many statements it is read", async () => {
	const known = await startedWith([...trusted.all, { id: "b", text: "{ __schema { queryType { name } } }", file }]);
	expect(trustedLines(known)).toEqual([
		"Trusted documents: 4 operations; no others are answered, but for staff",
		'  query Viewer (portal.json, "viewer") costs 1; planned, 1 statements at most',
		'  query Graph (portal.json, "graph") costs 13 with the defaults of its variables; planned, 4 statements at most',
		'  subscription Alerts (portal.json, "alerts") costs 1',
		'  query without a name (portal.json, "b") costs 51; not planned',
	]);
});

test("what is known at the start is what is read: the statements of a document, besides the one that signs in", async () => {
	const [known] = await startedWith(trusted.all.filter(({ id }) => id === "graph"));
	const read = await gateway().statementsOf(async () => {
		const { data } = await post()("demo_staff", { documentId: "graph", variables: { withUsage: true } });
		expect(data.resources.nodes[0].componentUsages.nodes.length).toBeGreaterThan(0);
	});
	expect(known?.statements).toBe(read.length - 1);
});

test.each([
	["does not fit the schema", "query Broken { nothing }", 'Cannot query field "nothing" on type "Query".'],
	["is no document", "query Broken {", "Syntax Error: Expected Name, found <EOF>."],
	["has no operation", "fragment F on Query { viewer { uuid } }", 'Fragment "F" is never used.'],
	[
		"costs more than is allowed",
		"{ resources(first: 100) { nodes { componentUsages(first: 100) { nodes { uuid } } } } }",
		"It costs 1011, and 1000 is allowed.",
	],
	[
		"is beyond the bounds of documents",
		`{ ${Array.from({ length: 31 }, (_, at) => `a${at}: __typename`).join(" ")} }`,
		"The document has 31 aliases: 30 are allowed.",
	],
])("a document that %s keeps the service from starting, by its file and name", async (_what, text, problem) => {
	await expect(
		startedWith([
			{ id: "good", text: documents.viewer, file },
			{ id: "bad", text, file },
		]),
	).rejects.toThrow(`TRUSTED_DOCUMENTS: /manifests/portal.json, document "bad": ${problem}`);
});

test("all broken documents are named at once", async () => {
	const broken = Array.from({ length: 22 }, (_, at) => ({ id: String(at), text: "{ nothing }", file }));
	await expect(startedWith(broken)).rejects.toThrow(/document "0": .* document "19": .* And 2 more\.$/);
});
