import { beforeEach, expect, test } from "vitest";
import type { Position } from "../../src/log/position.ts";
import type { Broadcast, Member, Step } from "../../src/subscription/broadcast.ts";
import { Follower, type Replay, type Ways } from "../../src/subscription/follower.ts";
import type { Listener, Told } from "../../src/subscription/listener.ts";

const at = (id: number): Position => ({ number: BigInt(id), mark: 1n });
const step = (id: number): Step => ({ at: at(id), event: { text: `event ${id}`, position: String(id) } });

/** The log: entries that there are. */
let last: number;
let told: string[];
let ended: unknown[];
let members: Set<Member>;
/** How many broadcasts were begun, and joined. */
let begun: number;
let joins: number;
let listening: Map<Member, Position>;
/** What happens whenever a replay has told all, or a broadcast is begun, and before anything else does. */
let meanwhile: () => void;

const listener: Listener = {
	tell: ({ text }: Told) => void told.push(text),
	taken: () => undefined,
	end: (error) => void ended.push(error ?? "complete"),
};

const broadcast = {
	join: (token: string, joined: Listener): Member => {
		const member: Member = { listener: joined, token, after: undefined, waiting: undefined };
		members.add(member);
		joins++;
		return member;
	},
	listen: (member: Member, after: Position) => {
		if (!members.has(member)) return false;
		listening.set(member, after);
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

const ways: Ways = {
	replay: async (after) => replay(after),
	broadcast: async () => {
		begun++;
		meanwhile();
		return broadcast;
	},
	end: async () => at(last),
};

const settled = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
	last = 3;
	begun = 0;
	joins = 0;
	told = [];
	ended = [];
	members = new Set();
	listening = new Map();
	meanwhile = () => {};
});

test("without a position it is told nothing of what was, and listens from the end on", async () => {
	await new Follower(listener, "token", (error) => error).follow(ways, undefined);
	await settled();
	expect([told, [...listening.values()]]).toEqual([[], [at(3)]]);
});

test("with a position it is told what is after it, and listens from there on", async () => {
	await new Follower(listener, "token", (error) => error).follow(ways, at(1));
	await settled();
	expect([told, [...listening.values()]]).toEqual([["event 2", "event 3"], [at(3)]]);
});

test("what comes between its replay and its joining is told before it listens", async () => {
	meanwhile = () => {
		if (last < 5) last++;
	};
	await new Follower(listener, "token", (error) => error).follow(ways, at(1));
	await settled();
	expect([told, [...listening.values()]]).toEqual([["event 2", "event 3", "event 4", "event 5"], [at(5)]]);
});

test.each([undefined, at(1)])(
	"it leaves nothing behind, no broadcast that nobody is in either, when it is stopped while it begins (from %o)",
	async (position) => {
		const follower = new Follower(listener, "token", (error) => error);
		meanwhile = () => follower.stop();
		await follower.follow(ways, position);
		await settled();
		expect([members.size, listening.size, ended]).toEqual([0, 0, []]);
		expect(joins).toBe(begun);
	},
);

test("it is told of an error, masked, and leaves", async () => {
	const follower = new Follower(listener, "token", () => "masked");
	await follower.follow(ways, undefined);
	await settled();
	for (const { listener: joined } of [...members]) joined.end(new Error("secret"));
	expect([ended, members.size]).toEqual([["masked"], 0]);
});

test("it is told that all is told when the log cannot go on from its position", async () => {
	const letGo: Ways = { ...ways, replay: async (after) => ({ ...replay(after), reached: () => undefined }) };
	await new Follower(listener, "token", (error) => error).follow(letGo, at(1));
	await settled();
	expect([told, ended, members.size]).toEqual([["event 2", "event 3"], ["complete"], 0]);
});

test("it replays and joins anew when too much has come before it could listen", async () => {
	let refused = 0;
	const busy = { ...broadcast, listen: (member: Member, after: Position) => refused++ > 0 && broadcast.listen(member, after) };
	await new Follower(listener, "token", (error) => error).follow({ ...ways, broadcast: async () => busy }, at(2));
	await settled();
	expect([told, [...listening.values()]]).toEqual([["event 3"], [at(3)]]);
});
