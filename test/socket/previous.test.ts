import type { Client } from "graphql-ws";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeFirings } from "../support/firings.ts";
import { type Answer, type Data, gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { connect, type Events, subscribe, subscribeAsBrowser, subscribeOverSse } from "../support/sockets.ts";

const gateway = gatewayForFile({ now: "2017-01-10T12:00:00Z" });
let provider: Provider;
let other: Provider;
let closing: (() => void)[];

beforeEach(async () => {
	closing = [];
	[provider, other] = [await makeProvider(gateway()), await makeProvider(gateway())];
});

afterEach(() => {
	for (const close of closing) close();
});

const alerts = `subscription ($after: String) { policyFirings(after: $after) { ... on PolicyFiringEvent { previous position } } }`;

/** Firings of the provider in the log; answers where it has them. */
const fire = (count: number) => makeFirings(gateway().database, provider.offering, count);
const fireElsewhere = (count: number) => makeFirings(gateway().database, other.offering, count);

async function connected(): Promise<Client> {
	const client = await connect(gateway().url, provider.token);
	closing.push(() => void client.dispose());
	return client;
}

type Follow = (query: string, variables?: Data) => Promise<Events>;

const transports: Readonly<Record<string, Follow>> = {
	WebSocket: async (query, variables) => subscribe(await connected(), query, variables),
	"server-sent events": (query, variables) => subscribeOverSse(gateway().url, provider.token, query, variables),
	"an EventSource": async (query, variables) => subscribeAsBrowser(gateway().url, provider.token, query, variables),
};

const stopping = async (follow: Promise<Events>): Promise<Events> => {
	const events = await follow;
	closing.push(events.stop);
	return events;
};

const event = async (events: Events): Promise<Answer> => (await events.next()).policyFirings;

/** The position before each of so many events, and their own. */
async function chain(events: Events, count: number): Promise<[previous: string, position: string][]> {
	const told: [string, string][] = [];
	while (told.length < count) {
		const { previous, position } = await event(events);
		told.push([previous, position]);
	}
	return told;
}

/** Positions as the chain that they make. */
const chained = (positions: readonly string[]): string[][] => positions.slice(1).map((position, place) => [positions[place] ?? "", position]);

/** Causes events until the first of a live subscription is there, and answers it. */
async function firstEvent(events: Events): Promise<Answer> {
	let isTold = false;
	const first = event(events).finally(() => {
		isTold = true;
	});
	while (!isTold) {
		await fire(1);
		await new Promise((resolve) => setImmediate(resolve));
	}
	return first;
}

describe.each(Object.entries(transports))("over %s, each event has the position before it", (_name, follow) => {
	test("from the position on that was given, replayed and live", async () => {
		const positions = await fire(3);
		const events = await stopping(follow(alerts, { after: positions[0] }));
		const replayed = await chain(events, 2);
		positions.push(...(await fire(2)));

		expect([...replayed, ...(await chain(events, 2))]).toEqual(chained(positions));
	});

	test("whatever others are told in between, whom the viewer does not see", async () => {
		const positions = await fire(1);
		await fireElsewhere(2);
		positions.push(...(await fire(1)));
		const events = await stopping(follow(alerts, { after: positions[0] }));
		const replayed = await chain(events, 1);
		await fireElsewhere(2);
		positions.push(...(await fire(1)));
		await fireElsewhere(1);
		positions.push(...(await fire(1)));

		expect([...replayed, ...(await chain(events, 2))]).toEqual(chained(positions));
	});

	test("of a live subscription from where it began: going on from there begins with the same event", async () => {
		const { previous, position } = await firstEvent(await stopping(follow(alerts)));
		const again = await stopping(follow(alerts, { after: previous }));

		expect(await chain(again, 1)).toEqual([[previous, position]]);
	});
});

test("an EventSource that has lost its connection is told the position that it goes on from as the one before its next event", async () => {
	const positions = await fire(2);
	const url = `${gateway().url}?${new URLSearchParams({ query: alerts, variables: JSON.stringify({ after: "0" }) })}`;
	const headers = { accept: "text/event-stream", authorization: `Token ${provider.token}`, "last-event-id": positions[0] ?? "" };
	const stop = new AbortController();
	const response = await fetch(url, { headers, signal: stop.signal });
	let text = "";
	for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
		text += chunk;
		if (text.includes(positions[1] ?? "")) break;
	}
	stop.abort();

	expect(text).toContain(`"previous":"${positions[0]}"`);
});

test("subscriptions that share their events each have a first one that comes after their own position", async () => {
	const positions = await fire(4);
	const client = await connected();
	const all: Events[] = [];
	const chains: [string, string][][] = [];
	for (const [place, after] of positions.entries()) {
		const events = subscribe(client, alerts, { after });
		all.push(events);
		chains.push(await chain(events, positions.length - 1 - place));
	}
	positions.push(...(await fire(3)));
	for (const [place, events] of all.entries()) chains[place]?.push(...(await chain(events, 3)));

	expect(chains).toEqual(all.map((_, place) => chained(positions.slice(place))));
});

test("subscriptions that share their events and begin at once, before and after some that are not theirs, have chains of their own", async () => {
	const [start = ""] = await fire(1);
	const elsewhere = await fireElsewhere(2);
	const client = await connected();
	const [early, late] = [start, elsewhere[1] ?? ""].map((after) => subscribe(client, alerts, { after })) as [Events, Events];
	const positions = await fire(2);

	expect(await chain(early, 2)).toEqual(chained([start, ...positions]));
	expect(await chain(late, 2)).toEqual(chained([elsewhere[1] ?? "", ...positions]));
});

test("the position before is in each place in which it is asked for, and in no other", async () => {
	const positions = await fire(3);
	const document = `subscription ($after: String, $yes: Boolean = true, $no: Boolean = false) { policyFirings(after: $after) { ...Places } }
		fragment Places on PolicyFiringEvent {
			position before: previous included: previous @include(if: $yes) left: previous @include(if: $no) ...More
			firing { position offering { policies(first: 1) { nodes { uuid } } } }
		}
		fragment More on PolicyFiringEvent { again: previous skipped: previous @skip(if: $yes) }`;
	const events = subscribe(await connected(), document, { after: positions[0] });
	const told = [await event(events), await event(events)];

	expect(told).toEqual(
		chained(positions).map(([before, position]) => ({
			position,
			before,
			included: before,
			again: before,
			firing: { position, offering: { policies: { nodes: [] } } },
		})),
	);
});

test("reports of usage are chained in the same way, and so is what a filter leaves", async () => {
	await provider.component("cpu");
	const [one, two] = [await provider.resource(), await provider.resource()];
	const report = (resource: string, amount: number) =>
		gateway().ask(provider.token, "mutation ($input: SetUsageInput!) { setUsage(input: $input) { __typename } }", {
			input: { resource, usages: [{ type: "cpu", amount: String(amount) }] },
		});
	const document = "subscription ($resource: UUID!) { usageReported(filter: { resourceUuid: $resource }) { previous position } }";
	const events = subscribe(await connected(), document, { resource: one });
	const first = events.next();
	let isTold = false;
	void first.then(() => {
		isTold = true;
	});
	for (let amount = 1; !isTold; amount++) await report(one, amount);
	let { position } = (await first).usageReported;
	for (let amount = 101; amount < 104; amount++) {
		await report(two, amount);
		await report(one, amount);
	}
	for (let told = 0; told < 3; told++) {
		const next = (await events.next()).usageReported;
		expect(next.previous).toBe(position);
		position = next.position;
	}
});
