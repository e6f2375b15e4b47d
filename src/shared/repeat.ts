/**
 * Does the job at once, and again each time that many milliseconds have passed since it last ended: it never overlaps itself.
 * `onError` is called with a failure, which changes nothing else. `stop` waits for the job that is under way, and no other begins.
 */
export function repeat(milliseconds: number, job: () => Promise<void>, onError: (error: unknown) => void): { stop(): Promise<void> } {
	let stopped = false;
	let pause: NodeJS.Timeout | undefined;
	const run = async () => {
		await job().catch(onError);
		if (stopped) return;
		pause = setTimeout(() => {
			underWay = run();
		}, milliseconds);
	};
	let underWay = run();
	return {
		stop: async () => {
			stopped = true;
			clearTimeout(pause);
			await underWay;
		},
	};
}
