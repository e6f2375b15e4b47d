/** Divides time among those who work at once. */
export interface SharedTime {
	/** Begins work. What is returned ends it, and returns its part of the time, in milliseconds. */
	begin(): () => number;
}

/**
 * Each moment is divided by the statements that run in it: what two at once take beside each other is no more than they would
 * take one after the other, and no caller is charged for what others keep the database busy with. `now` counts milliseconds.
 */
export function createSharedTime(now: () => number): SharedTime {
	let running = 0;
	let at = now();
	/** What a statement would have been given that ran from the beginning on. */
	let passed = 0;

	function advance(): void {
		const moment = now();
		if (running > 0) passed += (moment - at) / running;
		at = moment;
	}

	return {
		begin: () => {
			advance();
			running++;
			const begun = passed;
			return () => {
				advance();
				running--;
				return passed - begun;
			};
		},
	};
}
