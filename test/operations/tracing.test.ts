import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { demoHandles } from "../../src/world/demo.ts";
import { observedGatewayForFile } from "./observed-gateway.ts";

interface Span {
	readonly traceId: string;
	readonly spanId: string;
	readonly parentSpanId?: string;
	readonly name: string;
	readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
}

/** A collector of OpenTelemetry, as far as a service sees it. */
const received: { readonly path: string | undefined; readonly text: string }[] = [];
const collector = createServer(async (request, response) => {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk);
	received.push({ path: request.url, text: Buffer.concat(chunks).toString() });
	response.writeHead(200, { "content-type": "application/json" }).end("{}");
});
const collectorUrl = () => `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
beforeAll(() => new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve)));
afterAll(() => void collector.close());

const observed = observedGatewayForFile(collectorUrl);

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";

test("an operation and its statements are sent to the collector as one trace, the client's or its own, without values", async () => {
	const { gateway, observation } = observed();
	const ask = async (headers: Record<string, string>, query: string) => {
		const signedIn = { "content-type": "application/json", connection: "close", authorization: "Token demo_provider" };
		const variables = { uuid: demoHandles.resource };
		await fetch(gateway.url, { method: "POST", headers: { ...signedIn, ...headers }, body: JSON.stringify({ query, variables }) });
	};
	await ask({ traceparent: `00-${traceId}-${spanId}-01` }, "query Usage($uuid: UUID!) { resource(uuid: $uuid) { name } }");
	await ask({}, "query Own { viewer { username } }");
	await observation.stop(); // sends what has not been sent

	expect(received.map(({ path }) => path)).toEqual(["/v1/traces"]);
	const text = received[0]?.text ?? "";
	const spans: Span[] = JSON.parse(text).resourceSpans[0].scopeSpans[0].spans;
	const operation = spans.find(({ name }) => name === "query Usage");
	const own = spans.find(({ name }) => name === "query Own");
	const statements = spans.filter((span) => span !== operation && span !== own && span.parentSpanId !== own?.spanId);
	expect(operation).toMatchObject({ traceId, parentSpanId: spanId });
	expect(operation?.attributes).toContainEqual({ key: "enduser.id", value: { stringValue: "provider" } });
	expect(observed().lines()).toMatchObject([{ traceId }, { traceId: own?.traceId ?? "" }]);
	expect([own?.parentSpanId ?? "", own?.traceId === traceId]).toEqual(["", false]);
	expect(statements.length).toBeGreaterThan(0);
	for (const { traceId: trace, parentSpanId } of statements) expect([trace, parentSpanId]).toEqual([traceId, operation?.spanId]);
	expect(statements[0]?.attributes).toContainEqual({ key: "db.query.text", value: { stringValue: expect.stringContaining('from "Resource"') } });
	for (const hidden of [demoHandles.resource, "demo_provider"]) expect(text).not.toContain(hidden);
});
