import { beforeEach, describe, expect, test } from "vitest";
import type { Viewer } from "../../src/access/viewer.ts";
import type { Position } from "../../src/event-log/position.ts";
import type { Services } from "../../src/graphql/context.ts";
import { type Broadcast, createBroadcast } from "../../src/subscriptions/broadcast.ts";
import { previousToBeGiven } from "../../src/subscriptions/follow-log.ts";
import type { Delivery, Listener } from "../../src/subscriptions/listener.ts";
import { EventsTooFast } from "../../src/subscriptions/payment.ts";
import { createStep, type Step } from "../../src/subscriptions/step.ts";

/** Where the steps come from: the test makes them one by one. */
let makeStep: (id: number) => Promise<void>;
let makeLastStep: () => void;
let endSteps: (error?: Error) => void;
let isReturned: boolean;
let ends: number;
let broadcast: Broadcast;
let authenticate: Services["authenticate"];

beforeEach(() => {
	isReturned = false;
	ends = 0;
	const wanted: ((step: Promise<IteratorResult<Step, void>>) => void)[] = [];
	const next = () => new Promise<IteratorResult<Step, void>>((resolve) => wanted.push(resolve));
	const isWanted = async () => {
		while (wanted.length === 0) await Promise.resolve();
		return wanted.shift();
	};
	const print = ({ number }: Position) => String(number);
	makeStep = async (id) => {
		const answer = await isWanted();
		const text = `event ${id} after ${previousToBeGiven}`;
		answer?.(Promise.resolve({ done: false, value: createStep(text, at(id), at(id - 1), print) }));
		while (wanted.length === 0) await Promise.resolve();
	};
	makeLastStep = () => void isWanted().then((answer) => answer?.(Promise.resolve({ done: false, value: createStep("no more", undefined, at(0), print) })));
	endSteps = (error) =>
		void isWanted().then((answer) => answer?.(error === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(error)));
	const steps = {
		next,
		return: async () => {
			isReturned = true;
			return { done: true as const, value: undefined };
		},
		[Symbol.asyncIterator]() {
			return this;
		},
	} as unknown as AsyncGenerator<Step, void, void>;
	const services = { tokens: { watch: () => () => {} }, authenticate: (token: string) => authenticate(token) } as unknown as Services;
	broadcast = createBroadcast(services, steps, () => ends++);
});

/** A listener and what it was told. */
function listening(token = "token") {
	const told: Delivery[] = [];
	let end: (how: unknown) => void = () => {};
	const ended = new Promise<unknown>((resolve) => {
		end = resolve;
	});
	const listener: Listener = { deliver: (event) => told.push(event), drained: () => undefined, end: (error) => end(error ?? "complete") };
	const member = broadcast.join(token, listener);
	if (member === undefined) throw new Error("The broadcast is over.");
	const listen = (position: Position, previous = position) => broadcast.listen(member, position, previous);
	/** The events, apart from which they come after. */
	const texts = () => told.map(({ text }) => text.replace(/ after \d+$/, ""));
	return { told, texts, ended, listen, leave: () => broadcast.leave(member) };
}

const at = (id: number) => ({ number: BigInt(id), mark: 1n });

test("all are told the very same event: it was written once", async () => {
	const [one, other] = [listening(), listening()];
	one.listen(at(0));
	other.listen(at(0));
	await makeStep(1);
	expect(one.told[0]).toBe(other.told[0]);
});

test("each is told what is after its own position only", async () => {
	const [one, other] = [listening(), listening()];
	one.listen(at(1));
	other.listen(at(2));
	for (const id of [1, 2, 3]) await makeStep(id);
	expect([one.texts(), other.texts()]).toEqual([["event 2", "event 3"], ["event 3"]]);
});

test("the first event of each is the one after what it had before it listened, and the later ones are those after that", async () => {
	const [one, other] = [listening(), listening()];
	one.listen(at(1), at(0));
	await makeStep(1);
	other.listen(at(2), at(1));
	for (const id of [2, 3, 4]) await makeStep(id);
	expect(one.told.map(({ text }) => text)).toEqual(["event 2 after 0", "event 3 after 2", "event 4 after 3"]);
	expect(other.told.map(({ text }) => text)).toEqual(["event 3 after 1", "event 4 after 3"]);
	expect(one.told[2]).toBe(other.told[1]);
});

