import { isSameText, type Position } from "../event-log/position.ts";
import { previousToBeGiven } from "./follow-log.ts";
import type { Delivery } from "./listener.ts";

/** An event of a subscription on its way to its subscribers. */
export interface Step {
	/** Its position in the log; undefined for the last delivery, which is no event: the log cannot go on. */
	readonly at: Position | undefined;
	/** The event as the one after that at the position; without one, after the event before it here, and written once for all. */
	told(previous?: Position): Delivery;
}

/** Makes the step of an event as it was executed. */
export function createStep(text: string, at: Position | undefined, usual: Position, print: (position: Position) => string): Step {
	const position = at && print(at);
	const parts = text.split(previousToBeGiven);
	const toldAfter = (previous: Position): Delivery => ({ text: parts.join(print(previous)), position });
	const ofAll = parts.length === 1 ? { text, position } : toldAfter(usual);
	// Subscribers that reconnected together go on from the same position: the text written for one serves the next, too.
	let last = { previous: usual, told: ofAll };
	return {
		at,
		told: (previous = usual) => {
			if (parts.length === 1 || isSameText(previous, usual)) return ofAll;
			if (!isSameText(previous, last.previous)) last = { previous, told: toldAfter(previous) };
			return last.told;
		},
	};
}
