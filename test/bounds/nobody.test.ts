import { request } from "node:http";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import WebSocket from "ws";
import { makeProvider, type Provider } from "../support/provider.ts";
import { type GatewayProcess, startGatewayProcess } from "./gateway-process.ts";

/** The embedded database takes memory of its own in the process that is measured. */
const testOnServer = test.skipIf(inject("templates").engine === "PGlite");

let gateway: GatewayProcess;
let provider: Provider;
beforeAll(async () => {
	if (inject("templates").engine === "PGlite") return;
	gateway = await startGatewayProcess(async (database) => {
		provider = await makeProvider({ database });
	});
});
afterAll(() => gateway?.stop());

const [sockets, streams] = [1_000, 1_000];
const megabyte = 1024 * 1024;
const document = "subscription { policyFirings { ... on PolicyFiringEvent { position } } }";

/** A socket that is initialised by nobody, and a stream that nobody asks for; each resolves when the service has answered. */
function socketOfNobody(): Promise<{ closed: Promise<number> }> {
	return new Promise((resolve, reject) => {
		const socket = new WebSocket(gateway.url.replace(/^http/, "ws"), "graphql-transport-ws", { perMessageDeflate: false });
		const closed = new Promise<number>((end) => socket.on("close", end));
		socket.on("error", reject);
		socket.on("open", () => socket.send('{"type":"connection_init"}'));
		socket.once("message", () => {
			socket.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query: document } }));
			resolve({ closed });
		});
	});
}

const streamOfNobody = (): Promise<number> =>
	new Promise((resolve, reject) => {
		const headers = { accept: "text/event-stream", "content-type": "application/json" };
		const sent = request(gateway.url, { method: "POST", agent: false, headers }, (response) => resolve(response.resume().statusCode ?? 0));
		sent.on("error", reject);
		sent.end(JSON.stringify({ query: document }));
	});

const signedIn = async (): Promise<unknown> => {
	const headers = { "content-type": "application/json", authorization: `Token ${provider.token}`, connection: "close" };
	return (await fetch(gateway.url, { method: "POST", headers, body: '{"query":"{ viewer { username } }"}' })).json();
};

testOnServer("2,000 sockets and streams of nobody take less than 50 MB, keep nobody from an answer, and are gone after ten seconds", async ({ annotate }) => {
	const answer = await signedIn();
	const before = (await gateway.memory()).heap;
	const open = [];
	for (let round = 0; round < 20; round++) {
		open.push(...(await Promise.all(Array.from({ length: sockets / 20 }, socketOfNobody))));
		await Promise.all(Array.from({ length: streams / 20 }, streamOfNobody));
	}
	const grown = (await gateway.memory()).heap - before;
	expect(await signedIn()).toEqual(answer);
	expect(grown).toBeLessThan(50 * megabyte);
	await annotate(`The heap holds ${(grown / megabyte).toFixed(1)} MB more.`);
	expect(new Set(await Promise.all(open.map(({ closed }) => closed)))).toEqual(new Set([4401]));
});
