import { setTimeout as pause } from "node:timers/promises";
import type { Viewer } from "../access/viewer.ts";
import type { Position } from "../event-log/position.ts";
import type { Following } from "../graphql/context.ts";

/** What a token may ask for, as events take it. */
export interface EventCharges {
	/** As many points are taken at once. */
	readonly atOnce: number;
	/** Milliseconds of the database that one point pays for, and those that are free. */
	readonly millisecondsPerPoint: number;
	readonly forgivenMilliseconds: number;
	/** Takes points; returns the seconds until the token may be charged them, 0 when they were taken. */
	charge(token: string, viewer: Viewer, points: number): Promise<number>;
	/** Takes points that are owed to the token's bucket until it has them. */
	chargeAfterwards(token: string, viewer: Viewer, points: number): void;
}

/** What a subscription's events are charged, to be paid before more is read. */
export interface Bill extends Pick<Following, "pay" | "settle"> {
	/** Adds points for events that were read. */
	readonly owe: (points: number) => void;
}

/** What one event is charged beside its lists, as objects of a page are. */
export const pointsPerEvent = 0.1;

/** Events wait as long for what they are charged, in milliseconds, and then end: others of the token take it all. */
const maxWait = 30_000;

const maxPause = 1_000;

/** None of the tokens may be charged what comes after the position. */
export class EventsTooFast extends Error {
	override readonly name = "EventsTooFast";
	/** Until one of them may. */
	readonly seconds: number;
	readonly at: Position;

	constructor(seconds: number, at: Position) {
		super();
		this.seconds = seconds;
		this.at = at;
	}
}

/**
 * Takes the points out of what the tokens of the current listeners may ask for; waits until one of them may. Throws
 * EventsTooFast with the position to go on from when none may for half a minute.
 */
export async function pay(charges: EventCharges, tokens: () => readonly string[], viewer: Viewer, points: number, at: Position): Promise<void> {
	for (let left = points; left > 0; left -= charges.atOnce) {
		const portion = Math.min(left, charges.atOnce);
		const begun = performance.now();
		for (let seconds = await untilPaid(charges, tokens(), viewer, portion); seconds > 0; seconds = await untilPaid(charges, tokens(), viewer, portion)) {
			if (performance.now() - begun > maxWait) throw new EventsTooFast(seconds, at);
			await pause(Math.min(seconds * 1_000, maxPause), undefined, { ref: false });
		}
	}
}

/** Seconds until the first of the tokens may be charged; 0 when one was, or when there are no listeners. */
async function untilPaid(charges: EventCharges, tokens: readonly string[], viewer: Viewer, points: number): Promise<number> {
	let seconds = tokens.length === 0 ? 0 : Number.POSITIVE_INFINITY;
	for (const token of tokens) {
		seconds = Math.min(seconds, await charges.charge(token, viewer, points));
		if (seconds === 0) break;
	}
	return seconds;
}
