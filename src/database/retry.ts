import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";

/** How often work is done at most before its failure is the caller's. */
const maxTries = 5;

/** Before the next try, in milliseconds, times the number of tries: those who met do not meet again. */
const maxPause = 40;

/** PostgreSQL's codes for work that was rolled back because of other work beside it, and that may succeed alone. */
const rolledBackForOthers = /^(40P01|40001)$/;

/**
 * Does the work again, a few times, when it was the victim of a deadlock or of a serialization failure: it is only unlucky.
 * All that the work did is rolled back when it throws so, and it keeps nothing outside of the database from one try to the next.
 */
export async function retried<Result>(work: () => Promise<Result>, onRetry: () => void = () => {}): Promise<Result> {
	for (let tries = 1; ; tries++) {
		try {
			return await work();
		} catch (error) {
			if (tries === maxTries || !(error instanceof Error && "code" in error && rolledBackForOthers.test(String(error.code)))) throw error;
			onRetry();
			await pause(randomInt(1, maxPause * tries));
		}
	}
}
