import { once } from "node:events";
import { connect as dial, type Socket } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import WebSocket from "ws";
import { addToken } from "../../src/access/token.store.ts";
import { proxiesAt } from "../../src/server/limits/client-address.ts";
import { connectionsPerToken, tokensPerSocket } from "../../src/server/limits/limits.ts";
import { type Observation, startObservation } from "../../src/telemetry/observation.ts";
import { makeFirings } from "../support/firings.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { limited } from "../support/limited.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { connectRaw } from "../support/raw-sockets.ts";
import { type Caller, type Held, waysToConnect } from "./ways-to-connect.ts";

/** Connections in all and of one address, and a proxy: each address of 127.0.0.0/8 is of this computer. */
const [all, perAddress, proxy] = [60, 30, "127.0.0.9"];

let gateway: Gateway;
let observation: Observation;
let provider: Provider;
let after: string;
let made = 0;

beforeAll(async () => {
	observation = await startObservation({ server: { host: "127.0.0.1", port: 0 }, collector: undefined, write: undefined, clock: () => new Date(0) });
	gateway = await startGateway({ limits: { ...limited, connections: { all, perAddress, proxies: proxiesAt([proxy]) } }, observation });
	observation.health.watch(gateway.database.probe());
	provider = await makeProvider(gateway);
	[after = ""] = await makeFirings(gateway.database, provider.offering, 2);
});

afterAll(async () => {
	await gateway.stop();
	await observation.stop();
});

/** One more token of the provider's owner. */
async function freshToken(): Promise<string> {
	const token = `${provider.token}${[...String(made++)].map((digit) => String.fromCharCode(97 + Number(digit))).join("")}`;
	await addToken(gateway.database, { token, username: provider.token.replace("demo_", ""), name: "attack", expires: null, now: new Date(0) });
	return token;
}

const caller = (token: string, more: Partial<Caller> = {}): Caller => ({ url: gateway.url, token, after, ...more });

const isReady = async () => (await fetch(`${observation.url}/health/ready`, { headers: { connection: "close" } })).status === 200;

async function closed(held: readonly (Held | string)[]): Promise<void> {
	await Promise.all(held.map((one) => (typeof one === "string" ? undefined : one.close())));
}

/** The token can have all its connections. The client knows of the end of one before the service does. */
const expectRoom = (token: string) =>
	expect
		.poll(
			async () => {
				const held = await Promise.all(Array.from({ length: connectionsPerToken }, (_, index) => wayAt(index)(caller(token))));
				await closed(held);
				return held.filter((one) => typeof one === "string");
			},
			{ timeout: 60_000 },
		)
		.toEqual([]);

const ways = Object.values(waysToConnect);
const anyWay = fc.integer({ min: 0, max: ways.length - 1 });
const wayAt = (index: number) => ways[index % ways.length] ?? waysToConnect["a stream of events by GET"];
const tooMany = ["RATE_LIMITED", "4429"];

