import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { gatewayForFile } from "../support/gateway.ts";
import { unlimited } from "../support/unlimited.ts";

const gateway = gatewayForFile({ template: "demo", limits: { ...unlimited, origins: ["https://portal.example.org", "https://other.example.org"] } });

interface Sent {
	readonly path?: string;
	readonly method?: string;
	readonly headers?: OutgoingHttpHeaders;
	readonly body?: string;
}

interface Received {
	readonly status: number | undefined;
	readonly headers: IncomingHttpHeaders;
	readonly bytes: Buffer;
}

/** What is on the wire: fetch would decompress it. */
const send = ({ path, method = "POST", headers = {}, body = "" }: Sent): Promise<Received> =>
	new Promise((resolve, reject) => {
		const url = path === undefined ? gateway().url : new URL(path, gateway().url);
		const length = method === "POST" ? { "content-type": "application/json", "content-length": Buffer.byteLength(body) } : {};
		const sent = request(url, { method, agent: false, headers: { authorization: "Token demo_staff", ...length, ...headers } }, (response) => {
			const chunks: Buffer[] = [];
			response.on("data", (chunk: Buffer) => chunks.push(chunk));
			response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, bytes: Buffer.concat(chunks) }));
		});
		sent.on("error", reject);
		sent.end(body);
	});

const query = "{ resources(first: 20) { nodes { uuid name offering { name } project { name } } } }";
const body = JSON.stringify({ query });
/** Read by yoga rather than by the fast path. */
const byYoga = { accept: "application/graphql-response+json, application/json" };

test.each([
	["the fast path", {}],
	["yoga", byYoga],
])("a long answer of %s is compressed as its client takes it, and is the same", async (_way, headers) => {
	const plain = await send({ headers, body });
	const br = await send({ headers: { ...headers, "accept-encoding": "gzip, deflate, br" }, body });
	const gzip = await send({ headers: { ...headers, "accept-encoding": "gzip" }, body });

	expect([plain, br, gzip].map((answer) => answer.headers["content-encoding"])).toEqual([undefined, "br", "gzip"]);
	const text = plain.bytes.toString();
	expect(JSON.parse(text).data.resources.nodes).toHaveLength(20);
	const dataOf = (answer: string) => JSON.parse(answer).data;
	expect(dataOf(brotliDecompressSync(br.bytes).toString())).toEqual(dataOf(text));
	expect(dataOf(gunzipSync(gzip.bytes).toString())).toEqual(dataOf(text));
	expect(br.bytes.length).toBeLessThan(plain.bytes.length / 3);
});

test.each([
	["the fast path", {}],
	["yoga", byYoga],
])("a short answer of %s is sent as it is", async (_way, headers) => {
	const { headers: received, bytes } = await send({ headers: { ...headers, "accept-encoding": "br" }, body: '{"query":"{ viewer { username } }"}' });
	expect(received["content-encoding"]).toBeUndefined();
	expect(JSON.parse(bytes.toString()).data.viewer.username).toBe("staff");
});

test("a long answer of the REST API is compressed", async () => {
	const { headers, bytes } = await send({ method: "GET", path: "/api/marketplace-component-usages/", headers: { "accept-encoding": "br" } });
	expect(headers["content-encoding"]).toBe("br");
	expect(JSON.parse(brotliDecompressSync(bytes).toString())).toHaveLength(10);
});

test("a stream of events is never compressed", async () => {
	const headers = await new Promise<IncomingHttpHeaders>((resolve, reject) => {
		const sent = request(
			gateway().url,
			{
				method: "POST",
				agent: false,
				headers: { authorization: "Token demo_staff", "content-type": "application/json", accept: "text/event-stream", "accept-encoding": "br, gzip" },
			},
			(response) => {
				resolve(response.headers);
				response.destroy();
			},
		);
		sent.on("error", reject);
		sent.end(JSON.stringify({ query: "subscription { policyFirings { __typename } }" }));
	});
	expect(headers).toMatchObject({ "content-type": "text/event-stream", "cache-control": "private, no-store", "referrer-policy": "no-referrer" });
	expect(headers["content-encoding"]).not.toBe("br");
});

const answerHeaders = { "cache-control": "private, no-store", vary: "Accept, Accept-Encoding, Authorization, Origin", "referrer-policy": "no-referrer" };

test.each<[string, Sent]>([
	["an answer of the fast path", { body }],
	["an answer of yoga", { headers: byYoga, body }],
	["an answer to a page of another origin", { headers: { origin: "https://portal.example.org" }, body }],
	["an answer to a GET", { method: "GET", path: `/graphql?query=${encodeURIComponent(query)}` }],
	["an error", { body: '{"query":"{ nothing }"}' }],
	["a refused token", { headers: { authorization: "Token nobody" }, body }],
	["a body that is no JSON", { body: "{" }],
	["a form", { headers: { "content-type": "text/plain" }, body }],
	["an accept that nothing can be sent for", { headers: { accept: "image/png" }, body }],
	["an accept that is too long", { headers: { accept: "x".repeat(1_001) }, body }],
])("no cache keeps %s, and no address is told on", async (_what, sent) => {
	expect((await send(sent)).headers).toMatchObject(answerHeaders);
});

test("what a page may ask for is told apart by what it asks", async () => {
	const { headers } = await send({
		method: "OPTIONS",
		headers: { origin: "https://portal.example.org", "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
	});
	expect(headers["vary"]).toBe(`${answerHeaders.vary}, Access-Control-Request-Headers`);
	expect(headers["access-control-allow-origin"]).toBe("https://portal.example.org");
});
