import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { observedDatabase } from "../../src/database/database.ts";
import { sql } from "../../src/database/sql.ts";
import { readPositionCodec } from "../../src/event-log/log.store.ts";
import { startLogReader } from "../../src/event-log/log-reader.ts";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { createOperations } from "../../src/telemetry/operations.ts";
import { freshDatabase } from "../support/database.ts";
import { setUsage } from "../support/documents.ts";
import { makeFirings } from "../support/firings.ts";
import { type Answer, type Gateway, startGateway } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { connect, type Events, subscribe, subscribeAsBrowser, subscribeOverSse } from "../support/sockets.ts";

let gateway: Gateway;
let provider: Provider;
let resource: string;
let closing: (() => void)[];

/** Codes of events that could not be executed, as they are counted. */
let failed: string[];

/** The first statement like it fails in a way that nobody has named. */
let failing: RegExp | undefined;

beforeEach(async () => {
	closing = [];
	failed = [];
	failing = undefined;
	const database = observedDatabase(await freshDatabase("empty"), ({ text }) => {
		if (failing?.test(text) !== true) return;
		failing = undefined;
		throw new Error("nobody has named this");
	});
	const metrics = { ...createMetrics(), eventFailed: (code: string) => void failed.push(code) };
	gateway = await startGateway({ database, now: "2017-01-10T12:00:00Z", observation: { metrics, beginOperation: createOperations() } });
	provider = await makeProvider(gateway);
	await provider.component("cpu");
	resource = await provider.resource();
});

afterEach(async () => {
	for (const close of closing) close();
	await gateway.stop();
});

const alerts = `subscription ($after: String) {
	policyFirings(after: $after) { __typename ... on PolicyFiringEvent { previous position firing { kind } } ... on Error { code } }
}`;
const reports = "subscription { usageReported { position } }";

const fire = (count: number) => makeFirings(gateway.database, provider.offering, count);
let amounts = 0;
const report = () => gateway.ask(provider.token, setUsage, { input: { resource, usages: [{ type: "cpu", amount: String(++amounts) }] } });

type Follow = (query: string, variables?: { after: string }) => Promise<Events>;

const transports: Readonly<Record<string, Follow>> = {
	WebSocket: async (query, variables) => {
		const client = await connect(gateway.url, provider.token);
		closing.push(() => void client.dispose());
		return subscribe(client, query, variables);
	},
	"server-sent events": async (query, variables) => stopping(await subscribeOverSse(gateway.url, provider.token, query, variables)),
	"an EventSource": async (query, variables) => stopping(subscribeAsBrowser(gateway.url, provider.token, query, variables)),
};

function stopping(events: Events): Events {
	closing.push(events.stop);
	return events;
}

/** Causes events until the subscription is told of one: it is live then. Answers how to be told the next. */
async function live(events: Events, cause: () => Promise<unknown>): Promise<() => Promise<Answer>> {
	let isTold = false;
	const first = events.next().then(() => {
		isTold = true;
	});
	while (!isTold) {
		await cause();
		await new Promise((resolve) => setImmediate(resolve));
	}
	await first;
	return events.next;
}

/** As if all that is in the log was lost with a server, and another one had gone on without it: wherever a reader is, it is lost. */
const loseTheLog = () => gateway.database.rows(sql`with head as (update "LogHead" set "mark" = "mark" # 1) update "LogNumber" set "mark" = "mark" # 1`);

/** What the subscription is told last, behind what it may have been told of before. */
async function lastOf(next: () => Promise<Answer>): Promise<string> {
	for (;;) {
		try {
			const { policyFirings } = await next();
			if (policyFirings?.code !== undefined) return policyFirings.code;
		} catch (error) {
			return String(error);
		}
	}
}

