import type { Position } from "../log/log.store.ts";
import type { Broadcast, Step } from "./broadcast.ts";
import type { Listener } from "./listener.ts";

/** What is told to a listener alone: the steps there are, and whether they ended because there are no more. */
export interface Replay {
	readonly steps: AsyncGenerator<Step, void, void>;
	/** How far the steps came; undefined when the log could not go on from there. */
	reached(): Position | undefined;
}

/** The ways to the events of one subscription. Each throws when the operation cannot be begun. */
export interface Ways {
	/** What is after the position until now. */
	replay(after: Position): Promise<Replay>;
	/** The broadcast to all who are told the same; when there is none, one that begins at the position. */
	broadcast(from: Position): Promise<Broadcast>;
	/** The position behind everything there is. */
	end(): Promise<Position>;
}

/**
 * Brings the listener its events: what is after the position at its own pace, then what is live together with all who are
 * told the same; live only without a position. No event is left out or told twice where the one ends and the other begins.
 * Answers how to stop, once the operation is begun; throws when it cannot be.
 */
export async function follow(listener: Listener, token: string, ways: Ways, after: Position | undefined): Promise<{ stop(): void }> {
	let stopped = false;
	let leave = () => {};
	let breakOff = () => {};
	const stop = () => {
		stopped = true;
		leave();
		breakOff();
	};
	const own: Listener = {
		tell: (event) => {
			if (!stopped) listener.tell(event);
		},
		taken: () => (stopped ? undefined : listener.taken()),
		end: (error) => {
			if (stopped) return;
			stop();
			listener.end(error);
		},
	};

	async function tellAlone({ steps, reached }: Replay): Promise<Position | undefined> {
		breakOff = () => void steps.return();
		if (stopped) breakOff();
		for await (const { event } of steps) {
			own.tell(event);
			await own.taken();
		}
		const position = reached();
		if (position === undefined) own.end();
		return position;
	}

	/** Joins first and replays then: what is broadcast meanwhile waits, and what was replayed of it is left out. */
	async function join(from: Position | undefined, first?: Broadcast): Promise<void> {
		let position = from;
		let broadcast = first;
		while (!stopped) {
			broadcast ??= await ways.broadcast(position ?? (await ways.end()));
			const membership = broadcast.join(token, own);
			broadcast = undefined;
			if (membership === undefined) continue;
			leave = membership.leave;
			if (stopped) return leave();
			position = position === undefined ? await ways.end() : await tellAlone(await ways.replay(position));
			if (position !== undefined && membership.listen(position)) return;
		}
	}

	async function begin(): Promise<() => Promise<void>> {
		if (after === undefined) {
			const broadcast = await ways.broadcast(await ways.end());
			return () => join(undefined, broadcast);
		}
		const replay = await ways.replay(after);
		return async () => join(await tellAlone(replay));
	}

	const goOn = await begin();
	goOn().catch(own.end);
	return { stop };
}
