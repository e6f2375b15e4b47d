import type { Client } from "graphql-ws";
import { afterEach, beforeEach, expect, test } from "vitest";
import { tokenHash } from "../../src/access/token.ts";
import { sql } from "../../src/database/sql.ts";
import { makeFirings } from "../support/firings.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { limited } from "../support/limited.ts";
import { person } from "../support/person.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { connect, type Events, subscribe } from "../support/sockets.ts";

let gateway: Gateway;
let provider: Provider;
let clients: Client[];

async function started(costPerSecond: number): Promise<void> {
	const admission = { ...limited.admission, costPerSecond, maxCost: 1_000 };
	gateway = await startGateway({ now: "2017-01-10T12:00:00Z", limits: { ...limited, admission } });
	provider = await makeProvider(gateway);
}

beforeEach(() => {
	clients = [];
});

afterEach(async () => {
	for (const client of clients) void client.dispose();
	await gateway.stop();
});

async function connected(token: string): Promise<Client> {
	const client = await connect(gateway.url, token);
	clients.push(client);
	return client;
}

const alerts = "subscription ($after: String) { policyFirings(after: $after) { ... on PolicyFiringEvent { position } } }";
const alert = async (events: Events): Promise<string> => (await events.next()).policyFirings.position;

const reportMany = `mutation ($input: [SetUsageInput!]!) { setUsages(input: $input) { __typename } }`;
const records = 32;

test("the records of one call are read once for each different subscription, and told one after the other", async () => {
	await started(0);
	await provider.component("cpu");
	const resources: string[] = [];
	while (resources.length < records) resources.push(await provider.resource());
	const report = (amount: string, of = resources) =>
		gateway.ask(provider.token, reportMany, {
			input: of.map((resource) => ({ resource, usages: [{ type: "cpu", amount }] })),
		});
	const different = (count: number) => `subscription { usageReported { a${count}: __typename position componentUsage { usage resource { uuid name } } } }`;
	const client = await connected(provider.token);
	const all = Array.from({ length: 5 }, (_, count) => subscribe(client, different(count)));
	const firsts = Promise.all(all.map((events) => events.next()));
	let areLive = false;
	void firsts.then(() => {
		areLive = true;
	});
	// A subscription gives no sign of being live but its events; each is told of every report then, in order.
	let amount = 0;
	while (!areLive) await report(String(++amount), resources.slice(0, 1));
	await report("1", resources.slice(1, 2));
	const resourceOf = async (events: Events): Promise<string> => (await events.next()).usageReported.componentUsage.resource.uuid;
	for (const events of all) while ((await resourceOf(events)) !== resources[1]);

	const own = await gateway.statementsOf(async () => {
		const told = Promise.all(
			all.map(async (events) => {
				const reported = [];
				while (reported.length < records) reported.push((await events.next()).usageReported);
				return reported;
			}),
		);
		await report("1000");
		for (const reported of await told) {
			expect(reported.map(({ componentUsage }) => componentUsage.resource.uuid)).toEqual(resources);
			expect(new Set(reported.map(({ position }) => position)).size).toBe(records);
			expect(reported.every(({ componentUsage }) => componentUsage.usage === "1000")).toBe(true);
		}
	});
	// Each looks for who asks, what they see and what it shows: records that come in two readings are twice as many.
	const events = own.filter((text) => /from "ComponentUsage" "t"/.test(text)).length;
	expect(events).toBeGreaterThanOrEqual(all.length * 2);
	expect(events).toBeLessThanOrEqual(all.length * 4 + 2);
});

test("a token that has asked for all it may is told its events later, each once and in order; others are told at once", async () => {
	await started(1);
	const [own, other] = [await connected(provider.token), await connected(await provider.staffToken())];
	const [start = ""] = await makeFirings(gateway.database, provider.offering, 1);
	const spent = subscribe(own, alerts, { after: start });
	const waiting = subscribe(other, alerts, { after: start });
	const [first = ""] = await makeFirings(gateway.database, provider.offering, 1);
	expect([await alert(spent), await alert(waiting)]).toEqual([first, first]);

	const spend = () => gateway.send(provider.token, "{ offerings(first: 100) { nodes { uuid } } }");
	while ((await spend()).errors === undefined);

	const positions = await makeFirings(gateway.database, provider.offering, 600);
	const told = { spent: [] as string[], waiting: [] as string[] };
	const all = (async () => {
		while (told.spent.length < positions.length) told.spent.push(await alert(spent));
	})();
	while (told.waiting.length < positions.length) told.waiting.push(await alert(waiting));
	expect(told.waiting).toEqual(positions);
	expect(told.spent.length).toBeLessThan(positions.length);
	await all;
	expect(told.spent).toEqual(positions);
});

test("the last events that a subscription has missed are charged when it has caught up, though none follows", async () => {
	await started(1);
	const token = await person(gateway, [], { isSupport: true });
	const [start = "", ...missed] = await makeFirings(gateway.database, provider.offering, 51);
	const events = subscribe(await connected(token), alerts, { after: start });
	for (const position of missed) expect(await alert(events)).toBe(position);

	// A tenth of a point each, but for what was taken in advance; anything else that is taken is a point.
	const taken = async () => {
		const [bucket] = await gateway.database.rows<{ taken: number }>(sql`select "taken" from "RateBucket" where "hash" = ${tokenHash(token)}`);
		return Math.round(bucket?.taken ?? 0);
	};
	await expect.poll(taken, { timeout: 60_000 }).toBeGreaterThanOrEqual(4);
});
