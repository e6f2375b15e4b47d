import { goodTokens } from "../access/token.store.ts";
import { tokenHash } from "../access/token.ts";
import type { Viewer } from "../access/viewer.ts";
import { isAfter, type Position } from "../event-log/position.ts";
import type { Services } from "../graphql/context.ts";
import { serviceStops } from "../graphql/errors.ts";
import { tokenNotGood } from "./follow-log.ts";
import type { Listener } from "./listener.ts";
import { EventsTooFast } from "./payment.ts";
import type { Step } from "./step.ts";

/** One run of a subscription that everyone with the same viewer, document and variables shares. */
export interface Broadcast {
	/**
	 * Adds a listener that signed in with the token. Nothing is delivered to it yet: what comes meanwhile waits. The first one
	 * sets the broadcast going; undefined when it is over, as it is when the last one has left.
	 */
	join(token: string, listener: Listener): Member | undefined;
	/**
	 * Delivers the member what is after the position from now on, the first as the event after `previous`. False when it is no
	 * longer in: too much has come meanwhile, or the log could not go on from where the broadcast was.
	 */
	listen(member: Member, after: Position, previous: Position): boolean;
	leave(member: Member): void;
	/** The tokens that the members signed in with. */
	readonly tokens: readonly string[];
	/** The viewer whom the members' tokens sign in now. Ends those whose token is no longer good; undefined when none is left. */
	authorize(): Promise<Viewer | undefined>;
}

/** A listener in a broadcast. There are thousands: what each is sent, and when, only the broadcast knows. */
export interface Member {
	readonly listener: Listener;
	readonly token: string;
	/** Undefined until it listens. */
	after: Position | undefined;
	/** The position before its first event here; undefined from then on, for it is sent every one. */
	previous: Position | undefined;
	waiting: Step[] | undefined;
}

/** What waits at most for a member that does not listen yet. */
const maxWaiting = 1_000;

/** Makes a broadcast of the steps; `onEnd` is called as soon as it can no longer be joined. */
export function createBroadcast({ database, clock, tokens, authenticate }: Services, steps: AsyncGenerator<Step, void, void>, onEnd: () => void): Broadcast {
	const members = new Set<Member>();
	const watched = new Map<string, { readonly hash: string; readonly unwatch: () => void; count: number }>();
	let state: "new" | "running" | "over" = "new";

	function leave(member: Member): void {
		if (!members.delete(member)) return;
		const own = watched.get(member.token);
		if (own !== undefined && --own.count === 0) {
			own.unwatch();
			watched.delete(member.token);
		}
		if (members.size > 0) return;
		state = "over";
		onEnd();
		void steps.return();
	}

	function end(ended: readonly Member[], error?: unknown): void {
		for (const member of ended) {
			leave(member);
			member.listener.end(error);
		}
	}

	function endOf(token: string): void {
		const ended = [...members].filter((member) => member.token === token);
		end(ended, tokenNotGood());
	}

	function take(member: Member, step: Step, at: Position): void {
		if (member.after === undefined) {
			member.waiting ??= [];
			if (member.waiting.push(step) > maxWaiting) leave(member);
		} else if (isAfter(at, member.after)) {
			member.listener.deliver(step.told(member.previous));
			member.previous = undefined;
		}
	}

	/** Delivers why nothing more can come. A member that does not listen yet finds out by itself whether the log goes on from where it is. */
	function conclude(last: Step): void {
		for (const member of [...members]) {
			if (member.after === undefined) leave(member);
			else {
				member.listener.deliver(last.told());
				end([member]);
			}
		}
	}

	async function run(): Promise<void> {
		state = "running";
		try {
			for await (const step of steps) {
				if (step.at === undefined) return conclude(step);
				for (const member of [...members]) take(member, step, step.at);
			}
			end([...members], serviceStops());
		} catch (error) {
			if (error instanceof EventsTooFast) interrupt(error);
			else end([...members], error);
		}
	}

	/** Each goes on from where it is itself, which may be ahead of the broadcast. A member that does not listen yet finds out by itself how far it comes. */
	function interrupt({ seconds, at }: EventsTooFast): void {
		for (const member of [...members]) {
			if (member.after === undefined) leave(member);
			else end([member], new EventsTooFast(seconds, isAfter(member.after, at) ? member.after : at));
		}
	}

	return {
		join: (token, listener) => {
			if (state === "over") return undefined;
			const own = watched.get(token);
			if (own === undefined) watched.set(token, { hash: tokenHash(token), unwatch: tokens.watch(token, () => endOf(token)), count: 1 });
			else own.count++;
			const member: Member = { listener, token, after: undefined, previous: undefined, waiting: undefined };
			members.add(member);
			if (state === "new") void run();
			return member;
		},
		listen: (member, after, previous) => {
			if (!members.has(member)) return false;
			member.after = after;
			member.previous = previous;
			for (const step of member.waiting ?? []) if (step.at !== undefined) take(member, step, step.at);
			member.waiting = undefined;
			return true;
		},
		leave,
		get tokens() {
			return [...watched.keys()];
		},
		authorize: async () => {
			if (watched.size > 1) {
				const asked = [...watched].map(([token, { hash }]) => ({ token, hash }));
				const good = new Set(await goodTokens(database, asked.map(({ hash }) => hash), clock())); // biome-ignore format: one question
				for (const { token, hash } of asked) if (!good.has(hash)) endOf(token);
			}
			// Tokens that join meanwhile are tried too: a member with a good token is not ended for another's.
			for (const token of watched.keys()) {
				const viewer = await authenticate(token);
				if (viewer !== undefined) return viewer;
				endOf(token);
			}
			return undefined;
		},
	};
}
