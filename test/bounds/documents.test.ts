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

function send(query: string, isSignedIn: boolean): Promise<void> {
	return new Promise((resolve, reject) => {
		const headers = { "content-type": "application/json", ...(isSignedIn ? { authorization: `Token ${provider.token}` } : {}) };
		const body = JSON.stringify({ query });
		const sent = request(gateway.url, { method: "POST", agent, headers: { ...headers, "content-length": Buffer.byteLength(body) } }, (response) => {
			response.resume().on("end", resolve);
		});
		sent.on("error", reject).end(body);
	});
}

/** The embedded database takes memory of its own in the process that is measured. */
const testOnServer = test.skipIf(inject("templates").engine === "PGlite");

testOnServer.each(Object.entries(kinds))("documents %s take no more than 50 MB, however many are sent", async (_what, { document, isSignedIn }) => {
	let next = 0;
	const sendUpTo = (count: number) =>
		Promise.all(
			Array.from({ length: 8 }, async () => {
				while (next < count) await send(document(next++), isSignedIn);
			}),
		);
	await sendUpTo(firstDocuments);
	const before = (await gateway.memory()).heap;
	await sendUpTo(documents);
	expect(((await gateway.memory()).heap - before) / megabyte).toBeLessThan(50);
});