describe("whatever the ways to connect and to sign in are", () => {
	test("a token has at most ten connections, each refused one is told why, and each closed one makes room", async () => {
		const token = await freshToken();
		await fc.assert(
			fc.asyncProperty(fc.array(anyWay, { minLength: connectionsPerToken + 1, maxLength: connectionsPerToken + 4 }), async (chosen) => {
				const held: (Held | string)[] = [];
				for (const index of chosen) held.push(await wayAt(index)(caller(token)));
				expect(held.filter((one) => typeof one !== "string")).toHaveLength(connectionsPerToken);
				for (const refused of held.slice(connectionsPerToken)) expect(tooMany).toContain(refused);
				await closed(held);
				await expectRoom(token);
			}),
			{ numRuns: 6 },
		);
	});

	test("clients that leave while they sign in leave no connection of the token behind", async () => {
		const token = await freshToken();
		for (let times = 0; times < 3 * connectionsPerToken; times++) {
			const socket = new WebSocket(gateway.url.replace(/^http/, "ws"), "graphql-transport-ws");
			await once(socket, "open");
			socket.send(JSON.stringify({ type: "connection_init", payload: { Authorization: `Token ${token}` } }), () => socket.terminate());
			await once(socket, "close");
			const stop = new AbortController();
			const answer = fetch(`${gateway.url}?query=${encodeURIComponent("subscription { policyFirings { __typename } }")}`, {
				headers: { accept: "text/event-stream", authorization: `Token ${token}` },
				signal: stop.signal,
			}).catch(() => {});
			setImmediate(() => stop.abort());
			await answer;
		}
		await expectRoom(token);
	});

	test("an address has as many connections as it may, with one token or many, behind a proxy too; others are let in and health is told", async () => {
		const tokens = await Promise.all(Array.from({ length: 5 }, freshToken));
		const proxied = (address: string) => ({ from: proxy, headers: { "x-forwarded-for": `203.0.113.1, ${address}` } });
		for (const [who, other] of [
			[{ from: "127.0.0.2" }, { from: "127.0.0.3" }],
			[proxied("198.51.100.7"), proxied("198.51.100.8")],
		]) {
			const held = await Promise.all(Array.from({ length: perAddress + 10 }, (_, index) => wayAt(index)(caller(tokens[index % tokens.length] ?? "", who))));
			const open = held.filter((one) => typeof one !== "string");
			expect(open.length).toBeLessThanOrEqual(perAddress);
			expect(open.length).toBeGreaterThan(perAddress - tokens.length);
			const another = await waysToConnect["a stream of events by GET"](caller(await freshToken(), other));
			expect(another).toMatchObject({ close: expect.any(Function) });
			expect(await isReady()).toBe(true);
			await closed([...held, another]);
		}
	});
});

/** A connection of nobody from the address, and what it has received when it ends. */
async function silentFrom(address: string): Promise<{ socket: Socket; ended: Promise<string> }> {
	const { hostname, port } = new URL(gateway.url);
	const socket = dial({ host: hostname, port: Number(port), localAddress: address });
	let text = "";
	socket.on("data", (chunk) => (text += chunk));
	socket.on("error", () => {});
	const ended = new Promise<string>((resolve) => socket.on("close", () => resolve(text)));
	await once(socket, "connect");
	return { socket, ended };
}

test("when as many connections are open as there may be in all, more are answered with 503, and readiness is told as before", async () => {
	const addresses = ["127.0.0.4", "127.0.0.5", "127.0.0.6"];
	const silent = await Promise.all(Array.from({ length: all + 20 }, (_, index) => silentFrom(addresses[index % addresses.length] ?? "")));
	const refused = await Promise.race(silent.map(({ ended }) => ended));
	expect(refused).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
	expect(await isReady()).toBe(true);
	for (const { socket } of silent) socket.destroy();
	await Promise.all(silent.map(({ ended }) => ended));
	await expect.poll(() => gateway.send(provider.token, "{ viewer { uuid } }").catch(() => ({})), { timeout: 60_000 }).toHaveProperty("data");
});

describe("a socket on which nobody signs in", () => {
	test("is closed with 4401 after ten seconds, whatever is asked on it", async () => {
		const socket = await connectRaw(gateway.url);
		socket.subscribe("1", "{ __typename }");
		socket.send({ type: "ping" });
		expect(await socket.closed).toEqual({ code: 4401, reason: "Nobody has signed in within 10 seconds." });
	});

	test("takes no more than ten tokens", async () => {
		const tokens = await Promise.all(Array.from({ length: tokensPerSocket + 1 }, freshToken));
		const socket = await connectRaw(gateway.url);
		const answers = [];
		for (const [index, token] of tokens.entries()) {
			const payload = { query: "{ viewer { uuid } }", extensions: { headers: { Authorization: `Token ${token}` } } };
			socket.send({ id: String(index), type: "subscribe", payload });
			answers.push((await socket.received(({ id, type }) => id === String(index) && type !== "complete")).type);
		}
		expect(answers).toEqual([...Array<string>(tokensPerSocket).fill("next"), "error"]);
		socket.close();
	});
});
