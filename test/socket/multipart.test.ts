import { type IncomingMessage, request } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { streamed } from "../../src/server/multipart-subscriptions.ts";
import { setUsage } from "../support/documents.ts";
import { type Answer, type Gateway, startGateway } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

let gateway: Gateway;
let provider: Provider;
let resource: string;
let open: IncomingMessage[];

beforeEach(async () => {
	open = [];
	gateway = await startGateway({ now: "2017-01-10T12:00:00Z" });
	provider = await makeProvider(gateway);
	await provider.component("cpu");
	await provider.policy({ limits: { cpu: 10 } });
	resource = await provider.resource();
});

afterEach(async () => {
	for (const response of open) response.destroy();
	expect(gateway.bugs()).toEqual([]);
	await gateway.stop();
});

const report = (amount: string) => gateway.ask(provider.token, setUsage, { input: { resource, usages: [{ type: "cpu", amount }] } });

/** As Apollo Client 4 asks. */
const accept = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9";

const alerts =
	"subscription ($after: String) { policyFirings(after: $after) { __typename ... on PolicyFiringEvent { position previous firing { kind } } ... on PositionExpiredError { code } } }";

interface Asked {
	readonly query?: string;
	readonly variables?: object;
	readonly headers?: Record<string, string>;
}

function ask({ query = alerts, variables, headers }: Asked = {}): Promise<IncomingMessage> {
	return new Promise((resolve, reject) => {
		const sent = request(
			gateway.url,
			{
				method: "POST",
				agent: false,
				headers: { "content-type": "application/json", accept, "accept-encoding": "br, gzip", authorization: `Token ${provider.token}`, ...headers },
			},
			(response) => {
				open.push(response);
				response.on("error", () => {});
				resolve(response);
			},
		);
		sent.on("error", reject);
		sent.end(JSON.stringify({ query, variables }));
	});
}

/** The parts as Apollo Client reads them: one is there when the delimiter behind it is; the last one is followed by the end. */
async function* partsOf(response: AsyncIterable<Buffer | Uint8Array>): AsyncGenerator<Answer, "complete" | "cut off"> {
	const delimiter = "\r\n--graphql";
	let text = "";
	try {
		for await (const chunk of response) {
			text += Buffer.from(chunk).toString();
			for (let at = text.indexOf(delimiter); at >= 0; at = text.indexOf(delimiter)) {
				const [head = "", json] = text.slice(0, at).split("\r\n\r\n");
				text = text.slice(at + delimiter.length);
				if (json === undefined) continue;
				expect(head.trim()).toBe("content-type: application/json");
				yield JSON.parse(json);
			}
		}
	} catch {
		return text === "--\r\n" ? "complete" : "cut off";
	}
	return text === "--\r\n" ? "complete" : "cut off";
}

/** The next part that is no heartbeat. */
async function nextOf(parts: AsyncGenerator<Answer, string>): Promise<Answer> {
	for (;;) {
		const { value, done } = await parts.next();
		if (done === true) return value;
		if (Object.keys(value).length > 0) return value;
	}
}

async function newest(): Promise<string> {
	const { policyFirings } = await gateway.ask(provider.token, "{ policyFirings(first: 1) { nodes { position } } }");
	return policyFirings.nodes[0].position;
}

test("the first part says at once that the subscription has begun, and each event is a part of its own", async () => {
	const response = await ask();
	const parts = partsOf(response);
	expect(response.statusCode).toBe(200);
	expect(response.headers).toMatchObject({
		"content-type": 'multipart/mixed; boundary="graphql"; subscriptionSpec="1.0"',
		"cache-control": "private, no-store",
	});
	expect(response.headers["content-encoding"]).toBeUndefined();
	expect((await parts.next()).value).toEqual({});

	await report("11");
	const event = await nextOf(parts);
	expect(Object.keys(event)).toEqual(["payload"]);
	expect(event.payload.data.policyFirings).toMatchObject({ position: await newest(), firing: { kind: "FIRED" } });
	await report("1");
	expect((await nextOf(parts)).payload.data.policyFirings.firing.kind).toBe("RESET");
});

test("a subscription goes on from a position, and misses nothing", async () => {
	for (const amount of ["11", "1"]) await report(amount);
	const after = await newest();
	for (const amount of ["12", "2"]) await report(amount);
	const parts = partsOf(await ask({ variables: { after } }));
	const events = [await nextOf(parts), await nextOf(parts)].map(({ payload }) => payload.data.policyFirings);
	expect(events.map(({ firing }) => firing.kind)).toEqual(["FIRED", "RESET"]);
	expect(events.map(({ previous }) => previous)).toEqual([after, events[0].position]);
});

