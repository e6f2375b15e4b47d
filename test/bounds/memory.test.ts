import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { addToken } from "../../src/access/token.store.ts";
import { sql } from "../../src/database/sql.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { connectRaw, type Message, type RawSocket } from "../support/raw-sockets.ts";
import { type GatewayProcess, startGatewayProcess } from "./gateway-process.ts";

let gateway: GatewayProcess;
let provider: Provider;
let otherToken: string;
let closing: (() => void)[];

beforeEach(async () => {
	closing = [];
	gateway = await startGatewayProcess(async (database) => {
		provider = await makeProvider({ database });
		otherToken = `${provider.token}other`;
		await addToken(database, { token: otherToken, username: provider.token.replace("demo_", ""), name: "other", expires: null, now: new Date(0) });
		await database.rows(sql`update "Offering" set "name" = ${"x".repeat(8_000)} where "uuid" = ${provider.offering}::uuid`);
	});
});

afterEach(async () => {
	for (const close of closing) close();
	await gateway.stop();
});

const megabyte = 1024 * 1024;

const fire = (count: number): Promise<string[]> => gateway.fire({ offering: provider.offering, count });

/** A connection; one that the server waited for in vain, because the machine is too busy for either of them, is made again. */
async function connected(token: string): Promise<RawSocket> {
	for (;;) {
		const socket = await connectRaw(gateway.url, token).catch((error: Error) => {
			if (!error.message.includes("4408")) throw error;
		});
		if (socket === undefined) continue;
		closing.push(socket.close);
		return socket;
	}
}

const positionIn = ({ payload }: Message): string | undefined => payload?.data?.policyFirings?.position;

const isTold = (socket: RawSocket, position: string | undefined) => socket.received((message) => positionIn(message) === position);

/** Causes alerts until this has come. */
async function fireUntil(come: Promise<unknown>): Promise<string | undefined> {
	let hasCome = false;
	const coming = come.then(() => {
		hasCome = true;
	});
	let last: string | undefined;
	while (!hasCome) [last] = await fire(1);
	await coming;
	return last;
}

/** The embedded database takes memory of its own in the process that is measured, and the time that the others need. */
const testOnServer = test.skipIf(inject("templates").engine === "PGlite");

testOnServer("ten thousand alerts at once, while one of the subscribers does not read, take no more than 50 MB for long", async ({ annotate }) => {
	const [slow, reading] = [await connected(provider.token), await connected(otherToken)];
	for (const socket of [slow, reading])
		socket.subscribe("alerts", "subscription { policyFirings { ... on PolicyFiringEvent { position firing { offering { name } } } } }");
	const last = await fireUntil(Promise.all([slow, reading].map((socket) => socket.received(({ type }) => type === "next"))));
	await Promise.all([slow, reading].map((socket) => isTold(socket, last)));
	// What is loaded and compiled, and what the embedded database takes for itself, is there before.
	const first = await fire(1_000);
	await Promise.all([slow, reading].map((socket) => isTold(socket, first.at(-1))));
	const before = await gateway.memory();
	await gateway.peak();

	slow.stall();
	const positions: string[] = [];
	while (positions.length < 10_000) positions.push(...(await fire(1_000)));
	await isTold(reading, positions.at(-1));
	const peak = await gateway.peak();
	expect(reading.messages.map(positionIn).slice(-positions.length)).toEqual(positions);
	const after = await gateway.memory();
	await annotate(`The process takes ${inMegabytes(after.rss - before.rss)} MB more than before, and ${inMegabytes(peak - before.rss)} MB at the peak.`);
	expect(after.rss - before.rss).toBeLessThan(50 * megabyte);
});

/** How often clients subscribe and leave again, and how often they do before it is measured. */
const cycles = Number(process.env["BOUNDS_CYCLES"] ?? 2_000);
const firstCycles = 2_000;
const connections = 10;
const perConnection = 200;
const atOnce = 50;

const alerts = "subscription ($after: String) { policyFirings(after: $after) { ... on PolicyFiringEvent { position firing { kind } } } }";

testOnServer("subscriptions that were left leave nothing behind", async ({ annotate }) => {
	// As much of the log as a gateway ever remembers is there before.
	let positions = await fire(10_000);
	let firing: Promise<string[]> | undefined;
	let number = 0;
	const next = (socket: RawSocket, ids: readonly string[]) =>
		Promise.all(ids.map((id) => socket.received((message) => message.id === id && message.type === "next")));

	/** Subscribes as often as may be at once, and leaves: at once, as soon as it was told what it missed, or what is live. */
	async function comeAndGo(socket: RawSocket, when: "at once" | "replayed" | "live"): Promise<void> {
		const ids = Array.from({ length: atOnce }, () => String(number++));
		const after = when === "live" ? null : positions.at(-2);
		for (const id of ids) socket.subscribe(id, alerts, { after });
		if (when === "replayed") await next(socket, ids);
		if (when === "live") {
			let isLive = false;
			const firsts = next(socket, ids).then(() => {
				isLive = true;
			});
			while (!isLive) {
				firing ??= fire(1).finally(() => {
					firing = undefined;
				});
				positions = [...positions.slice(-1), ...(await firing)];
			}
			await firsts;
		}
		for (const id of ids) socket.send({ id, type: "complete" });
	}

	/** Each connection lasts as long as it may send messages at once. */
	async function connection(place: number): Promise<void> {
		const socket = await connected(place % 2 === 0 ? provider.token : otherToken);
		for (const when of ["at once", "replayed", "live", "at once"] as const) await comeAndGo(socket, when);
		socket.close();
		await socket.closed;
	}

	/** That many times in all, on a few connections at a time. */
	async function cycle(times: number): Promise<void> {
		let left = Math.ceil(times / perConnection);
		const one = async (place: number) => {
			while (left-- > 0) await connection(place);
		};
		await Promise.all(Array.from({ length: connections }, (_, place) => one(place)));
	}

	await cycle(firstCycles);
	const before = Math.min((await gateway.memory()).heap, (await gateway.memory()).heap);
	await cycle(cycles - firstCycles);
	await expect.poll(async () => (await gateway.memory()).heap - before, { timeout: 60_000 }).toBeLessThan(2 * megabyte);
	await annotate(`After ${cycles} subscriptions the heap holds ${inMegabytes((await gateway.memory()).heap - before)} MB more than after ${firstCycles}.`);
});

const inMegabytes = (bytes: number): string => (bytes / megabyte).toFixed(1);
