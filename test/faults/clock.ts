/** Tells how long the machine held this process up: as long, at least, it may have held up others. */
export interface ClockWatch {
	/** Milliseconds of the time between two moments in which this process could not run. */
	heldUp(from: number, to: number): number;
	stop(): void;
}

/** Between two looks, in milliseconds. */
const betweenLooks = 20;

/** Starts the watch. Moments are those of `performance.now()`. */
export function watchClock(): ClockWatch {
	const late: { readonly at: number; readonly by: number }[] = [];
	let last = performance.now();
	const looking = setInterval(() => {
		const now = performance.now();
		const by = now - last - betweenLooks;
		if (by > betweenLooks) late.push({ at: now, by });
		last = now;
	}, betweenLooks);
	return {
		heldUp: (from, to) => late.filter(({ at }) => at >= from && at <= to).reduce((sum, { by }) => sum + by, 0),
		stop: () => clearInterval(looking),
	};
}
