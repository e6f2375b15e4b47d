import { type ExecutionResult, GraphQLError, parse } from "graphql";
import { beforeEach, expect, test } from "vitest";
import { LogTruncated } from "../../src/event-log/log.store.ts";
import { createPositionCodec, type Position } from "../../src/event-log/position.ts";
import { PositionExpired } from "../../src/event-log/position-expired.ts";
import type { Context, Services } from "../../src/graphql/context.ts";
import { followLog, type LogReading, previousToBeGiven, readingsOf } from "../../src/subscriptions/follow-log.ts";
import type { Listener } from "../../src/subscriptions/listener.ts";
import { EventsTooFast } from "../../src/subscriptions/payment.ts";
import { createSubscriptions } from "../../src/subscriptions/subscriptions.ts";

const positions = createPositionCodec(Buffer.alloc(16, 7));
const at = (id: number): Position => ({ number: BigInt(id), mark: 1n });
const document = parse("subscription { policyFirings { previous } }");

/** How the events come and end: the test says so. */
let makeEvent: (id: number) => void;
let fail: (error: unknown) => void;
let masked: unknown[];

const charges = { atOnce: 1, millisecondsPerPoint: 1, forgivenMilliseconds: 0, charge: async () => 0, chargeAfterwards: () => {} };

beforeEach(() => {
	masked = [];
});

/** What one was told, and what it was ended with. */
interface Subscriber {
	readonly texts: string[];
	readonly ended: Promise<unknown>;
}

/** So many subscribers of one broadcast, which begins where the log ends: at 3. */
async function followers(count: number): Promise<Subscriber[]> {
	const wanted: [(reading: LogReading) => void, (error: unknown) => void][] = [];
	makeEvent = (id) => wanted.shift()?.[0]({ events: [{ at: at(id), position: "", previous: previousToBeGiven, uuid: "" }], reached: at(id) });
	fail = (error) => wanted.shift()?.[1](error);
	const log = { positions, end: async () => at(3) };
	const services = { log, database: { onBehalfOf: () => ({}) }, tokens: { watch: () => () => {} } } as unknown as Services;
	const viewer = { uuid: "u", username: "olga" };
	const mask = (error: unknown) => {
		masked.push(error);
		return error instanceof GraphQLError ? error : new GraphQLError("masked");
	};
	const over = async () => ({ done: true as const, value: undefined });
	const source = async ({ contextValue }: { contextValue?: unknown }) => {
		const live = () => new Promise((resolve, reject) => wanted.push([(value) => resolve({ done: false, value }), reject]));
		const readings = { next: (contextValue as Context).following?.untilCaughtUp === true ? over : live, return: over };
		return { ...readings, [Symbol.asyncIterator]: () => readings } as never;
	};
	const engine = { source, execute: (): ExecutionResult => ({ data: { previous: previousToBeGiven } }) };
	const subscriptions = createSubscriptions(services, mask, charges, engine);
	const started: Subscriber[] = [];
	for (let number = 0; number < count; number++) {
		const texts: string[] = [];
		let end: (error: unknown) => void = () => {};
		const ended = new Promise<unknown>((resolve) => {
			end = resolve;
		});
		const listener: Listener = { deliver: ({ text }) => void texts.push(JSON.parse(text).data.previous), drained: () => undefined, end };
		const contextValue = { ...services, viewer, token: "token" } as unknown as Context;
		await subscriptions.start({ schema: { getSubscriptionType: () => undefined } as never, document, contextValue }, listener);
		started.push({ texts, ended });
	}
	await new Promise((resolve) => setImmediate(resolve));
	return started;
}

test("a bug that ends a broadcast is masked once, for all of its subscribers", async () => {
	const all = await followers(50);
	const bug = new Error("a bug");
	fail(bug);

	expect(new Set(await Promise.all(all.map(({ ended }) => ended))).size).toBe(1);
	expect(masked).toEqual([bug]);
});

test("where live subscriptions began says nothing about who wrote last: it is the text of no event, and each one's own", async () => {
	const all = await followers(2);
	makeEvent(4);
	await new Promise((resolve) => setImmediate(resolve));
	const firsts = all.map(({ texts }) => texts[0] ?? "");

	expect(firsts.map(positions.parse)).toMatchObject([at(3), at(3)]);
	expect(new Set([...firsts, positions.print(at(3))]).size).toBe(3);
});

test("neither does the position that RATE_LIMITED gives to go on from", async () => {
	const [{ ended }] = (await followers(1)) as [Subscriber];
	fail(new EventsTooFast(5, at(9)));
	const { extensions } = (await ended) as GraphQLError;
	const position = String(extensions["position"]);

	expect(extensions).toMatchObject({ code: "RATE_LIMITED", retryAfter: 5 });
	expect(positions.parse(position)).toMatchObject(at(9));
	expect(position).not.toBe(positions.print(at(9)));
});

test("nor the position that POSITION_EXPIRED names, unless it is the one that the client gave", async () => {
	/** What is told when the log cannot go on, after so many entries that the viewer does not see. */
	async function told(unseen: number): Promise<unknown> {
		const following = { from: at(3), untilCaughtUp: true, watch: () => () => {}, settle: () => {} };
		async function* follow() {
			for (let id = 4; id < 4 + unseen; id++) yield [{ kind: "usage", componentUsageUuid: "u", position: at(id), written: 0 }];
			throw new LogTruncated();
		}
		const context = { following, log: { follow, positions } } as unknown as Context;
		const events = followLog({ subject: () => undefined, list: {} as never }, context);
		return (await readingsOf(events).next()).value?.events[0];
	}

	expect(await told(0)).toEqual(new PositionExpired(positions.print(at(3))));
	const after = await told(2);
	expect(after).toBeInstanceOf(PositionExpired);
	expect((after as PositionExpired).message).not.toContain(positions.print(at(5)));
});
