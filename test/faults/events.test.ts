import { EventSource } from "eventsource";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { observedDatabase } from "../../src/database/database.ts";
import { freshDatabase } from "../support/database.ts";
import { setUsage } from "../support/documents.ts";
import { type Answer, type Gateway, startGateway } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { connect, subscribe } from "../support/sockets.ts";

const document = `subscription ($after: String) { policyFirings(after: $after) {
	... on PolicyFiringEvent { position firing { kind offering { name } breaches { used } } } ... on Error { code }
} }`;

let gateway: Gateway;
let provider: Provider;
let resource: string;

/** The first statement like it does not reach the database. */
let unreachable: RegExp | undefined;

beforeAll(async () => {
	const database = observedDatabase(await freshDatabase("empty"), ({ text }) => {
		if (unreachable?.test(text) !== true) return;
		unreachable = undefined;
		throw Object.assign(new Error("The connection is refused."), { code: "ECONNREFUSED" });
	});
	gateway = await startGateway({ database, now: "2017-01-10T12:00:00Z" });
	provider = await makeProvider(gateway);
	await provider.component("cpu");
	await provider.policy({ limits: { cpu: 10 } });
	resource = await provider.resource();
});

afterAll(() => gateway.stop());

const report = (amount: string) => gateway.ask(provider.token, setUsage, { input: { resource, usages: [{ type: "cpu", amount }] } });

async function lastPosition(): Promise<string> {
	const { policyFirings } = await gateway.ask(provider.token, "{ policyFirings(first: 1) { nodes { position } } }");
	return policyFirings.nodes[0].position;
}

/** Goes on over WebSocket until it is told of an event, as a client does that an error has ended. */
async function toldOverSocket(after: string): Promise<Answer> {
	const client = await connect(gateway.url, provider.token);
	try {
		for (;;) {
			try {
				return (await subscribe(client, document, { after }).next()).policyFirings;
			} catch (error) {
				expect(String(error)).toContain("SERVICE_UNAVAILABLE");
			}
		}
	} finally {
		void client.dispose();
	}
}

/** Follows as a browser does, which goes on by itself, until it is told of an event. */
async function toldOverStream(after: string): Promise<Answer> {
	const address = `${gateway.url}?query=${encodeURIComponent(document)}&variables=${encodeURIComponent(JSON.stringify({ after }))}`;
	const source = new EventSource(address, {
		fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, authorization: `Token ${provider.token}` } }),
	});
	return new Promise<Answer>((resolve) => {
		source.addEventListener("next", ({ data }) => {
			const told = JSON.parse(data).data?.policyFirings;
			if (told != null) resolve(told);
		});
	}).finally(() => source.close());
}

describe.each([
	["it is looked whether the firing is seen", /^select "t"\."uuid" from "PolicyFiring"/],
	["the firing is read", /^select "t"\."uuid", "t"\."kind"/],
	["what belongs to the firing is read", /"PolicyFiringBreach"/],
])("an event for which the database cannot be reached when %s", (_, statement) => {
	test.each([
		["WebSocket", toldOverSocket],
		["server-sent events", toldOverStream],
	])("is told over %s to whoever goes on, before the next one", async (_transport, told) => {
		await report("11");
		const last = await lastPosition();
		await report("1");
		const position = await lastPosition();
		await report("11");

		unreachable = statement;
		expect(await told(last)).toMatchObject({ position, firing: { kind: "RESET" } });
		expect(unreachable).toBeUndefined();
		await report("1");
	});
});
