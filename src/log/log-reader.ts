import type { Database } from "../database/database.ts";
import { readOnly } from "../database/states.ts";
import { endOfLog, entriesAfter, isAfter, isReadOnly, type LogEntry, logChannel, type Position, reachesBackTo } from "./log.store.ts";

/** Hands the log's entries to any number of followers. One reader and one poll a process, however many follow. */
export interface LogReader {
	/**
	 * Entries after the position, in order and in batches, then new ones as they are committed; until the signal aborts,
	 * or, when asked for, until the follower has caught up with every other.
	 * Throws LetGo when the log does not reach back to the position, be it that the follower fell so far behind; and, coded
	 * 25006, when the database has become read-only: an instance elsewhere, on the one that takes changes, goes on.
	 */
	follow(after: Position, signal: AbortSignal, untilCaughtUp: boolean): AsyncGenerator<readonly LogEntry[], void, void>;
	/** The position behind everything committed: following from here is live only. */
	end(): Promise<Position>;
	stop(): Promise<void>;
}

/** The log has let go of entries after the position, or has not come that far: nobody can go on from it. */
export class LetGo extends Error {
	override readonly name = "LetGo";
}

export interface LogReaderOptions {
	/** Told when the log cannot be read; reading goes on at the next poll. */
	readonly onError: (error: unknown) => void;
	/** Told each time that the log has been looked at: how old the oldest new entry was, in seconds; undefined when there was none. */
	readonly onRead?: ((lag: number | undefined) => void) | undefined;
	/** How often the log is looked at besides being notified, in milliseconds. */
	readonly pollEvery?: number;
}

/** Entries that are kept in memory for followers who keep up, and read at once. */
const kept = 10_000;
const batch = 1_000;

/**
 * Starts the reader. Followers pull: each has a position of its own and takes what lies behind it from the entries kept
 * in memory, or from the database when it is further back. Nothing is buffered for anyone.
 */
export async function startLogReader(database: Database, { onError, onRead = () => {}, pollEvery = 1_000 }: LogReaderOptions): Promise<LogReader> {
	let recent: LogEntry[] = [];
	/** Everything after `floor` up to `head` is in `recent`. */
	let floor = await endOfLog(database);
	let head = floor;
	let stopped = false;
	let reading: Promise<void> | undefined;
	let looking: Promise<void> | undefined;
	let again = false;
	/** Of the database, as it was when the log was last polled. */
	let isStill = false;
	const waiting = new Set<() => void>();
	const tellGrowth = () => {
		for (const tell of [...waiting]) tell();
	};

	async function readOn(): Promise<void> {
		for (;;) {
			const entries = await entriesAfter(database, head, batch);
			const last = entries.at(-1);
			onRead(entries[0]?.age);
			if (last === undefined) return;
			head = last.position;
			recent.push(...entries);
			const dropped = recent.length > kept ? recent.splice(0, recent.length - kept).at(-1) : undefined;
			if (dropped !== undefined) floor = dropped.position;
			tellGrowth();
			if (entries.length < batch) return;
		}
	}

	/** Reads on; a wake-up that comes meanwhile makes it read once more, for its entry may not have been there yet. */
	function wake(): void {
		if (stopped) return;
		if (reading !== undefined) {
			again = true;
			return;
		}
		reading = readOn()
			.catch(onError)
			.finally(() => {
				reading = undefined;
				if (!again) return;
				again = false;
				wake();
			});
	}

	/** Ends those who follow when nothing can be added to the log any more: they would wait for ever, and never learn why. */
	async function look(): Promise<void> {
		const wasStill = isStill;
		isStill = await isReadOnly(database);
		if (isStill && !wasStill) tellGrowth();
	}

	const poll = setInterval(() => {
		wake();
		looking ??= look()
			.catch(() => {}) // the log cannot be read either, which is reported
			.finally(() => {
				looking = undefined;
			});
	}, pollEvery);
	const stopListening = await database.listen(logChannel, wake);

	return {
		async *follow(after, signal, untilCaughtUp) {
			if (!(await reachesBackTo(database, after))) throw new LetGo();
			let position = after;
			while (!signal.aborted && !stopped) {
				if (isStill) throw readOnly();
				const behind = isAfter(floor, position);
				const known = head;
				const entries = behind ? await entriesAfter(database, position, batch) : recent.slice(firstAfter(recent, position));
				// After the reading: what it did not find because it was let go meanwhile is noticed.
				if (behind && !(await reachesBackTo(database, position))) throw new LetGo();
				const last = entries.at(-1);
				if (last !== undefined) {
					position = last.position;
					yield entries;
				} else if (behind) {
					position = known;
				} else if (untilCaughtUp) {
					return;
				} else {
					await growth(waiting, signal);
				}
			}
		},
		end: () => endOfLog(database),
		stop: async () => {
			stopped = true;
			clearInterval(poll);
			tellGrowth();
			await Promise.all([reading, looking, stopListening()]);
			recent = [];
		},
	};
}

/** Where the first entry after the position stands; the entries are in order. */
function firstAfter(entries: readonly LogEntry[], position: Position): number {
	let [low, high] = [0, entries.length];
	while (low < high) {
		const middle = (low + high) >>> 1;
		const entry = entries[middle];
		if (entry !== undefined && isAfter(entry.position, position)) high = middle;
		else low = middle + 1;
	}
	return low;
}

/** Resolves when the log has grown, or as soon as the signal aborts. */
function growth(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const done = () => {
			waiting.delete(done);
			signal.removeEventListener("abort", done);
			resolve();
		};
		waiting.add(done);
		signal.addEventListener("abort", done, { once: true });
		if (signal.aborted) done();
	});
}
