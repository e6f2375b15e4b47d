import { GraphQLError } from "graphql";
import { beforeEach, expect, test } from "vitest";
import type { Position } from "../../src/event-log/position.ts";
import { type Ending, stopped } from "../../src/shared/ending.ts";
import type { Broadcast, Member } from "../../src/subscriptions/broadcast.ts";
import { previousToBeGiven } from "../../src/subscriptions/follow-log.ts";
import { Follower, type Replay, type Sources } from "../../src/subscriptions/follower.ts";
import type { Delivery, Listener } from "../../src/subscriptions/listener.ts";
import { createStep, type Step } from "../../src/subscriptions/step.ts";

const at = (id: number): Position => ({ number: BigInt(id), mark: 1n });
const print = ({ number }: Position) => String(number);
const step = (id: number): Step => createStep(`event ${id} after ${previousToBeGiven}`, at(id), at(id - 1), print);
const noMore = createStep("no more", undefined, at(0), print);

/** The log: entries that there are. */
let last: number;
let told: string[];
let ended: unknown[];
let members: Set<Member>;
/** How many broadcasts were begun, and joined. */
let begun: number;
let joins: number;
let listening: Map<Member, Position>;
/** What the members were told before they listened. */
let previous: Position[];
let endings: Ending[];
/** What happens whenever a replay has told all, or a broadcast is begun, and before anything else does. */
let meanwhile: () => void;

const listener: Listener = {
	deliver: ({ text }: Delivery) => void told.push(text.replace(/ after \d+$/, "")),
	drained: () => undefined,
	end: (error) => void ended.push(error ?? "complete"),
};

const broadcast = {
	join: (token: string, joined: Listener): Member => {
		const member: Member = { listener: joined, token, after: undefined, previous: undefined, waiting: undefined };
		members.add(member);
		joins++;
		return member;
	},
	listen: (member: Member, after: Position, last: Position) => {
		if (!members.has(member)) return false;
		listening.set(member, after);
		previous.push(last);
		return true;
	},
	leave: (member: Member) => void members.delete(member),
} as unknown as Broadcast;

/** What is after the position until now. */
function replay(after: Position): Replay {
	let reached: Position | undefined;
	const steps = (async function* () {
		let id = Number(after.number);
		while (id < last) yield step(++id);
		reached = at(id);
		meanwhile();
	})();
	return { steps, reached: () => reached };
}

const sources: Sources = {
	replay: async (after) => replay(after),
	broadcast: async () => {
		begun++;
		meanwhile();
		return broadcast;
	},
	end: async () => at(last),
};

const masked = new GraphQLError("masked", { extensions: { code: "MASKED" } });
const following = (to = listener) => new Follower(to, "token", () => masked, (ending) => void endings.push(ending)); // biome-ignore format: one line

const settled = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
	last = 3;
	begun = 0;
	joins = 0;
	told = [];
	ended = [];
	members = new Set();
	listening = new Map();
	previous = [];
	endings = [];
	meanwhile = () => {};
});

test("without a position it is told nothing of what was, and listens from the end on", async () => {
	await following().follow(sources, undefined);
	await settled();
	expect([told, [...listening.values()]]).toEqual([[], [at(3)]]);
});

test("with a position it is told what is after it, and listens from there on", async () => {
	await following().follow(sources, at(1));
	await settled();
	expect([told, [...listening.values()]]).toEqual([["event 2", "event 3"], [at(3)]]);
});

test("what comes between its replay and its joining is told before it listens", async () => {
	meanwhile = () => {
		if (last < 5) last++;
	};
	await following().follow(sources, at(1));
	await settled();
	expect([told, [...listening.values()]]).toEqual([["event 2", "event 3", "event 4", "event 5"], [at(5)]]);
});

test.each([undefined, at(1)])(
	"it leaves nothing behind, no broadcast that nobody is in either, when it is stopped while it begins (from %o)",
	async (position) => {
		const follower = following();
		meanwhile = () => follower.stop();
		await follower.follow(sources, position);
		await settled();
		expect([members.size, listening.size, ended]).toEqual([0, 0, []]);
		expect(joins).toBe(begun);
	},
);

test("it is told of an error, masked, and leaves", async () => {
	const follower = following();
	await follower.follow(sources, undefined);
	await settled();
	for (const { listener: joined } of [...members]) joined.end(new Error("secret"));
	expect([ended, members.size]).toEqual([[masked], 0]);
	expect(endings).toEqual([{ outcome: "ended", code: "MASKED" }]);
});

/** A replay that ends before all was told. */
function cutShort(after: Position, last?: Step): Replay {
	const { steps } = replay(after);
	const all = (async function* () {
		yield* steps;
		if (last !== undefined) yield last;
	})();
	return { steps: all, reached: () => undefined };
}

test("it is told that the log cannot go on from its position, and nothing more", async () => {
	await following().follow({ ...sources, replay: async (after) => cutShort(after, noMore) }, at(1));
	await settled();
	expect([told, ended, members.size]).toEqual([["event 2", "event 3", "no more"], ["complete"], 0]);
	expect(endings).toEqual([{ outcome: "ended", code: "POSITION_EXPIRED" }]);
});

test("it is told of an error when its replay ends before all is told, and nobody has said why", async () => {
	await following().follow({ ...sources, replay: async (after) => cutShort(after) }, at(1));
	await settled();
	expect([told, ended, members.size]).toEqual([["event 2", "event 3"], [masked], 0]);
});

test.each([
	["live only, is the one after where it began", undefined, 3],
	["live at once, is the one after its position", 3, 3],
	["after a replay, is the one after the last that was replayed", 1, 2],
] as const)("its first event with others, %s", async (_how, after, expected) => {
	// The replay looks at more than it tells: the last entry is another's.
	const own = (from: Position): Replay => {
		const { steps, reached } = replay(from);
		const seen = (async function* () {
			for await (const one of steps) if (one.at?.number !== 3n) yield one;
		})();
		return { steps: seen, reached };
	};
	await following().follow({ ...sources, replay: async (from) => own(from) }, after === undefined ? undefined : at(after));
	await settled();
	expect([[...listening.values()], previous]).toEqual([[at(3)], [at(expected)]]);
});

test("its first event alone is the one after its position, and each later one after that before it", async () => {
	const texts: string[] = [];
	await following({ ...listener, deliver: ({ text }) => void texts.push(text) }).follow({ ...sources, replay: async () => replay(at(1)) }, at(0));
	await settled();
	expect(texts.slice(0, 2)).toEqual(["event 2 after 0", "event 3 after 2"]);
});

test.each([
	["its client", undefined, { outcome: "completed" }],
	["its transport", stopped, { outcome: "stopped" }],
])("it says once how %s has ended it", async (_who, ending, expected) => {
	const follower = following();
	await follower.follow(sources, undefined);
	await settled();
	follower.stop(ending);
	follower.stop();
	follower.end(new Error("too late"));
	expect(endings).toEqual([expected]);
});

test("it replays and joins anew when too much has come before it could listen", async () => {
	let refused = 0;
	const busy = {
		...broadcast,
		listen: (member: Member, after: Position, last: Position) => refused++ > 0 && broadcast.listen(member, after, last),
	};
	await following().follow({ ...sources, broadcast: async () => busy }, at(2));
	await settled();
	expect([told, [...listening.values()]]).toEqual([["event 3"], [at(3)]]);
});