describe.each(Object.entries(transports))("over %s", (_name, follow) => {
	test("a subscription is told POSITION_EXPIRED when the database has lost where it is, whether it was told of anything or not", async () => {
		const [start] = await fire(1);
		const next = await live(await follow(alerts), () => fire(1));
		const quiet = await follow(`${alerts} # another one`.replace("position", "own: position"), { after: start ?? "" });
		await quiet.next();
		const usage = await live(await follow(reports), report);
		await loseTheLog();

		expect(await lastOf(next)).toBe("POSITION_EXPIRED");
		expect(await lastOf(quiet.next)).toBe("POSITION_EXPIRED");
		expect(await lastOf(usage)).toContain("POSITION_EXPIRED");
	});

	test("an event whose execution fails is told with its error; the next one tells that it was between", async () => {
		const positions = await fire(1);
		const events = await follow(alerts, { after: positions[0] ?? "" });
		positions.push(...(await fire(1)));
		await events.next();
		failing = /^select "t"\."uuid", "t"\."kind"/;
		positions.push(...(await fire(1)));
		const told = await events.next().catch(String);
		positions.push(...(await fire(1)));

		expect(told).toContain("INTERNAL_SERVER_ERROR");
		expect((await events.next()).policyFirings).toMatchObject({ previous: positions[2], position: positions[3] });
	});

	test("an event whose execution fails is counted once, however many are told of it", async () => {
		const [start] = await fire(1);
		const all = [await follow(alerts, { after: start ?? "" }), await follow(alerts, { after: start ?? "" })];
		await fire(1);
		for (const events of all) await events.next();
		const both = await Promise.all(all.map(async (events) => live(events, () => fire(1))));
		const [last] = await fire(1);
		for (const next of both) while ((await next()).policyFirings.position !== last); // what comes now is executed by itself
		failing = /^select "t"\."uuid", "t"\."kind"/;
		await fire(1);
		for (const next of both) await expect(next()).rejects.toThrow("INTERNAL_SERVER_ERROR");

		expect(failed).toEqual(["INTERNAL_SERVER_ERROR"]);
	});

	test("a subscription is told of an error when it cannot be looked whether its events are seen", async () => {
		const positions = await fire(1);
		const events = await follow(alerts, { after: positions[0] ?? "" });
		await fire(1);
		await events.next();
		failing = /^select "t"\."uuid" from "PolicyFiring"/;
		await fire(1);

		await expect(events.next()).rejects.toThrow("INTERNAL_SERVER_ERROR");
	});
});

describe("the reader of the log", () => {
	const open = (options: { readonly deaf?: boolean } = {}) => {
		const database = options.deaf === true ? { ...gateway.database, listen: async () => async () => {} } : gateway.database;
		return startLogReader(database, { onError: () => {}, pollEvery: 20 });
	};

	test("finds what is new though it is not notified any more", async () => {
		const reader = await open({ deaf: true });
		const entries = reader.follow(await reader.end(), new AbortController().signal, false);
		const next = entries.next();
		await fire(1);
		expect((await next).value).toHaveLength(1);
		await entries.return();
		await reader.stop();
	});

	test("throws SERVICE_UNAVAILABLE to those who follow when it is stopped", async () => {
		const reader = await open();
		const next = reader.follow(await reader.end(), new AbortController().signal, false).next();
		const ended = expect(next).rejects.toMatchObject({ name: "Unavailable" });
		await reader.stop();
		await ended;
	});

	test("writes positions with the key of the database that has taken the place of its own", async () => {
		await fire(1);
		const reader = await open();
		const [end, before] = [await reader.end(), reader.positions];
		await gateway.database.rows(sql`update "LogHead" set "key" = decode('000102030405060708090a0b0c0d0e0f', 'hex')`);
		await loseTheLog();
		await expect.poll(() => reader.positions.print(end), { timeout: 60_000 }).toBe((await readPositionCodec(gateway.database)).print(end));
		expect(reader.positions.print(end)).not.toBe(before.print(end));
		await reader.stop();
	});
});
