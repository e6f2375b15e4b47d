import { readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

/** For how long a process did one thing and nothing else, in milliseconds. */
export interface Stalls {
	/** By the clock: on a busy machine other processes' work is in it. */
	readonly longest: number;
	/** By the processor time that it took itself meanwhile. */
	readonly longestOwn: number;
}

const between = 10;
const delay = monitorEventLoopDelay({ resolution: between });
delay.enable();

/** The processor time of the thread that everything runs on, in milliseconds; where the system does not tell it, that of all threads. */
function ownTime(): number {
	try {
		return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ")[0]) / 1e6;
	} catch {
		const { user, system } = process.cpuUsage();
		return (user + system) / 1_000;
	}
}

let longestOwn = 0;
let before = { moment: performance.now(), own: ownTime() };
setInterval(() => {
	const now = { moment: performance.now(), own: ownTime() };
	longestOwn = Math.max(longestOwn, Math.min(now.own - before.own, now.moment - before.moment));
	before = now;
}, between);

/** What was found since this was asked before. */
export function stallsSinceAsked(): Stalls {
	const found = { longest: delay.max / 1e6, longestOwn };
	delay.reset();
	longestOwn = 0;
	return found;
}
