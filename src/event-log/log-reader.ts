import type { Database } from "../database/database.ts";
import { readOnly } from "../database/states.ts";
import { serviceStopping, Unavailable } from "../shared/unavailable.ts";
import {
	endOfLog,
	entriesAfter,
	goesOnFrom,
	isReadOnly,
	type LogEntry,
	LogTruncated,
	logChannel,
	numberEntries,
	numbered,
	readPositionCodec,
} from "./log.store.ts";
import { isAfter, type Position, type PositionCodec } from "./position.ts";

/** Hands the log's entries to any number of followers. One reader and one poll a process, however many follow. */
export interface LogReader {
	/**
	 * Entries after the position, in order and in batches, then new ones as they are committed; until the signal aborts,
	 * or, when asked for, until the follower has caught up with every other.
	 * Throws LogTruncated when the log cannot go on from the position, because the follower fell so far behind, or because the
	 * database is another one now; coded 25006, when the database has become read-only: an instance elsewhere, on the one that
	 * takes changes, goes on; and Unavailable when the reader is stopped.
	 */
	follow(after: Position, signal: AbortSignal, untilCaughtUp: boolean): AsyncGenerator<readonly LogEntry[], void, void>;
	/** The last position that was read. */
	readonly head: Position;
	/** How old the oldest entry is that was handed to a live follower which has not come back for more, in seconds; 0 without one. */
	lag(): number;
	/** The position of the last entry: following from here is live only. */
	end(): Promise<Position>;
	/** Writes positions for clients, and reads what they send; another one when the database is. */
	readonly positions: PositionCodec;
	stop(): Promise<void>;
}

export interface LogReaderOptions {
	/** Called when the log cannot be read; reading goes on at the next poll. */
	readonly onError: (error: unknown) => void;
	/** Called each time that the log has been looked at: how old the oldest new entry was, in seconds; undefined when there was none. */
	readonly onRead?: ((lag: number | undefined) => void) | undefined;
	/** How often the log is looked at besides being notified, in milliseconds. */
	readonly pollEvery?: number;
}

/** Entries that are retained in memory for followers who keep up, and read at once. */
const retained = 10_000;
const batch = 1_000;

/** What is to be done at the next look: entries may be without a number, or there are new numbers. */
type Work = "number" | "read";

/**
 * Starts the reader. Followers pull: each has a position of its own and takes what lies behind it from the entries retained
 * in memory, or from the database when it is further back. No follower has a buffer of its own.
 */
export async function startLogReader(database: Database, { onError, onRead = () => {}, pollEvery = 1_000 }: LogReaderOptions): Promise<LogReader> {
	let positions = await readPositionCodec(database);
	await numberEntries(database); // what a process that was killed had left
	let recent: LogEntry[] = [];
	/** Everything after `floor` up to `head` is in `recent`. */
	let floor = await endOfLog(database);
	let head = floor;
	/** Of another history than the one before: what was read of that is of no more use. */
	let history = 0;
	let stopped = false;
	let working: Promise<void> | undefined;
	let looking: Promise<void> | undefined;
	let next: Work | undefined;
	/** Whether the database was read-only when the log was last polled. */
	let isStill = false;
	const waiting = new Set<() => void>();
	/** For each live follower that has entries, when the first of them was written. */
	const handed = new Set<{ readonly written: number }>();
	const announceGrowth = () => {
		for (const announce of [...waiting]) announce();
	};

	async function readOn(): Promise<void> {
		for (;;) {
			const entries = await entriesAfter(database, head, batch);
			const last = entries.at(-1);
			onRead(entries[0] && secondsSince(entries[0].written));
			if (last === undefined) return;
			head = last.position;
			recent.push(...entries);
			const dropped = recent.length > retained ? recent.splice(0, recent.length - retained).at(-1) : undefined;
			if (dropped !== undefined) floor = dropped.position;
			announceGrowth();
			if (entries.length < batch) return;
		}
	}

	/** The database does not know what was read last: it was restored, or another server took over without it. All followers end. */
	async function beginAnew(): Promise<void> {
		const end = await endOfLog(database);
		positions = await readPositionCodec(database); // a position of the old key is none of this log's, and is refused
		history++;
		[recent, floor, head] = [[], end, end];
		announceGrowth();
	}

	async function work(kind: Work): Promise<void> {
		if (kind === "number") await numberEntries(database).catch(onError); // what has numbers is read all the same
		await readOn().catch(async (error: unknown) => {
			if (!(error instanceof LogTruncated)) throw error;
			await beginAnew();
		});
	}

	/** Does the work; a wake-up that comes meanwhile has it done once more, for its entry may not have been there yet. */
	function wake(kind: Work): void {
		if (stopped) return;
		if (working !== undefined) {
			next = kind === "number" || next === "number" ? "number" : "read";
			return;
		}
		working = work(kind)
			.catch(onError)
			.finally(() => {
				working = undefined;
				const again = next;
				next = undefined;
				if (again !== undefined) wake(again);
			});
	}

	/** Wakes followers when the database becomes read-only, so that they end: they would wait for ever, and never learn why. */
	async function look(): Promise<void> {
		const wasStill = isStill;
		isStill = await isReadOnly(database);
		if (isStill && !wasStill) announceGrowth();
	}

	const poll = setInterval(() => {
		wake("number");
		looking ??= look()
			.catch(() => {}) // the log cannot be read either, which is reported
			.finally(() => {
				looking = undefined;
			});
	}, pollEvery);
	const stopListening = await database.listen(logChannel, (payload) => wake(payload === numbered ? "read" : "number"));

	return {
		async *follow(after, signal, untilCaughtUp) {
			const begun = history;
			if (!(await goesOnFrom(database, after))) throw new LogTruncated();
			let position = after;
			while (!signal.aborted) {
				if (stopped) throw new Unavailable(serviceStopping);
				if (isStill) throw readOnly();
				if (history !== begun) throw new LogTruncated();
				const isBehind = isAfter(floor, position);
				const known = head;
				const entries = isBehind ? await entriesAfter(database, position, batch) : recent.slice(firstAfter(recent, position));
				const last = entries.at(-1);
				if (last !== undefined) {
					position = last.position;
					const inHand = { written: entries[0]?.written ?? performance.now() };
					if (!untilCaughtUp) handed.add(inHand);
					try {
						yield entries;
					} finally {
						handed.delete(inHand);
					}
				} else if (isBehind) {
					position = known;
				} else if (untilCaughtUp) {
					return;
				} else {
					await growth(waiting, signal);
				}
			}
		},
		get head() {
			return head;
		},
		lag: () => [...handed].reduce((most, { written }) => Math.max(most, secondsSince(written)), 0),
		end: async () => {
			await numberEntries(database); // what was committed before is not live
			return endOfLog(database);
		},
		get positions() {
			return positions;
		},
		stop: async () => {
			stopped = true;
			clearInterval(poll);
			announceGrowth();
			await Promise.all([working, looking, stopListening()]);
			recent = [];
		},
	};
}

const secondsSince = (moment: number): number => (performance.now() - moment) / 1_000;

/** The index of the first entry after the position; the entries are in order. */
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
