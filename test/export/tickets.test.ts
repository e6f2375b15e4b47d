import { EventSource } from "eventsource";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forgetOldTickets } from "../../src/access/ticket.store.ts";
import { reopenedWithin, ticketsPerToken } from "../../src/access/ticket.ts";
import { sql } from "../../src/database/sql.ts";
import { observedGatewayForFile } from "../operations/observed-gateway.ts";
import { setUsage } from "../support/documents.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { lineTo } from "../support/line.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { get } from "./client.ts";

const begun = "2017-01-10T12:00:00.000Z";
const gateway = gatewayForFile({ now: begun });
let provider: Provider;
let token: string;

beforeEach(async () => {
	gateway().setTime(begun);
	provider = await makeProvider(gateway());
	token = provider.token;
});

const later = (milliseconds: number) => gateway().setTime(new Date(Date.parse(begun) + milliseconds).toISOString());

/** A ticket for what the body says. */
async function ticketFor(body: object): Promise<string> {
	const { status, text } = await get(gateway(), "/graphql/ticket", { method: "POST", token, body });
	expect([status, JSON.parse(text).expires]).toEqual([201, "2017-01-10T12:01:00.000Z"]);
	return JSON.parse(text).ticket;
}

const path = "/export/offerings.csv?states=ACTIVE&orderless=";
const download = "/export/offerings.csv?states=ACTIVE";
const use = (ticket: string, address = download, headers = {}) => get(gateway(), `${address}${address.includes("?") ? "&" : "?"}ticket=${ticket}`, { headers });

test("a ticket for an export opens it once, for whoever has it", async () => {
	const ticket = await ticketFor({ export: download });
	const first = await use(ticket);
	expect([first.status, first.text.startsWith("uuid,name,")]).toEqual([200, true]);
	const second = await use(ticket);
	expect([second.status, second.errors[0].message]).toEqual([
		401,
		"The ticket is unknown, was used or has expired, or is for another operation: ask for a new one.",
	]);
	expect((await use(ticket, download, { "last-event-id": "0" })).status).toBe(401);
});

test("it shows what its owner sees, and is charged to them", async () => {
	const ticket = await ticketFor({ query: "{ viewer { username } }" });
	const address = `/graphql?query=${encodeURIComponent("{ viewer { username } }")}`;
	const { text } = await use(ticket, address);
	expect(`demo_${JSON.parse(text).data.viewer.username}`).toBe(token);
});

test("it is good for a minute until it is used", async () => {
	const ticket = await ticketFor({ export: download });
	later(59_999);
	const other = await get(gateway(), `${download}&ticket=${ticket}`, { method: "HEAD" });
	expect(other.status).toBe(200); // a look does not use it up
	later(60_000);
	expect((await use(ticket)).status).toBe(401);
});

test("it is good for its operation alone, which a wrong try does not use up", async () => {
	const ticket = await ticketFor({ query: "query A($a: Int, $b: Int) { customers(first: $a, last: $b) { nodes { name } } }", variables: { a: 1, b: null } });
	const address = (variables: string) =>
		`/graphql?query=${encodeURIComponent("query A($a: Int, $b: Int) { customers(first: $a, last: $b) { nodes { name } } }")}&variables=${encodeURIComponent(variables)}`;
	for (const wrong of [download, address('{"a":2,"b":null}'), address("{}"), "/graphql?query={viewer{uuid}}"])
		expect((await use(ticket, wrong)).status).toBe(401);
	expect((await use(ticket, address('{"b":null,"a":1}'))).status).toBe(200); // in whatever order
});

describe("no ticket is made", () => {
	test.each([
		["without a token", { token: undefined }, { export: download }, 401],
		["for a change", {}, { query: setUsage }, 400],
		["for what cannot be read", {}, { query: "{" }, 400],
		["for an export that there is not", {}, { export: "/export/users.csv" }, 404],
		["for a parameter that there is not", {}, { export: path }, 400],
		["for another path", {}, { export: "/api/users/me/" }, 400],
		["for nothing", {}, {}, 400],
		["for a list", {}, [1], 400],
	])("%s", async (_what, who, body, status) => {
		const answer = await get(gateway(), "/graphql/ticket", { method: "POST", token, ...who, body });
		expect([answer.status, answer.errors.length]).toEqual([status, 1]);
		expect(gateway().bugs()).toEqual([]);
	});

	test("by a GET", async () => {
		const { status, headers } = await get(gateway(), "/graphql/ticket", { token });
		expect([status, headers.get("allow")]).toEqual([405, "POST"]);
	});
});

describe("a ticket is refused", () => {
	test("in a POST", async () => {
		const ticket = await ticketFor({ query: "{ viewer { uuid } }" });
		const { status } = await get(gateway(), `/graphql?ticket=${ticket}`, { method: "POST", body: { query: "{ viewer { uuid } }" } });
		expect(status).toBe(400);
	});

	test("beside a token", async () => {
		const ticket = await ticketFor({ export: download });
		expect((await get(gateway(), `${download}&ticket=${ticket}`, { token })).status).toBe(400);
	});

	test.each(["", "x", "ugwt_", `ugwt_${"A".repeat(43)}`, "a".repeat(4_000)])("that is none: %s", async (ticket) => {
		expect((await use(ticket)).status).toBe(401);
		expect(gateway().bugs()).toEqual([]);
	});

	test("whose token was revoked since", async () => {
		const ticket = await ticketFor({ export: download });
		await gateway().database.rows(
			sql`update "Token" set "revoked" = now() where "userUuid" = (select "uuid" from "User" where "username" = ${token.slice(5)})`,
		);
		expect((await use(ticket)).status).toBe(401);
	});
});

