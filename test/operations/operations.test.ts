import { beforeEach, describe, expect, test } from "vitest";
import { demoHandles } from "../../src/world/demo.ts";
import { connect, subscribe } from "../support/sockets.ts";
import { observedGatewayForFile } from "./observed-gateway.ts";

const observed = observedGatewayForFile();
beforeEach(() => void observed().lines());

const secret = "s3cret";
const usage = `query Usage($uuid: UUID!) { resource(uuid: $uuid) { name project { customer { name } } } }`;
const resources = "query Many { resources(first: 20) { nodes { componentUsages(first: 1) { nodes { usage } } } } }";
const report = (type: string) => `mutation Report {
	setUsage(input: { resource: "${demoHandles.resource}", usages: [{ type: "${type}", amount: "1", description: "${secret}" }] }) { __typename }
}`;
const firings = "subscription Alerts($after: String) { policyFirings(after: $after) { ... on PolicyFiringEvent { position } } }";

/** Sends the document as it is, with the headers. */
const post = (body: object, headers: Record<string, string> = {}) =>
	fetch(observed().gateway.url, {
		method: "POST",
		headers: { "content-type": "application/json", connection: "close", ...headers },
		body: JSON.stringify(body),
	});

/** A line that a query of the provider leaves, apart from what differs each time. */
const line = {
	time: "2026-06-15T12:00:00.000Z",
	requestId: expect.any(String),
	traceId: null,
	viewer: "provider",
	cost: expect.any(Number),
	ms: expect.any(Number),
};
const few = expect.toSatisfy((count: number) => count > 0 && count < 20, "a few statements");

describe("an operation is one line of the log", () => {
	test.each(["the first time", "the second time", "as a plan"])("a query, asked %s", async () => {
		await observed().gateway.ask("demo_provider", usage, { uuid: demoHandles.resource });
		expect(observed().lines()).toEqual([{ ...line, type: "query", name: "Usage", statements: few, outcome: "ok", codes: [] }]);
	});

	test("a query by GET, which takes another way", async () => {
		const url = `${observed().gateway.url}?${new URLSearchParams({ query: resources })}`;
		await (await fetch(url, { headers: { authorization: "Token demo_provider", connection: "close" } })).text();
		expect(observed().lines()).toEqual([{ ...line, type: "query", name: "Many", statements: few, outcome: "ok", codes: [] }]);
	});

	test("a mutation that answers a typed error, with the error's code", async () => {
		await observed().gateway.ask("demo_provider", report("gpu_hours"));
		expect(observed().lines()).toEqual([{ ...line, type: "mutation", name: "Report", statements: few, outcome: "refused", codes: ["INVALID_COMPONENTS"] }]);
	});

	test("a query that is refused at its top", async () => {
		await observed().gateway.send("demo_provider", "{ offerings(first: 1000) { nodes { name } } }");
		expect(observed().lines()).toEqual([{ ...line, type: "query", name: null, statements: expect.any(Number), outcome: "refused", codes: ["BAD_USER_INPUT"] }]);
	});

	test("a document that is none, of nobody: it was not looked at who asks", async () => {
		await observed().gateway.send("demo_provider", "{");
		const unknown = { viewer: null, cost: null, type: null, name: null, statements: 0 };
		expect(observed().lines()).toEqual([{ ...line, ...unknown, outcome: "refused", codes: ["GRAPHQL_PARSE_FAILED"] }]);
	});

	test("one that does not fit the schema, of who asks: nobody else has it looked at", async () => {
		await observed().gateway.send("demo_provider", "query Wrong { nothing }");
		const wrong = { type: "query", name: "Wrong", cost: 1, statements: expect.any(Number) };
		expect(observed().lines()).toEqual([{ ...line, ...wrong, outcome: "refused", codes: ["GRAPHQL_VALIDATION_FAILED"] }]);
	});

	test("one with a token that is not good", async () => {
		await observed().gateway.send(secret, "{ viewer { username } }");
		expect(observed().lines()).toMatchObject([{ viewer: null, statements: 0, outcome: "refused", codes: ["UNAUTHENTICATED"] }]);
	});

	test("a subscription over WebSocket, when it has begun", async () => {
		const client = await connect(observed().gateway.url, "demo_provider");
		const events = subscribe(client, firings, { after: "0" });
		await events.next();
		expect(observed().lines()).toMatchObject([{ viewer: "provider", type: "subscription", name: "Alerts", outcome: "ok", codes: [] }]);
		await client.dispose();
		await expect.poll(() => observed().lines()).toHaveLength(1); // it has one more when it is over
	});

	test("a query over WebSocket", async () => {
		const client = await connect(observed().gateway.url, "demo_provider");
		const answers = client.iterate({ query: resources });
		await answers.next();
		expect(observed().lines()).toEqual([{ ...line, type: "query", name: "Many", statements: few, outcome: "ok", codes: [] }]);
		await client.dispose();
	});

	test("without its token, its variables and the values in its document", async () => {
		await post({ query: report("cpu_hours") }, { authorization: "Token demo_provider" });
		await post({ query: usage, variables: { uuid: secret } }, { authorization: `Token demo_provider` });
		await post({ query: usage, variables: { uuid: demoHandles.resource } }, { authorization: `Token ${secret}` });
		const text = JSON.stringify(observed().lines());
		expect(text).toContain("provider");
		for (const hidden of [secret, "demo_provider", demoHandles.resource]) expect(text).not.toContain(hidden);
	});
});