test("subscribers of both formats of streams, and of the same, share each event", async () => {
	const query = "subscription { policyFirings { ... on PolicyFiringEvent { position } } }";
	const parts = [partsOf(await ask({ query })), partsOf(await ask({ query }))];
	for (const each of parts) await each.next();
	const sse = await ask({ query, headers: { accept: "text/event-stream" } });
	const text = (async () => {
		let all = "";
		for await (const chunk of sse) {
			all += chunk;
			if (/^id: .+\n/m.test(all)) break;
		}
		return all;
	})();
	await report("11");
	const [one, other] = await Promise.all(parts.map(nextOf));
	expect(other).toEqual(one);
	expect(await text).toContain(`data: ${JSON.stringify(one.payload)}\nid: ${one.payload.data.policyFirings.position}\n`);
});

test.each([
	["who is not signed in", { headers: { authorization: "Token nobody" } }, 401, "UNAUTHENTICATED"],
	["who asks what there is not", { query: "subscription { nothing }" }, 400, "GRAPHQL_VALIDATION_FAILED"],
	["whose position is none", { variables: { after: "yesterday" } }, 200, "BAD_USER_INPUT"],
])("a client %s gets an answer that is no stream", async (_who, asked, status, code) => {
	const response = await ask(asked);
	let text = "";
	for await (const chunk of response) text += chunk;
	expect([response.statusCode, response.headers["content-type"]]).toEqual([status, expect.stringContaining("json")]);
	expect(JSON.parse(text).errors[0].extensions.code).toBe(code);
});

test("a client that takes nothing else gets what it is refused with as the end of the stream", async () => {
	const parts = partsOf(await ask({ query: "subscription { nothing }", headers: { accept: "multipart/mixed;subscriptionSpec=1.0" } }));
	const end = await nextOf(parts);
	expect(end).toMatchObject({ payload: null, errors: [{ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }] });
	expect(end.errors[0].extensions.http).toBeUndefined();
	expect(await parts.next()).toEqual({ done: true, value: "complete" });
});

test("a token that is revoked ends the stream with its reason", async () => {
	const parts = partsOf(await ask());
	await parts.next();
	await gateway.database.rows(sql`update "Token" set "revoked" = now()`);
	expect(await nextOf(parts)).toEqual({
		payload: null,
		errors: [{ message: "The token is no longer good: sign in again.", extensions: { code: "UNAUTHENTICATED" } }],
	});
	expect(await parts.next()).toEqual({ done: true, value: "complete" });
});

test("a service that stops says so, and cuts the stream off", async () => {
	const parts = partsOf(await ask());
	await parts.next();
	const end = nextOf(parts);
	await gateway.stop();
	expect(await end).toMatchObject({ payload: null, errors: [{ extensions: { code: "SERVICE_UNAVAILABLE" } }] });
	gateway = await startGateway();
});

test("an expired position is an event, and the stream is complete", async () => {
	const old = "0000000000000.0000000000000";
	const parts = partsOf(await ask({ variables: { after: old } }));
	expect((await nextOf(parts)).payload.data.policyFirings.code).toBe("POSITION_EXPIRED");
	expect(await parts.next()).toEqual({ done: true, value: "complete" });
});

test("streams of both formats are connections of their token: the eleventh is refused", async () => {
	const streams = await Promise.all(Array.from({ length: 10 }, (_, at) => ask(at % 2 === 0 ? {} : { headers: { accept: "text/event-stream" } })));
	for (const response of streams) response.once("data", () => {});
	const response = await ask();
	let text = "";
	for await (const chunk of response) text += chunk;
	expect(JSON.parse(text).errors[0].extensions.code).toBe("RATE_LIMITED");
});

test("a client that leaves gives its connection back", async () => {
	for (let round = 0; round < 12; round++) {
		const response = await ask();
		await partsOf(response).next();
		const gone = new Promise((resolve) => response.once("close", resolve));
		response.destroy();
		await gone;
		await gateway.ask(provider.token, "{ viewer { uuid } }"); // the service has seen by then that it has gone
	}
	expect((await ask()).headers["content-type"]).toContain("multipart/mixed");
});

test("a query is answered as JSON, whatever else its client takes", async () => {
	const response = await ask({ query: "{ viewer { uuid } }" });
	expect(response.headers["content-type"]).toContain("json");
	response.resume();
});

test("while nothing happens, empty parts keep the connection", async () => {
	let end: () => void = () => {};
	const over = new Promise<void>((resolve) => {
		end = resolve;
	});
	async function* silent() {
		await over;
		yield* [];
	}
	const response = streamed(silent(), globalThis as never, 5);
	const parts = partsOf(response.body as unknown as AsyncIterable<Uint8Array>);
	for (let beat = 0; beat < 3; beat++) expect((await parts.next()).value).toEqual({});
	end();
	expect(await nextOf(parts)).toBe("complete");
});
