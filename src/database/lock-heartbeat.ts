import { Worker } from "node:worker_threads";

/** A lock that this process has taken. */
export interface HeldLock {
	readonly directory: string;
	/** The lock's path, and what only its owner's content has in it. */
	readonly lock: string;
	readonly id: string;
	/** The lock, open: what is touched is this process's own file, even when another one is at the path by then. */
	readonly file: number;
}

/** Between two beats, and after how long without one the lock is looked at before anything is written, in milliseconds. */
const betweenBeats = 1_000;
const maxPause = 3_000;

/**
 * In a thread of its own, which a slow statement of the embedded database does not hold up. A process that lost the lock, as
 * when it was stopped for long, is killed, even in the midst of a statement: it must not write any more.
 */
const heart = `
	const { futimesSync, readFileSync, writeSync } = require("node:fs");
	const { workerData } = require("node:worker_threads");
	const { directory, lock, id, file, beats, betweenBeats } = workerData;
	const last = new BigInt64Array(beats);
	let missing = 0;
	function content() {
		try {
			return readFileSync(lock, "utf8");
		} catch (error) {
			return error.code === "ENOENT" ? undefined : id; // what cannot be read now is nobody else's
		}
	}
	function beat() {
		const found = content();
		missing = found === undefined ? missing + 1 : 0; // for a moment, while somebody puts it back
		if (missing > 2 || (found !== undefined && !found.includes(id))) {
			writeSync(2, "The lock of the data directory " + directory + " is another process's, or is gone: this process ends at once, before it writes.\\n");
			process.kill(process.pid, "SIGKILL");
		}
		try {
			const seconds = Number(process.hrtime.bigint()) / 1e9; // only that it changes counts: no clock that can be set is read
			futimesSync(file, seconds, seconds);
			if (missing === 0) Atomics.store(last, 0, process.hrtime.bigint());
			Atomics.notify(last, 0);
		} catch {} // the file system is in trouble: the next beat comes
	}
	beat();
	setInterval(beat, betweenBeats);
	require("node:worker_threads").parentPort.on("message", beat);
`;

/** Touches the lock until it is stopped. `check` waits for a beat when the last one was long ago, as after a stop of the process. */
export function startHeartbeat(held: HeldLock): { check(): void; stop(): Promise<unknown> } {
	const beats = new SharedArrayBuffer(8);
	const last = new BigInt64Array(beats);
	Atomics.store(last, 0, process.hrtime.bigint());
	const worker = new Worker(heart, { eval: true, workerData: { ...held, beats, betweenBeats } });
	worker.unref();
	return {
		check: () => {
			if (process.hrtime.bigint() - Atomics.load(last, 0) < BigInt(maxPause) * 1_000_000n) return;
			const seen = Atomics.load(last, 0);
			worker.postMessage("beat");
			Atomics.wait(last, 0, seen, maxPause); // the beat ends the process, or confirms the lock
		},
		stop: () => worker.terminate(),
	};
}