test("what is stored gives nobody a ticket or a token", async () => {
	const ticket = await ticketFor({ export: download });
	const rows = await gateway().database.rows<Record<string, unknown>>(sql`select * from "Ticket"`);
	const stored = JSON.stringify(rows) + rows.map(({ sealed }) => Buffer.from(String(sealed), "base64url").toString("latin1"));
	for (const secret of [ticket, ticket.slice(5), token]) expect(stored).not.toContain(secret);
});

test("of a token's tickets the newest are kept, and those that are good for nothing are forgotten", async () => {
	await gateway().database.rows(sql`delete from "Ticket"`);
	for (let made = 0; made < ticketsPerToken + 3; made++) {
		later(made);
		await get(gateway(), "/graphql/ticket", { method: "POST", token, body: { export: download } });
	}
	const kept = async () => (await gateway().database.rows<{ count: number }>(sql`select count(*)::int from "Ticket"`))[0]?.count;
	expect(await kept()).toBe(ticketsPerToken);
	await forgetOldTickets(gateway().database, new Date(Date.parse(begun) + 60_052));
	expect(await kept()).toBe(50);
});

describe("an EventSource of a browser, which cannot send a header", () => {
	const alerts = "subscription ($after: String) { policyFirings(after: $after) { __typename ... on PolicyFiringEvent { firing { kind } } } }";
	let resource: string;
	let source: EventSource | undefined;
	let line: { url: string; cut(): void; close(): void };

	const report = (amount: string) => gateway().ask(token, setUsage, { input: { resource, usages: [{ type: "cpu", amount }] } });

	beforeEach(async () => {
		await provider.component("cpu");
		await provider.policy({ limits: { cpu: 10 } });
		resource = await provider.resource();
		line = await lineTo(gateway().url);
	});

	afterEach(() => {
		source?.close();
		line.close();
	});

	async function follow() {
		for (const amount of ["11", "1"]) await report(amount);
		const { policyFirings } = await gateway().ask(token, "{ policyFirings(first: 1) { nodes { position } } }");
		const variables = { after: policyFirings.nodes[0].position };
		const ticket = await ticketFor({ query: alerts, variables });
		const address = `${line.url}?query=${encodeURIComponent(alerts)}&variables=${encodeURIComponent(JSON.stringify(variables))}&ticket=${ticket}`;
		const told: string[] = [];
		const ended = new Promise<number | undefined>((resolve) => {
			source = new EventSource(address);
			source.addEventListener("next", ({ data }) => told.push((JSON.parse(data) as Answer).data.policyFirings.firing?.kind));
			source.addEventListener("error", ({ code }) => {
				if (code !== undefined) resolve(code);
			});
		});
		const has = (count: number) => expect.poll(() => told.length, { timeout: 20_000 }).toBe(count);
		return { told, ended, has };
	}

	test("follows alerts by its ticket, and reconnects by itself, hours later too", async () => {
		const { told, has } = await follow();
		await report("12");
		await has(1);
		later(reopenedWithin - 1);
		line.cut();
		for (const amount of ["1", "13"]) await report(amount);
		await has(3);
		expect(told).toEqual(["FIRED", "RESET", "FIRED"]);
	});

	test.each([
		["half a day later", async () => later(reopenedWithin)],
		[
			"when the token is not good any more",
			async () =>
				void (await gateway().database.rows(
					sql`update "Token" set "revoked" = now() where "userUuid" = (select "uuid" from "User" where "username" = ${token.slice(5)})`,
				)),
		],
	])("is refused %s", async (_when, change) => {
		const { ended, has } = await follow();
		await report("12");
		await has(1);
		await change();
		line.cut();
		expect(await ended).toBe(401);
	});
});

describe("those who run the service", () => {
	const observed = observedGatewayForFile();

	test("see neither tickets nor addresses in the log", async () => {
		const demo = "demo_provider";
		const { text } = await get(observed().gateway, "/graphql/ticket", { method: "POST", token: demo, body: { export: "/export/customers.csv" } });
		const { ticket } = JSON.parse(text);
		observed().lines();
		expect((await get(observed().gateway, `/export/customers.csv?ticket=${ticket}`)).status).toBe(200);
		expect((await get(observed().gateway, `/export/customers.csv?ticket=${ticket}`)).status).toBe(401);
		const lines = observed().lines();
		expect(lines).toMatchObject([{ viewer: "provider", type: "query", name: "export customers.csv", outcome: "ok" }, { codes: ["UNAUTHENTICATED"] }]);
		expect(JSON.stringify(lines)).not.toContain(ticket);
	});
});
