import { setTimeout as pause } from "node:timers/promises";
import { answer } from "./answer.ts";

/** What a process takes, in bytes. */
export interface Memory {
	readonly rss: number;
	readonly heap: number;
}

/** Loaded before the service that is measured, which runs as it does without: lets the driver ask the process what it takes. */

/** Microseconds of CPU since the process began, of all its threads. */
answer("cpu", () => {
	const { user, system } = process.cpuUsage();
	return user + system;
});

answer("memory", async (): Promise<Memory> => {
	for (let round = 0; round < 3; round++) {
		globalThis.gc?.();
		await pause(200); // what was collected is given back in the background
	}
	const { rss, heapUsed } = process.memoryUsage();
	return { rss, heap: heapUsed };
});
