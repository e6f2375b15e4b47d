import { beforeEach, expect, test } from "vitest";
import WebSocket from "ws";
import { setUsage } from "../support/documents.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import type { Message } from "../support/raw-sockets.ts";

const gateway = gatewayForFile({ now: "2017-01-10T12:00:00Z" });
let provider: Provider;
let resource: string;

beforeEach(async () => {
	provider = await makeProvider(gateway());
	await provider.component("cpu");
	await provider.policy({ limits: { cpu: 10 } });
	resource = await provider.resource();
});

const report = (amount: string) => gateway().ask(provider.token, setUsage, { input: { resource, usages: [{ type: "cpu", amount }] } });

/** The positions of all firings, the oldest first. */
async function positions(): Promise<string[]> {
	const { policyFirings } = await gateway().ask(provider.token, "{ policyFirings(first: 10) { nodes { position } } }");
	return policyFirings.nodes.map(({ position }: { position: string }) => position).reverse();
}

/** Opens a socket with the parameters, and sends the message when it is acknowledged; the first answer to it, or the code that the socket is closed with. */
const ask = (connectionParams: object, payload: object): Promise<Message | number> =>
	new Promise((resolve, reject) => {
		const socket = new WebSocket(gateway().url.replace(/^http/, "ws"), "graphql-transport-ws");
		socket.on("error", reject);
		socket.on("close", resolve);
		socket.on("open", () => socket.send(JSON.stringify({ type: "connection_init", payload: connectionParams })));
		socket.on("message", (data) => {
			const message: Message = JSON.parse(String(data));
			if (message.type === "connection_ack") socket.send(JSON.stringify({ id: "1", type: "subscribe", payload }));
			if (message.id !== "1") return;
			resolve(message);
			socket.close();
		});
	});

const payloadOf = (answer: Message | number): Answer => (typeof answer === "number" ? answer : answer.payload);

const whoAsks = { query: "{ viewer { uuid } }" };

test.each<[string, (authorization: string) => object]>([
	["Authorization", (authorization) => ({ Authorization: authorization })],
	["authorization", (authorization) => ({ authorization })],
	["AUTHORIZATION", (authorization) => ({ AUTHORIZATION: authorization })],
	["the Authorization of headers", (authorization) => ({ headers: { Authorization: authorization } })],
	["the authorization of headers", (authorization) => ({ headers: { authorization } })],
	["authorization beside an empty Authorization", (authorization) => ({ Authorization: "", authorization })],
])("a connection signs in by %s", async (_name, connectionParams) => {
	const answer = await ask(connectionParams(`Token ${provider.token}`), whoAsks);
	expect(payloadOf(answer).data.viewer.uuid).toEqual(expect.any(String));
	expect(await ask(connectionParams("Token nobody"), whoAsks)).toBe(4403);
});

test("an operation signs in by the authorization of its headers, in any case", async () => {
	const answer = await ask({}, { ...whoAsks, extensions: { headers: { AUTHORIZATION: `Bearer ${provider.token}` } } });
	expect(payloadOf(answer).data.viewer.uuid).toEqual(expect.any(String));
});

test.each<object>([{ headers: null }, { headers: "Authorization" }, { authorization: 7 }, { headers: { authorization: [] } }, { constructor: "Token" }])(
	"parameters that sign nobody in leave a connection of nobody: %j",
	async (connectionParams) => {
		expect(payloadOf(await ask(connectionParams, whoAsks))?.[0]?.extensions.code ?? "none").toBe("UNAUTHENTICATED");
	},
);

const signedIn = (more: object) => ({ authorization: `Token ${provider.token}`, ...more });

const alerts =
	"subscription ($after: String) { policyFirings(after: $after) { ... on PolicyFiringEvent { position previous } ... on PositionExpiredError { code } } }";

/** Fires the policy twice, with its reset in between. */
async function fire(): Promise<string[]> {
	for (const amount of ["11", "1", "12"]) await report(amount);
	return positions();
}

test.each<[string, object | undefined]>([
	["that says nothing", undefined],
	["whose variable is null", { after: null }],
])("a subscription %s goes on from the position that its connection was opened with", async (_what, variables) => {
	const [first, second] = await fire();
	const { data } = payloadOf(await ask(signedIn({ after: first }), { query: alerts, variables }));
	expect(data.policyFirings).toEqual({ position: second, previous: first });
});

test("a subscription that says itself where to go on from does so", async () => {
	const [first, second, third] = await fire();
	const { data } = payloadOf(await ask(signedIn({ after: first }), { query: alerts, variables: { after: second } }));
	expect(data.policyFirings).toEqual({ position: third, previous: second });
});

test("a subscription without the argument goes on from the position of its connection, too", async () => {
	const [first] = await fire();
	const query = "subscription { usageReported { position previous } }";
	const { data } = payloadOf(await ask(signedIn({ after: first }), { query }));
	expect(data.usageReported.previous).toBe(first);
});

test.each<[unknown]>([["soon"], [{}], [{ toString: 1 }], [4], ["x".repeat(10_000)]])(
	"a connection's position that is none is refused to each subscription: %j",
	async (after) => {
		const answer = await ask(signedIn({ after }), { query: alerts });
		expect(payloadOf(answer).errors[0]).toMatchObject({
			message: expect.stringContaining("is not a position of the log"),
			extensions: { code: "BAD_USER_INPUT" },
		});
	},
);

test("a query is not concerned by the position of its connection", async () => {
	expect(payloadOf(await ask(signedIn({ after: "soon" }), whoAsks)).data.viewer.uuid).toEqual(expect.any(String));
});
