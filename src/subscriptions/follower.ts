import type { GraphQLError } from "graphql";
import type { Position } from "../event-log/position.ts";
import { serviceStops } from "../graphql/errors.ts";
import { completed, type Ending, endedWith } from "../shared/ending.ts";
import type { Broadcast, Member } from "./broadcast.ts";
import type { Delivery, Listener } from "./listener.ts";
import type { Step } from "./step.ts";

/** What is delivered to a listener alone: the steps there are, and whether they ended because there are no more. */
export interface Replay {
	readonly steps: AsyncGenerator<Step, void, void>;
	/** How far the steps came; undefined when they ended before the last. */
	reached(): Position | undefined;
}

/** The sources to the events of one subscription. Each throws when the operation cannot be begun. */
export interface Sources {
	/** What is after the position until now. */
	replay(after: Position): Promise<Replay>;
	/** The broadcast that all equal subscriptions share; when there is none, one that begins at the position. */
	broadcast(from: Position): Promise<Broadcast>;
	/** The position behind everything there is. */
	end(): Promise<Position>;
}

/** A subscriber on its way. Thousands wait for their next event at a time, so each keeps nothing that it does not need then. */
export class Follower implements Listener {
	readonly #listener: Listener;
	readonly #token: string;
	readonly #mask: (error: unknown) => GraphQLError;
	readonly #onStop: (ending: Ending, told: number) => void;
	#stopped = false;
	#told = 0;
	#broadcast: Broadcast | undefined;
	#member: Member | undefined;
	#replayed: AsyncGenerator<Step, void, void> | undefined;

	/** `mask` makes of an error what the listener may see; `onStop` is called once, at the end, with how it ended and after how many events. */
	constructor(listener: Listener, token: string, mask: (error: unknown) => GraphQLError, onStop: (ending: Ending, told: number) => void = () => {}) {
		this.#listener = listener;
		this.#token = token;
		this.#mask = mask;
		this.#onStop = onStop;
	}

	/**
	 * Delivers the listener its events: those after the position at its own pace, then the live ones in the broadcast it
	 * shares; live only without a position. No event is left out or delivered twice where the one ends and the other begins.
	 * Resolves once the operation is begun; throws when it cannot be.
	 */
	async follow(sources: Sources, after: Position | undefined): Promise<void> {
		const goOn = await this.#begin(sources, after);
		goOn().catch((error: unknown) => this.end(error));
	}

	/** Nothing is delivered any more, not even an end. */
	stop(ending: Ending = completed): void {
		if (!this.#stopped) this.#onStop(ending, this.#told);
		this.#stopped = true;
		if (this.#member !== undefined) this.#broadcast?.leave(this.#member);
		void this.#replayed?.return();
	}

	deliver(event: Delivery): void {
		if (this.#stopped) return;
		if (event.position !== undefined) this.#told++;
		this.#listener.deliver(event);
	}

	drained(): Promise<void> | undefined {
		return this.#stopped ? undefined : this.#listener.drained();
	}

	end(error?: unknown): void {
		if (this.#stopped) return;
		const masked = error === undefined ? undefined : this.#mask(error);
		// Without an error the last delivery says why: the log could not go on.
		this.stop(endedWith(masked === undefined ? "POSITION_EXPIRED" : String(masked.extensions["code"])));
		this.#listener.end(masked);
	}

	async #begin(sources: Sources, after: Position | undefined): Promise<() => Promise<void>> {
		if (after === undefined) {
			const broadcast = await sources.broadcast(await sources.end());
			return () => this.#join(sources, undefined, broadcast);
		}
		const replay = await sources.replay(after);
		return async () => this.#join(sources, await this.#tellAlone(replay, placeAt(after)));
	}

	/** Joins first and replays then: what is broadcast meanwhile waits, and what was replayed of it is left out. */
	async #join(sources: Sources, from: Place | undefined, first?: Broadcast): Promise<void> {
		let place = from;
		let broadcast = first;
		// A broadcast that was begun is joined in any case: it goes on for as long as it has a member.
		while (broadcast !== undefined || !this.#stopped) {
			broadcast ??= await sources.broadcast(place?.reached ?? (await sources.end()));
			this.#broadcast = broadcast;
			this.#member = broadcast.join(this.#token, this);
			if (this.#stopped) return this.stop();
			if (this.#member !== undefined) {
				place = place === undefined ? placeAt(await sources.end()) : await this.#tellAlone(await sources.replay(place.reached), place);
				if (place !== undefined && broadcast.listen(this.#member, place.reached, place.last)) return;
			}
			broadcast = undefined;
		}
	}

	/** Returns where it is then; undefined when it is over. */
	async #tellAlone({ steps, reached }: Replay, { last: before }: Place): Promise<Place | undefined> {
		let last = before;
		let isConcluded = false;
		this.#replayed = steps;
		if (this.#stopped) void steps.return();
		for await (const step of steps) {
			this.deliver(step.told(last));
			if (step.at === undefined) isConcluded = true;
			else last = step.at;
			await this.drained();
		}
		this.#replayed = undefined;
		const position = reached();
		if (position === undefined) this.end(isConcluded ? undefined : serviceStops());
		return position && { reached: position, last };
	}
}

/** Where a subscriber is in the log. */
interface Place {
	/** It was sent everything up to here. */
	readonly reached: Position;
	/** Its last event, or where it began. */
	readonly last: Position;
}

const placeAt = (position: Position): Place => ({ reached: position, last: position });
