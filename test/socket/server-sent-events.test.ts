import { EventSource } from "eventsource";
import { afterEach, beforeEach, expect, test } from "vitest";
import { setUsage } from "../support/documents.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { type Line, lineTo } from "../support/line.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

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

const alerts = `subscription ($after: String) { policyFirings(after: $after) { __typename ... on PolicyFiringEvent { position firing { kind } } } }`;

let line: Line;
let source: EventSource | undefined;

beforeEach(async () => {
	line = await lineTo(gateway().url);
});

afterEach(() => {
	source?.close();
	line.close();
});

/** Follows the alerts after the position as a browser does, and answers the events, one by one. */
function follow(after: string): () => Promise<{ kind: string; id: string }> {
	const told: { kind: string; id: string }[] = [];
	let tell: () => void = () => {};
	const address = `${line.url}?query=${encodeURIComponent(alerts)}&variables=${encodeURIComponent(JSON.stringify({ after }))}`;
	source = new EventSource(address, {
		fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, authorization: `Token ${provider.token}` } }),
	});
	source.addEventListener("next", ({ data, lastEventId }) => {
		told.push({ kind: JSON.parse(data).data.policyFirings.firing?.kind, id: lastEventId });
		tell();
	});
	return async () => {
		for (;;) {
			const event = told.shift();
			if (event !== undefined) return event;
			await new Promise<void>((resolve) => {
				tell = resolve;
			});
		}
	};
}

/** The log's position before anything of this test. */
async function here(): Promise<string> {
	await report("11");
	await report("1");
	const { policyFirings } = await gateway().ask(provider.token, "{ policyFirings(first: 1) { nodes { position } } }");
	return policyFirings.nodes[0].position;
}

test("each event has its position as its id", async () => {
	const next = follow(await here());
	await report("12");
	const { kind, id } = await next();
	const { policyFirings } = await gateway().ask(provider.token, "{ policyFirings(first: 1) { nodes { position } } }");

	expect({ kind, id }).toEqual({ kind: "FIRED", id: policyFirings.nodes[0].position });
});

test("an EventSource that loses its connection reconnects by itself, and misses nothing", async () => {
	const next = follow(await here());
	await report("12");
	const events = [await next()];
	const before = line.connections();
	line.cut();
	for (const amount of ["1", "13", "2"]) await report(amount);
	events.push(await next(), await next(), await next());
	line.cut();
	await report("14");
	events.push(await next());

	expect(line.connections()).toBeGreaterThan(before);
	expect(events.map(({ kind }) => kind)).toEqual(["FIRED", "RESET", "FIRED", "RESET", "FIRED"]);
	expect(new Set(events.map(({ id }) => id)).size).toBe(5);
});

test("Last-Event-ID goes before the position in the address, and what is no position is refused", async () => {
	const start = await here();
	for (const amount of ["12", "1"]) await report(amount);
	const { policyFirings } = await gateway().ask(provider.token, "{ policyFirings(first: 2) { nodes { position } } }");
	const [, fired] = policyFirings.nodes.map(({ position }: Answer) => position);
	const asked = async (lastEventId: string): Promise<string> => {
		const stop = new AbortController();
		const headers = { "content-type": "application/json", accept: "text/event-stream", authorization: `Token ${provider.token}`, "last-event-id": lastEventId };
		const body = JSON.stringify({ query: alerts, variables: { after: start } });
		const response = await fetch(gateway().url, { method: "POST", headers, body, signal: stop.signal });
		let text = "";
		for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
			text += chunk;
			if (/^data: .+\n(id: .+\n)?\n/m.test(text)) break;
		}
		stop.abort();
		return text;
	};

	expect(await asked(fired)).toContain('"kind":"RESET"');
	expect(await asked("yesterday")).toContain("BAD_USER_INPUT");
});
