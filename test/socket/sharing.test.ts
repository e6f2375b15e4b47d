import type { Client } from "graphql-ws";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addToken } from "../../src/access/token.store.ts";
import { sql } from "../../src/database/sql.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { insert } from "../support/insert.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { connect, type Events, subscribe, subscribeOverSse } from "../support/sockets.ts";

const gateway = gatewayForFile({ now: "2017-01-10T12:00:00Z" });
let provider: Provider;
let resource: string;
let clients: Client[];

beforeEach(async () => {
	clients = [];
	provider = await makeProvider(gateway());
	await provider.component("cpu");
	await provider.policy({ limits: { cpu: 10 } });
	resource = await provider.resource();
});

afterEach(() => {
	for (const client of clients) void client.dispose();
});

const alerts = `subscription ($after: String) {
	policyFirings(after: $after) { ... on PolicyFiringEvent { position firing { kind offering { name } } } }
}`;

const reportUsage = "mutation ($input: SetUsageInput!) { setUsage(input: $input) { ... on SetUsagePayload { firings { position } } } }";

/** Reports usage that turns the policy, and answers where this stands in the log. */
const report = async (amount: string, token = provider.token, on = resource): Promise<string> =>
	(await gateway().ask(token, reportUsage, { input: { resource: on, usages: [{ type: "cpu", amount }] } })).setUsage.firings[0].position;

async function connected(token: string): Promise<Client> {
	const client = await connect(gateway().url, token);
	clients.push(client);
	return client;
}

/** One more token of the provider's owner. */
async function anotherToken(name: string): Promise<string> {
	const token = `${provider.token}${name}`;
	await addToken(gateway().database, { token, username: provider.token.replace("demo_", ""), name, expires: null, now: new Date(0) });
	return token;
}

/** Another owner of the provider, with a token. */
async function anotherOwner(): Promise<string> {
	const username = `${provider.token.replace("demo_", "")}other`;
	const user = await insert(gateway().database, "User", { username });
	await insert(gateway().database, "CustomerRole", { userUuid: user, customerUuid: provider.uuid, role: "OWNER" });
	const token = `demo_${username}`;
	await addToken(gateway().database, { token, username, name: "test", expires: null, now: new Date(0) });
	return token;
}

/** A resource of another provider of the same owner, with a policy on it. */
async function ofSameOwner(): Promise<string> {
	const elsewhere = await makeProvider(gateway());
	await elsewhere.component("cpu");
	await elsewhere.policy({ limits: { cpu: 10 } });
	await gateway().database.rows(sql`
		insert into "CustomerRole" ("userUuid", "customerUuid", "role")
		select "uuid", ${elsewhere.uuid}::uuid, 'OWNER' from "User" where "username" = ${provider.token.replace("demo_", "")}
	`);
	return elsewhere.resource();
}

const position = async (events: Events): Promise<string> => (await events.next()).policyFirings.position;

let isUp = false;

/** Turns the policy once; answers how often firings were read while all of the subscriptions were told of it. */
async function readingsOfOneEvent(all: readonly Events[]): Promise<number> {
	isUp = !isUp;
	const statements = await gateway().statementsOf(async () => {
		const told = Promise.all(all.map(position));
		const caused = await report(isUp ? "11" : "1");
		expect(new Set(await told)).toEqual(new Set([caused]));
	});
	return statements.filter((text) => /from "PolicyFiring" "t"/.test(text)).length;
}

/** What the report itself reads of the firing to answer it is in each count, as in that of a single subscription. */
async function readingsAlone(): Promise<number> {
	isUp = false;
	const start = await report("11");
	await report("1");
	const events = subscribe(await connected(provider.token), alerts, { after: start });
	await position(events);
	const readings = await readingsOfOneEvent([events]);
	events.stop();
	return readings;
}

/** Until all are live an event may be read once more for those that are not: a subscription gives no sign of that. */
const settled = (all: readonly Events[]) => expect.poll(() => readingsOfOneEvent(all), { timeout: 60_000, interval: 0 });

test("an event is read once for all subscriptions of a viewer that ask the same, whatever their tokens, connections and transports", async () => {
	const alone = await readingsAlone();
	const after = await report(isUp ? "1" : "11");
	isUp = !isUp;
	const tokens = [provider.token, await anotherToken("second"), await anotherToken("third")];
	const all: Events[] = [];
	for (const token of tokens) {
		const client = await connected(token);
		for (let count = 0; count < 10; count++) all.push(subscribe(client, alerts, { after }));
		all.push(await subscribeOverSse(gateway().url, token, alerts, { after }));
	}

	await settled(all).toBe(alone);
	for (const events of all) events.stop();
});

test("an event is read once for subscriptions that differ in names and in what they do not use", async () => {
	const alone = await readingsAlone();
	const after = await report(isUp ? "1" : "11");
	isUp = !isUp;
	const all: Events[] = [];
	for (let connection = 0; connection < 4; connection++) {
		const client = await connected(provider.token);
		for (let count = 0; count < 50; count++) {
			const name = `n${connection}x${count}`;
			const document = alerts.replace("subscription (", `subscription ${name}(`).replaceAll("$after", `$${name}`);
			all.push(subscribe(client, document, { [name]: after, [`${name}unused`]: count }));
		}
	}

	await settled(all).toBe(alone);
	for (const events of all) events.stop();
});

