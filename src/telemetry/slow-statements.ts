import type { OnStatement } from "../database/database.ts";
import { oneLine } from "../shared/one-line.ts";
import type { ErrorStream } from "./error-stream.ts";

/** What takes no longer is not slow, in milliseconds. */
export const slowMilliseconds = 1_000;

/** Characters of a statement that are written. */
const maxTextLength = 1_000;

/** So many lines are written in so many milliseconds: how many came beyond them is in the next line, or in one when the time is over. */
const maxLines = 10;
const period = 60_000;

/** Writes about slow statements. */
export interface TellingSlowStatements extends OnStatement {
	/** Writes how many were not written. */
	stop(): void;
}

/**
 * Writes a line about each statement that was slow: its text, which has no values in it, for whom it ran, and the request.
 * `now` counts milliseconds.
 */
export function tellingSlowStatements(errors: ErrorStream, now: () => number): TellingSlowStatements {
	let begun = now();
	let written = 0;
	let untold = 0;
	let timer: NodeJS.Timeout | undefined;

	function stop(): void {
		clearTimeout(timer);
		timer = undefined;
		if (untold > 0) errors.tell("More statements were slow than were written", { untold });
		untold = 0;
	}

	const ended: OnStatement = ({ text, milliseconds, caller }) => {
		if (milliseconds < slowMilliseconds) return;
		if (now() - begun >= period) [begun, written] = [now(), 0];
		if (written >= maxLines) {
			untold++;
			timer ??= setTimeout(stop, begun + period - now()).unref();
			return;
		}
		written++;
		errors.tell(`A statement took ${(milliseconds / 1_000).toFixed(1)} s`, {
			ms: Math.round(milliseconds),
			viewer: caller?.viewer ?? null,
			requestId: caller?.requestId ?? null,
			untold,
			statement: oneLine(text).slice(0, maxTextLength),
		});
		untold = 0;
	};
	return Object.assign(ended, { stop });
}
