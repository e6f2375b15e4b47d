import { beforeEach, describe, expect, test } from "vitest";
import { addToken } from "../../src/access/token.store.ts";
import { sql } from "../../src/database/sql.ts";
import { connectRaw } from "../support/raw-sockets.ts";
import { connect, subscribe, subscribeAsBrowser, subscribeOverSse } from "../support/sockets.ts";
import { observedGatewayForFile, startObservedGateway } from "./observed-gateway.ts";

const observed = observedGatewayForFile();
beforeEach(() => void observed().lines());

const polling = { timeout: 60_000 };

const firings = "subscription Alerts($after: String) { policyFirings(after: $after) { __typename ... on PolicyFiringEvent { position } } }";

/** Of the demo's log, which has so many firings that the provider sees. */
const events = expect.toSatisfy((count: number) => count > 0, "some events");
const begun = { type: "subscription", name: "Alerts", viewer: "provider", outcome: "ok", codes: [], cost: expect.any(Number) };
const over = {
	time: "2026-06-15T12:00:00.000Z",
	requestId: expect.any(String),
	traceId: null,
	viewer: "provider",
	type: "subscription",
	name: "Alerts",
	events,
	statements: expect.any(Number),
	ms: expect.any(Number),
	codes: [],
};

/** The lines of the subscription: one when it has begun, one when it is over. */
async function bothLines(): Promise<Record<string, unknown>[]> {
	const lines: Record<string, unknown>[] = [];
	await expect.poll(() => lines.push(...observed().lines()), polling).toBe(2);
	return lines;
}

/** A token of the provider's. */
async function anotherToken(name: string): Promise<string> {
	await addToken(observed().gateway.database, { token: `demo_${name}`, username: "provider", name, expires: null, now: new Date(0) });
	return `demo_${name}`;
}
const revoke = (name: string) => observed().gateway.database.rows(sql`update "Token" set "revoked" = now() where "name" = ${name}`);

describe("a subscription has a second line of the log when it is over, with how it ended and under the same id:", () => {
	test("its client completes it over WebSocket", async () => {
		const client = await connect(observed().gateway.url, "demo_provider");
		const following = subscribe(client, firings, { after: "0" });
		await following.next();
		following.stop();
		const [first, second] = await bothLines();
		await client.dispose();
		expect(first).toMatchObject(begun);
		expect(second).toEqual({ ...over, requestId: first?.["requestId"], outcome: "completed" });
	});

	test("its client is gone from a WebSocket", async () => {
		const socket = await connectRaw(observed().gateway.url, "demo_provider");
		socket.subscribe("alerts", firings, { after: "0" });
		await socket.received(({ type }) => type === "next");
		socket.close();
		expect(await bothLines()).toEqual([expect.objectContaining(begun), { ...over, outcome: "gone" }]);
	});

	test("its client is gone from a stream of events, which has no other end", async () => {
		const following = await subscribeOverSse(observed().gateway.url, "demo_provider", firings, { after: "0" });
		await following.next();
		following.stop();
		expect(await bothLines()).toEqual([expect.objectContaining(begun), { ...over, outcome: "gone" }]);
	});

	test.each(["WebSocket", "server-sent events"])("the log cannot go on, over %s", async (transport) => {
		const { url } = observed().gateway;
		const after = "AAAAAAAAAAAAAAAAAAAAAA";
		const client = await connect(url, "demo_provider");
		const following = transport === "WebSocket" ? subscribe(client, firings, { after }) : await subscribeOverSse(url, "demo_provider", firings, { after });
		expect((await following.next()).policyFirings.__typename).toBe("PositionExpiredError");
		const lines = await bothLines();
		await client.dispose();
		expect(lines[1]).toEqual({ ...over, events: 0, outcome: "ended", codes: ["POSITION_EXPIRED"] });
	});

	test.each(["WebSocket", "server-sent events"])("its token is revoked, over %s", async (transport) => {
		const name = transport === "WebSocket" ? "socket" : "stream";
		const { url } = observed().gateway;
		const token = await anotherToken(name);
		const client = await connect(url, token);
		const following = transport === "WebSocket" ? subscribe(client, firings, { after: "0" }) : await subscribeOverSse(url, token, firings, { after: "0" });
		await following.next();
		const ended = expect(async () => {
			for (;;) await following.next();
		}).rejects.toThrow(/UNAUTHENTICATED|4403/);
		await revoke(name);
		await ended;
		const lines = await bothLines();
		await client.dispose();
		expect(lines[1]).toEqual({ ...over, outcome: "ended", codes: ["UNAUTHENTICATED"] });
	});

	test("it could not begin: there is but one, that says so", async () => {
		const client = await connect(observed().gateway.url, "demo_provider");
		await expect(subscribe(client, firings, { after: "yesterday" }).next()).rejects.toThrow("BAD_USER_INPUT");
		await client.dispose();
		expect(observed().lines()).toMatchObject([{ outcome: "refused", codes: ["BAD_USER_INPUT"] }]);
	});
});

describe("a service that stops", () => {
	test("has said so to each of its subscriptions, and has written that they were stopped", async () => {
		const { gateway, observation, lines } = await startObservedGateway();
		const { url } = gateway;
		const socket = await connectRaw(url, "demo_provider");
		socket.subscribe("alerts", firings, { after: "0" });
		await socket.received(({ type }) => type === "next");
		const streams = [await subscribeOverSse(url, "demo_provider", firings, { after: "0" }), subscribeAsBrowser(url, "demo_provider", firings, { after: "0" })];
		for (const stream of streams) await stream.next();
		const told = streams.map(async (stream) => {
			try {
				for (;;) await stream.next();
			} catch (error) {
				return String(error);
			}
		});
		const begun: unknown[] = [];
		await expect.poll(() => begun.push(...lines()), polling).toBe(3);
		await gateway.stop();
		await observation.stop();

		expect(lines()).toEqual(Array(3).fill({ ...over, outcome: "stopped" }));
		expect(await socket.closed).toMatchObject({ code: 1012 });
		for (const one of told) expect(await one).toContain("SERVICE_UNAVAILABLE");
		for (const stream of streams) stream.stop();
	});
});
