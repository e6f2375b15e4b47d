import type { Position } from "../log/position.ts";
import type { Broadcast, Member, Step } from "./broadcast.ts";
import type { Listener, Told } from "./listener.ts";

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

/** A subscriber on its way. Thousands wait for their next event at a time, so each keeps nothing that it does not need then. */
export class Follower implements Listener {
	readonly #listener: Listener;
	readonly #token: string;
	readonly #mask: (error: unknown) => unknown;
	readonly #onStop: () => void;
	#stopped = false;
	#broadcast: Broadcast | undefined;
	#member: Member | undefined;
	#replayed: AsyncGenerator<Step, void, void> | undefined;

	/** `mask` makes of an error what the listener may see; `onStop` is told once, when it is over. */
	constructor(listener: Listener, token: string, mask: (error: unknown) => unknown, onStop: () => void = () => {}) {
		this.#listener = listener;
		this.#token = token;
		this.#mask = mask;
		this.#onStop = onStop;
	}

	/**
	 * Brings the listener its events: what is after the position at its own pace, then what is live together with all who are
	 * told the same; live only without a position. No event is left out or told twice where the one ends and the other begins.
	 * Resolves once the operation is begun; throws when it cannot be.
	 */
	async follow(ways: Ways, after: Position | undefined): Promise<void> {
		const goOn = await this.#begin(ways, after);
		goOn().catch((error: unknown) => this.end(error));
	}

	stop(): void {
		if (!this.#stopped) this.#onStop();
		this.#stopped = true;
		if (this.#member !== undefined) this.#broadcast?.leave(this.#member);
		void this.#replayed?.return();
	}

	tell(event: Told): void {
		if (!this.#stopped) this.#listener.tell(event);
	}

	taken(): Promise<void> | undefined {
		return this.#stopped ? undefined : this.#listener.taken();
	}

	end(error?: unknown): void {
		if (this.#stopped) return;
		this.stop();
		this.#listener.end(error === undefined ? undefined : this.#mask(error));
	}

	async #begin(ways: Ways, after: Position | undefined): Promise<() => Promise<void>> {
		if (after === undefined) {
			const broadcast = await ways.broadcast(await ways.end());
			return () => this.#join(ways, undefined, broadcast);
		}
		const replay = await ways.replay(after);
		return async () => this.#join(ways, await this.#tellAlone(replay));
	}

	/** Joins first and replays then: what is broadcast meanwhile waits, and what was replayed of it is left out. */
	async #join(ways: Ways, from: Position | undefined, first?: Broadcast): Promise<void> {
		let position = from;
		let broadcast = first;
		// A broadcast that was begun is joined in any case: it goes on for as long as somebody is in.
		while (broadcast !== undefined || !this.#stopped) {
			broadcast ??= await ways.broadcast(position ?? (await ways.end()));
			this.#broadcast = broadcast;
			this.#member = broadcast.join(this.#token, this);
			if (this.#stopped) return this.stop();
			if (this.#member !== undefined) {
				position = position === undefined ? await ways.end() : await this.#tellAlone(await ways.replay(position));
				if (position !== undefined && broadcast.listen(this.#member, position)) return;
			}
			broadcast = undefined;
		}
	}

	async #tellAlone({ steps, reached }: Replay): Promise<Position | undefined> {
		this.#replayed = steps;
		if (this.#stopped) void steps.return();
		for await (const { event } of steps) {
			this.tell(event);
			await this.taken();
		}
		this.#replayed = undefined;
		const position = reached();
		if (position === undefined) this.end();
		return position;
	}
}
