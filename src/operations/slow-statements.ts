import type { OnStatement } from "../database/database.ts";
import { oneLine } from "../shared/one-line.ts";
import type { ErrorStream } from "./error-stream.ts";

/** What takes no longer is not slow, in milliseconds. */
export const slowMilliseconds = 1_000;

/** Characters of a statement that are written. */
const longestText = 1_000;

/** As many lines are written in as many milliseconds: what comes beyond them is in the number that the next line tells. */
const mostLines = 10;
const period = 60_000;

/**
 * Writes a line about each statement that was slow: its text, which has no values in it, for whom it ran, and the request.
 * `now` counts milliseconds.
 */
export function tellingSlowStatements(errors: ErrorStream, now: () => number): OnStatement {
	let begun = now();
	let written = 0;
	let untold = 0;
	return ({ text, milliseconds, caller }) => {
		if (milliseconds < slowMilliseconds) return;
		if (now() - begun >= period) [begun, written] = [now(), 0];
		if (written >= mostLines) {
			untold++;
			return;
		}
		written++;
		errors.tell(`A statement took ${(milliseconds / 1_000).toFixed(1)} s`, {
			ms: Math.round(milliseconds),
			viewer: caller?.viewer ?? null,
			requestId: caller?.requestId ?? null,
			untold,
			statement: oneLine(text).slice(0, longestText),
		});
		untold = 0;
	};
}
