import { createHash } from "node:crypto";
import { Agent, request } from "node:http";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { makeProvider, type Provider } from "../support/provider.ts";
import { type GatewayProcess, startGatewayProcess } from "./gateway-process.ts";

let gateway: GatewayProcess;
let provider: Provider;
let agent: Agent;

beforeEach(async () => {
	gateway = await startGatewayProcess(async (database) => {
		provider = await makeProvider({ database });
	});
	agent = new Agent({ keepAlive: true, maxSockets: 8 });
});

afterEach(async () => {
	agent.destroy();
	await gateway.stop();
});

const megabyte = 1024 * 1024;
const documents = Number(process.env["BOUNDS_DOCUMENTS"] ?? 1_500);
/** What is loaded and compiled is there before it is measured. */
const firstDocuments = 300;

const fields = Array.from({ length: 30 }, (_, at) => `a${at}: viewer { uuid username fullName }`).join(" ");

/** Documents of 32 KB at most, no two of which are the same. */
const kinds = {
	"of data, without a token": { document: (at: number) => `query Q${at} { ${fields} }`, isSignedIn: false },
	"of the root's name, without a token": { document: (at: number) => `query Q${at} { __typename } # ${"x".repeat(20_000)}`, isSignedIn: false },
	"that are none": { document: (at: number) => `{ a${at} ${"(".repeat(2_000)}`, isSignedIn: true },
	"that are not valid": { document: (at: number) => `query Q${at} { ${fields} nothing }`, isSignedIn: true },
	"that are valid, of somebody": { document: (at: number) => `query Q${at} { ${fields} }`, isSignedIn: true },
};

const send = (query: string, isSignedIn: boolean): Promise<void> => sendBody({ query }, isSignedIn);

function sendBody(content: object, isSignedIn: boolean): Promise<void> {
	return new Promise((resolve, reject) => {
		const headers = { "content-type": "application/json", ...(isSignedIn ? { authorization: `Token ${provider.token}` } : {}) };
		const body = JSON.stringify(content);
		const sent = request(gateway.url, { method: "POST", agent, headers: { ...headers, "content-length": Buffer.byteLength(body) } }, (response) => {
			response.resume().on("end", resolve);
		});
		sent.on("error", reject).end(body);
	});
}

/** The embedded database takes memory of its own in the process that is measured. */
const testOnServer = test.skipIf(inject("templates").engine === "PGlite");

testOnServer.each(Object.entries(kinds))("documents %s take no more than 50 MB, however many are sent", async (_what, { document, isSignedIn }) => {
	expect(await megabytesOf(documents, (at) => send(document(at), isSignedIn))).toBeLessThan(50);
});

/** What so many calls leave behind. */
async function megabytesOf(calls: number, call: (at: number) => Promise<void>): Promise<number> {
	let next = 0;
	const callUpTo = (count: number) =>
		Promise.all(
			Array.from({ length: 8 }, async () => {
				while (next < count) await call(next++);
			}),
		);
	await callUpTo(firstDocuments);
	const before = (await gateway.memory()).heap;
	await callUpTo(calls);
	return ((await gateway.memory()).heap - before) / megabyte;
}

const persisted = (text: string) => ({ persistedQuery: { version: 1, sha256Hash: createHash("sha256").update(text).digest("hex") } });

/** Half of them are sent to be kept, half are hashes alone. */
testOnServer("hashes of nobody take no more than 10 MB, however many they are: none of their documents is kept", async () => {
	const document = (at: number) => `query Q${at} { __typename } # ${"x".repeat(5_000)}`;
	const call = (at: number) => sendBody({ ...(at % 2 === 0 ? { query: document(at) } : {}), extensions: persisted(document(at)) }, false);
	expect(await megabytesOf(5 * documents, call)).toBeLessThan(10);
});

testOnServer("documents that one user registers take no more than 50 MB, however many they are", async () => {
	const document = (at: number) => `query Q${at} { ${fields} }`;
	expect(await megabytesOf(documents, (at) => sendBody({ query: document(at), extensions: persisted(document(at)) }, true))).toBeLessThan(50);
});