test("those who come from the same place elsewhere are told the very same first event, too", async () => {
	const all = [listening(), listening(), listening()];
	for (const one of all) one.listen(at(5), { ...at(2) });
	await makeStep(6);
	expect(new Set(all.map(({ told }) => told[0])).size).toBe(1);
	expect(all[0]?.told[0]?.text).toBe("event 6 after 2");
});

test("what comes before it listens waits for it", async () => {
	const one = listening();
	for (const id of [1, 2, 3]) await makeStep(id);
	expect(one.texts()).toEqual([]);
	expect(one.listen(at(1))).toBe(true);
	await makeStep(4);
	expect(one.texts()).toEqual(["event 2", "event 3", "event 4"]);
});

test("for one that does not listen a thousand events wait, and no more: it is no longer in", async () => {
	const [one, other] = [listening(), listening()];
	for (let id = 1; id <= 1_000; id++) await makeStep(id);
	expect(one.listen(at(0))).toBe(true);
	await makeStep(1_001);
	expect([one.told.length, other.listen(at(0)), other.told.length]).toEqual([1_001, false, 0]);
});

test("who joins with a good token while the only other one is found bad goes on", async () => {
	const viewer = { username: "olga" } as Viewer;
	let answer: (viewer: Viewer | undefined) => void = () => {};
	authenticate = (token) => (token === "good" ? Promise.resolve(viewer) : new Promise((resolve) => (answer = resolve)));
	const bad = listening("bad");
	const authorized = broadcast.authorize();
	const good = listening("good");
	answer(undefined);

	expect(await authorized).toBe(viewer);
	expect(await bad.ended).toMatchObject({ extensions: { code: "UNAUTHENTICATED" } });
	expect(good.listen(at(0))).toBe(true);
});

describe("when it is over", () => {
	test("for the last one has left, the run is stopped and nobody can join", async () => {
		const [one, other] = [listening(), listening()];
		one.leave();
		expect([isReturned, ends]).toEqual([false, 0]);
		other.leave();
		other.leave();
		expect([isReturned, ends]).toEqual([true, 1]);
		expect(broadcast.join("token", {} as Listener)).toBeUndefined();
	});

	test("for there are no more events, all are told that the service stops: it goes on for as long as somebody is in", async () => {
		const [one, other] = [listening(), listening()];
		one.listen(at(0));
		endSteps();
		const stops = { extensions: { code: "SERVICE_UNAVAILABLE" } };
		expect(await Promise.all([one.ended, other.ended])).toMatchObject([stops, stops]);
		expect(ends).toBe(1);
	});

	test("for the log cannot go on, all are told so, wherever they listen from; who does not listen yet is no longer in", async () => {
		const [one, other, early] = [listening(), listening(), listening()];
		one.listen(at(0));
		other.listen(at(7));
		makeLastStep();
		expect(await Promise.all([one.ended, other.ended])).toEqual(["complete", "complete"]);
		expect([one, other, early].map(({ texts }) => texts())).toEqual([["no more"], ["no more"], []]);
		expect([early.listen(at(0)), ends, isReturned]).toEqual([false, 1, true]);
		expect(broadcast.join("token", {} as Listener)).toBeUndefined();
	});

	test("for its tokens have spent all, each is told where it goes on from itself; who does not listen yet is no longer in", async () => {
		const [one, ahead, early] = [listening(), listening(), listening()];
		one.listen(at(1));
		ahead.listen(at(7));
		for (const id of [1, 2, 3]) await makeStep(id);
		endSteps(new EventsTooFast(5, at(4)));
		expect(await Promise.all([one.ended, ahead.ended])).toMatchObject([
			{ seconds: 5, at: at(4) },
			{ seconds: 5, at: at(7) },
		]);
		expect([early.listen(at(0)), ends, isReturned]).toEqual([false, 1, true]);
	});

	test("for an error, all are told of it", async () => {
		const [one, other] = [listening(), listening()];
		const error = new Error("The token is no longer good.");
		endSteps(error);
		expect(await Promise.all([one.ended, other.ended])).toEqual([error, error]);
	});
});
