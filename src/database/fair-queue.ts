import { Abandoned } from "./caller.ts";
import type { PoolUse } from "./database.ts";

/** Gives a place back. */
type Release = () => void;

/** Who wants a place: callers of one key share a part of them; without a key, the service itself. */
export interface Taker {
	readonly key: string | undefined;
	readonly abandoned?: AbortSignal | undefined;
}

/** Places that several callers share, so that none of them keeps the others from theirs. */
export interface FairQueue {
	/** A place, when it is the taker's turn. Throws Abandoned, the error of `refuseAll`, and what `tooLate` makes of too long a wait. */
	take(taker: Taker): Promise<Release>;
	/** How its places are used at the moment. */
	use(): PoolUse;
	/** Refuses all who wait. */
	refuseAll(error: Error): void;
}

export interface FairQueueOptions {
	readonly places: number;
	/** How long to wait for a place, in milliseconds, and the error then; for ever without it. */
	readonly timeout?: { readonly milliseconds: number; readonly tooLate: () => Error };
}

interface Waiter {
	readonly admit: (release: Release) => void;
	readonly refuse: (error: Error) => void;
}

/** Callers of one key. Kept while they hold or wait for a place. */
interface Group {
	readonly key: string | undefined;
	held: number;
	/** In the order of all turns, the last one that the group had. */
	lastTurn: number;
	readonly waiting: Set<Waiter>;
}

/** Places that the service's own work leaves to callers, of each that many. */
const servicePart = 5;

/**
 * A key holds at most as many places as are left free: alone half of them, two at once a third each; there is always one for
 * a key that has none, until there are as many keys as places. The service itself goes first, and leaves a few. Among keys that
 * wait, the one that holds least goes first, then the one whose last turn is longest ago; within a key, who came first.
 */
export function createFairQueue({ places, timeout }: FairQueueOptions): FairQueue {
	const groups = new Map<string | undefined, Group>();
	const ofService = places - Math.floor(places / servicePart);
	let free = places;
	let turns = 0;
	let waiting = 0;
	let waited = 0;

	function groupOf(key: string | undefined): Group {
		const group = groups.get(key) ?? { key, held: 0, lastTurn: 0, waiting: new Set<Waiter>() };
		groups.set(key, group);
		return group;
	}

	const hasTurn = ({ key, held }: Group): boolean => free > 0 && (key === undefined ? held < ofService : held < free);

	const goesBefore = (one: Group, other: Group): boolean => {
		if (one.key === undefined || other.key === undefined) return one.key === undefined;
		return one.held === other.held ? one.lastTurn < other.lastTurn : one.held < other.held;
	};

	function next(): Group | undefined {
		let first: Group | undefined;
		for (const group of groups.values()) {
			if (group.waiting.size > 0 && hasTurn(group) && (first === undefined || goesBefore(group, first))) first = group;
		}
		return first;
	}

	function occupy(group: Group): Release {
		free--;
		group.held++;
		group.lastTurn = ++turns;
		return () => {
			free++;
			group.held--;
			forget(group);
			admitNext();
		};
	}

	function admitNext(): void {
		for (let group = next(); group !== undefined; group = next()) {
			const [waiter] = group.waiting;
			if (waiter === undefined) return;
			group.waiting.delete(waiter);
			waiter.admit(occupy(group));
		}
	}

	function forget(group: Group): void {
		if (group.held === 0 && group.waiting.size === 0) groups.delete(group.key);
	}

	/** Waits in the group's line. */
	function wait(group: Group, abandoned: AbortSignal | undefined): Promise<Release> {
		return new Promise((resolve, reject) => {
			const begun = performance.now();
			waiting++;
			const settled = () => {
				waiting--;
				waited += performance.now() - begun;
				clearTimeout(timer);
				abandoned?.removeEventListener("abort", leave);
			};
			const waiter: Waiter = {
				admit: (release) => {
					settled();
					resolve(release);
				},
				refuse: (error) => {
					settled();
					group.waiting.delete(waiter);
					forget(group);
					reject(error);
				},
			};
			const leave = () => waiter.refuse(new Abandoned());
			const timer = timeout === undefined ? undefined : setTimeout(() => waiter.refuse(timeout.tooLate()), timeout.milliseconds);
			abandoned?.addEventListener("abort", leave);
			group.waiting.add(waiter);
		});
	}

	return {
		take: async ({ key, abandoned }) => {
			if (abandoned?.aborted) throw new Abandoned();
			const group = groupOf(key);
			// None that has a turn waits: this one overtakes none.
			return group.waiting.size === 0 && hasTurn(group) ? occupy(group) : wait(group, abandoned);
		},
		use: () => ({ size: places, inUse: places - free, waiting, waited: waited / 1_000 }),
		refuseAll: (error) => {
			for (const group of [...groups.values()]) for (const waiter of [...group.waiting]) waiter.refuse(error);
		},
	};
}
