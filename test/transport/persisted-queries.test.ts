import { createHash } from "node:crypto";
import type { ExecutionResult } from "graphql";
import { expect, test } from "vitest";
import { setUsage } from "../support/documents.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { connectRaw } from "../support/raw-sockets.ts";

const gateway = gatewayForFile({ template: "demo" });

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

const persisted = (text: string, version: unknown = 1) => ({ persistedQuery: { version, sha256Hash: hashOf(text) } });

interface Answered extends ExecutionResult<Answer> {
	readonly status: number;
}

async function send(token: string | undefined, body: object, headers: Record<string, string> = {}): Promise<Answered> {
	const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Token ${token}` };
	const response = await fetch(gateway().url, {
		method: "POST",
		headers: { "content-type": "application/json", connection: "close", ...authorization, ...headers },
		body: JSON.stringify(body),
	});
	return { status: response.status, ...((await response.json()) as ExecutionResult<Answer>) };
}

async function get(token: string, parameters: Record<string, string>): Promise<Answered> {
	const response = await fetch(`${gateway().url}?${new URLSearchParams(parameters)}`, { headers: { authorization: `Token ${token}`, connection: "close" } });
	return { status: response.status, ...((await response.json()) as ExecutionResult<Answer>) };
}

const refusal = ({ status, errors }: Answered) => [status, errors?.[0]?.message, errors?.[0]?.extensions?.["code"]];

const notFound = [200, "PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND"];

/** Documents that no other test registers. */
let drawn = 0;
const document = () => `query Viewer${++drawn} { viewer { username } }`;

/** Read by yoga, as Apollo Client asks. */
const ofApollo = { accept: "application/graphql-response+json,application/json;q=0.9" };

test.each([
	["the fast path", {}],
	["yoga", ofApollo],
])("a client of %s names a document by its hash once it has sent it with its hash", async (_way, headers) => {
	const query = document();
	const extensions = persisted(query);

	expect(refusal(await send("demo_owner", { extensions }, headers))).toEqual(notFound);
	expect((await send("demo_owner", { query, extensions }, headers)).data.viewer.username).toBe("owner");
	expect((await send("demo_owner", { extensions }, headers)).data.viewer.username).toBe("owner");
	expect((await send("demo_staff", { extensions }, headers)).data.viewer.username).toBe("staff");
	expect((await send("demo_staff", { documentId: `sha256:${hashOf(query)}` }, headers)).data.viewer.username).toBe("staff");
});

test("a GET names a document by its hash, and changes nothing by it", async () => {
	const query = document();
	await send("demo_owner", { query, extensions: persisted(query) });
	expect((await get("demo_owner", { extensions: JSON.stringify(persisted(query)) })).data.viewer.username).toBe("owner");
	expect((await get("demo_owner", { documentId: hashOf(query) })).data.viewer.username).toBe("owner");

	await send("demo_owner", { query: setUsage, extensions: persisted(setUsage) });
	expect(refusal(await send("demo_owner", { extensions: persisted(setUsage) }))).toEqual([400, expect.stringContaining("$input"), "BAD_USER_INPUT"]);
	expect((await get("demo_owner", { extensions: JSON.stringify(persisted(setUsage)) })).status).toBe(405);
});

test("a WebSocket names a document by its hash, and registers one", async () => {
	const query = document();
	const socket = await connectRaw(gateway().url, "demo_owner");
	socket.send({ id: "1", type: "subscribe", payload: { query: "", extensions: persisted(query) } });
	expect((await socket.received(({ id }) => id === "1")).payload).toEqual([
		{ message: "PersistedQueryNotFound", extensions: { code: "PERSISTED_QUERY_NOT_FOUND" } },
	]);
	socket.send({ id: "2", type: "subscribe", payload: { query, extensions: persisted(query) } });
	expect((await socket.received(({ id }) => id === "2")).payload.data.viewer.username).toBe("owner");
	socket.send({ id: "3", type: "subscribe", payload: { query: "", extensions: persisted(query) } });
	expect((await socket.received(({ id }) => id === "3")).payload.data.viewer.username).toBe("owner");
	socket.close();
});

test("a document that is named is planned as its text is: by the same statements, with the same answer", async () => {
	const query = "query Graph { resources(first: 5) { nodes { name offering { components { type } } project { customer { name } } } } }";
	const extensions = persisted(query);
	await send("demo_staff", { query, extensions });
	const answers: Answered[] = [];
	const ofText = await gateway().statementsOf(async () => {
		answers.push(await send("demo_staff", { query }));
	});
	const ofHash = await gateway().statementsOf(async () => {
		answers.push(await send("demo_staff", { extensions }));
	});
	const [sent, named] = answers;
	expect(named?.data).toEqual(sent?.data);
	expect(ofHash).toEqual(ofText);
});

test.each([
	["is not that of the text", { query: "{ viewer { username } }", extensions: persisted("{ viewer { uuid } }") }],
	["is of another version", { extensions: persisted("{ viewer { username } }", 2) }],
	["is of no version", { extensions: { persistedQuery: { sha256Hash: "0" } } }],
	["is no text", { extensions: { persistedQuery: { version: 1, sha256Hash: 7 } } }],
	["is empty", { extensions: { persistedQuery: { version: 1, sha256Hash: "" } } }],
	["is a list", { extensions: { persistedQuery: ["sha256Hash"] } }],
	["is a word", { extensions: { persistedQuery: "sha256Hash" } }],
])("a hash that %s is refused", async (_what, body) => {
	for (const headers of [{}, ofApollo]) expect(refusal(await send("demo_owner", body, headers))).toEqual([400, expect.any(String), "BAD_REQUEST"]);
});

test.each([
	["does not fit the schema", "demo_owner", "{ nothing }"],
	["is no document", "demo_owner", "{ viewer {"],
	["comes from nobody", undefined, "{ __typename }"],
	["comes with a token that is not good", "nobody", "{ __typename }"],
])("a document that %s is not registered", async (_what, token, query) => {
	const withComment = `${query} # ${++drawn}`;
	await send(token, { query: withComment, extensions: persisted(withComment) });
	expect(refusal(await send("demo_owner", { extensions: persisted(withComment) }))).toEqual(notFound);
});

test("other extensions, and null for none, change nothing", async () => {
	const { data } = await send("demo_owner", {
		query: "{ viewer { username } }",
		extensions: { clientLibrary: { name: "@apollo/client" }, persistedQuery: null },
	});
	expect(data.viewer.username).toBe("owner");
	expect((await send("demo_owner", { query: "{ viewer { username } }", extensions: null })).data.viewer.username).toBe("owner");
});

test("a name that is known to nobody is not found, whatever it is", async () => {
	for (const body of [{ id: "viewer" }, { doc_id: "4711" }, { documentId: "__proto__" }, { id: 4711 }, { documentId: "constructor", query: "" }])
		expect(refusal(await send("demo_owner", body))).toEqual(notFound);
});
