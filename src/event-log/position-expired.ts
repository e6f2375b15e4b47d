import type { Refused } from "../shared/refusal.ts";

/** The log does not have what came after the position that a client wants to go on from. */
export class PositionExpired implements Refused {
	readonly message: string;
	readonly problems: Refused["problems"];

	constructor(position: string) {
		this.message = `The log cannot go on after ${position}: read the present state, then subscribe anew.`;
		this.problems = [{ code: "POSITION_EXPIRED", message: this.message, path: ["after"] }];
	}
}