test("a token follows at most twenty different subscriptions on all its connections; one more is refused with RATE_LIMITED until another has ended", async () => {
	const after = await report("11");
	const next = await report("1");
	const different = (count: number) => alerts.replace("position", `a${count}: position position`);
	const [one, other] = [await connected(provider.token), await connected(provider.token)];
	const all = Array.from({ length: 20 }, (_, count) => subscribe(count % 2 === 0 ? one : other, different(count), { after }));
	expect(new Set(await Promise.all(all.map(position)))).toEqual(new Set([next]));
	await expect(subscribe(other, different(20), { after }).next()).rejects.toThrow("RATE_LIMITED");
	const overSse = await subscribeOverSse(gateway().url, provider.token, different(21), { after });
	await expect(overSse.next()).rejects.toThrow("RATE_LIMITED");
	expect(await position(subscribe(one, different(0), { after }))).toBe(next);
	expect(await position(subscribe(await connected(await anotherToken("another")), different(20), { after }))).toBe(next);
	all[1]?.stop();

	// The client knows of the end before the server does.
	await expect.poll(() => position(subscribe(one, different(20), { after })).catch(() => undefined), { timeout: 60_000 }).toBe(next);
});

test("an event is read for each viewer, though both have the same role", async () => {
	const alone = await readingsAlone();
	const after = await report(isUp ? "1" : "11");
	isUp = !isUp;
	const all = [
		subscribe(await connected(provider.token), alerts, { after }),
		subscribe(await connected(await anotherOwner()), alerts, { after }),
		subscribe(await connected(await provider.staffToken()), alerts, { after }),
	];
	const counts: number[] = [];
	for (let events = 0; events < 5; events++) counts.push(await readingsOfOneEvent(all));

	// By each subscription twice: whether the viewer sees the firing, and what the document asks of it.
	expect(Math.min(...counts)).toBe(alone + 2 * 2);
	for (const events of all) events.stop();
});

test("subscriptions that differ in their filter are told what each asked for", async () => {
	const document = `subscription ($after: String, $kinds: [PolicyFiringKind!]) {
		policyFirings(after: $after, filter: { kinds: $kinds }) { ... on PolicyFiringEvent { position firing { kind } } }
	}`;
	const after = await report("11");
	const client = await connected(provider.token);
	const fired = subscribe(client, document, { after, kinds: ["FIRED"] });
	const reset = subscribe(client, document, { after, kinds: ["RESET"] });
	const both = subscribe(client, document, { after });
	for (const amount of ["1", "11", "1", "11"]) await report(amount);
	const kinds = async (events: Events, count: number) => {
		const told: string[] = [];
		while (told.length < count) told.push((await events.next()).policyFirings.firing.kind);
		return told;
	};

	expect(await kinds(fired, 2)).toEqual(["FIRED", "FIRED"]);
	expect(await kinds(reset, 2)).toEqual(["RESET", "RESET"]);
	expect(await kinds(both, 4)).toEqual(["RESET", "FIRED", "RESET", "FIRED"]);
});

test("subscriptions that begin at any position while alerts come are each told every one after it once, and in order", async () => {
	const client = await connected(provider.token);
	const known = [await report("11")];
	const followers: { from: number; events: Events }[] = [];
	for (let turn = 0; turn < 60; turn++) {
		const reported = report(turn % 2 === 0 ? "1" : "11");
		if (turn % 2 === 0) followers.push({ from: turn, events: subscribe(client, alerts, { after: known[Math.floor(turn / 2)] }) });
		known.push(await reported);
	}
	for (const { from, events } of followers) {
		const expected = known.slice(Math.floor(from / 2) + 1);
		const told: string[] = [];
		while (told.length < expected.length) told.push(await position(events));
		expect(told).toEqual(expected);
	}
});

test("a subscription behind a fragment goes on from its position too", async () => {
	const after = await report("11");
	const next = await report("1");
	const document = `subscription ($after: String) { ...Alerts }
		fragment Alerts on Subscription { ... on Subscription { policyFirings(after: $after) { ... on PolicyFiringEvent { position } } } }`;

	expect(await position(subscribe(await connected(provider.token), document, { after }))).toBe(next);
});

test("a token that is revoked ends its own subscription at the next event; those of the viewer's other tokens go on", async () => {
	const after = await report("11");
	const second = await anotherToken("second");
	const [own, other] = [subscribe(await connected(provider.token), alerts, { after }), subscribe(await connected(second), alerts, { after })];
	const first = await report("1");
	expect([await position(own), await position(other)]).toEqual([first, first]);
	await gateway().database.rows(sql`update "Token" set "revoked" = now() where "name" = 'second'`);
	const ended = expect(other.next()).rejects.toThrow(/UNAUTHENTICATED|4403/);
	const next = await report("11");

	expect(await position(own)).toBe(next);
	await ended;
});

test("roles that a viewer loses or gains count for the next event of those who share it", async () => {
	const { database } = gateway();
	const after = await report("11");
	const [one, other] = [await connected(provider.token), await connected(provider.token)].map((client) => subscribe(client, alerts, { after }));
	const events = [one, other] as [Events, Events];
	const first = await report("1");
	expect(await Promise.all(events.map(position))).toEqual([first, first]);
	const staff = await provider.staffToken();
	const elsewhere = await ofSameOwner();
	await database.rows(sql`update "CustomerRole" set "expires" = '2017-01-01' where "customerUuid" = ${provider.uuid}::uuid`);
	await report("11", staff);
	await report("1", staff);
	const meanwhile = await report("11", staff, elsewhere);
	expect(await Promise.all(events.map(position))).toEqual([meanwhile, meanwhile]);
	await database.rows(sql`update "CustomerRole" set "expires" = null where "customerUuid" = ${provider.uuid}::uuid`);
	const seen = await report("11", staff);

	expect(await Promise.all(events.map(position))).toEqual([seen, seen]);
});