describe("a request's id", () => {
	const asked = { query: "{ viewer { username } }" };
	const signedIn = { authorization: "Token demo_provider" };

	test("is the client's, in the answer and in the log", async () => {
		const { headers } = await post(asked, { ...signedIn, "x-request-id": "balancer-7:42" });
		expect([headers.get("x-request-id"), observed().lines()[0]?.["requestId"]]).toEqual(["balancer-7:42", "balancer-7:42"]);
	});

	test.each(['"}{"admin":true', "a".repeat(129), "two words"])("is not what a client could forge the log with: %j", async (forged) => {
		const { headers } = await post(asked, { ...signedIn, "x-request-id": forged });
		const id = headers.get("x-request-id");
		expect(id).toMatch(/^[\da-f-]{36}$/);
		expect(observed().lines()).toMatchObject([{ requestId: id }]);
	});

	test("is in every answer, of GraphiQL too", async () => {
		const { headers } = await fetch(observed().gateway.url, { headers: { accept: "text/html", connection: "close" } });
		expect(headers.get("x-request-id")).toMatch(/^[\da-f-]{36}$/);
		expect(observed().lines()).toEqual([]);
	});
});

test("a trace that the client names is in the line of its operation, and what is no trace is not", async () => {
	const traceId = "0af7651916cd43dd8448eb211c80319c";
	for (const traceparent of [`00-${traceId}-b7ad6b7169203331-01`, `00-${traceId}-b7ad6b7169203331`, '00-"}-b7ad6b7169203331-01']) {
		await post({ query: "{ viewer { username } }" }, { authorization: "Token demo_provider", traceparent });
	}
	expect(
		observed()
			.lines()
			.map(({ traceId }) => traceId),
	).toEqual([traceId, null, null]);
});

describe("metrics count", () => {
	/** By how much what is counted grows while the work is done. */
	async function growth(series: string, work: () => Promise<unknown>): Promise<number> {
		const before = await observed().count(series);
		await work();
		return (await observed().count(series)) - before;
	}
	const ask = (document: string) => () => observed().gateway.send("demo_provider", document);

	test("operations by type, name and outcome", async () => {
		expect(await growth('usage_gateway_operations_total{type="query",name="Many",outcome="ok"}', ask(resources))).toBe(1);
		expect(await growth('usage_gateway_operation_duration_seconds_count{type="query"}', ask(resources))).toBe(1);
	});

	test("errors by code, typed ones among them", async () => {
		expect(await growth('usage_gateway_errors_total{code="INVALID_COMPONENTS"}', ask(report("gpu_hours")))).toBe(1);
		expect(await growth('usage_gateway_errors_total{code="GRAPHQL_VALIDATION_FAILED"}', ask("{ nothing }"))).toBe(1);
	});

	test("statements, and of how many objects each reads something", async () => {
		expect(await growth('usage_gateway_statement_duration_seconds_count{outcome="ok"}', ask(resources))).toBeGreaterThan(1);
		expect(await growth("usage_gateway_batch_objects_sum", ask(resources))).toBeGreaterThan(await growth("usage_gateway_batch_objects_count", ask(resources)));
	});

	test("evaluations of policies, and when the log is read", async () => {
		expect(await growth("usage_gateway_policy_evaluation_seconds_count", ask(report("cpu_hours")))).toBe(1);
		await expect.poll(() => observed().count("usage_gateway_log_lag_seconds_count"), { timeout: 60_000 }).toBeGreaterThan(0);
	});

	test("subscribers while there are any", async () => {
		const client = await connect(observed().gateway.url, "demo_provider");
		const events = subscribe(client, firings, { after: "0" });
		await events.next();
		await expect.poll(() => observed().count("usage_gateway_subscribers"), { timeout: 60_000 }).toBe(1);
		await client.dispose();
		await expect.poll(() => observed().count("usage_gateway_subscribers"), { timeout: 60_000 }).toBe(0);
	});

	test("WebSockets and streams of events while they are open", async () => {
		const client = await connect(observed().gateway.url, "demo_provider");
		const events = subscribe(client, firings, { after: "0" });
		await events.next();
		const leaving = new AbortController();
		const stream = await fetch(observed().gateway.url, {
			method: "POST",
			headers: { "content-type": "application/json", accept: "text/event-stream", authorization: "Token demo_owner" },
			body: JSON.stringify({ query: firings }),
			signal: leaving.signal,
		});
		const open = async () => [
			await observed().count('usage_gateway_connections{kind="socket"}'),
			await observed().count('usage_gateway_connections{kind="stream"}'),
		];
		expect([stream.status, await open()]).toEqual([200, [1, 1]]);
		leaving.abort();
		await client.dispose();
		await expect.poll(open, { timeout: 60_000 }).toEqual([0, 0]);
	});

	test("the names of a hundred operations and no more, for clients choose them; those of nobody are not told apart", async () => {
		for (let name = 0; name < 120; name++) await observed().gateway.send("demo_provider", `query Name${name} { viewer { username } }`);
		await observed().gateway.send(undefined, "query Stranger { viewer { username } }");
		const text = await (await fetch(`${observed().observation.url}/metrics`)).text();
		expect(new Set([...text.matchAll(/operations_total\{[^}]*name="(\w*)"/g)].map(([, name]) => name)).size).toBe(101);
		expect(text).not.toContain("Stranger");
	});
});
