import { setTimeout as pause } from "node:timers/promises";
import type { WaldurState } from "../waldur/state.ts";
import type { Dice } from "./dice.ts";
import { otherChanges } from "./other-changes.ts";
import { type Change, usageChanges } from "./usage-changes.ts";

const changes = [...usageChanges, ...otherChanges];
const weights = changes.reduce((sum, [weight]) => sum + weight, 0);

function drawn(dice: Dice): Change {
	let left = dice.below(weights);
	for (const [weight, change] of changes) {
		left -= weight;
		if (left < 0) return change;
	}
	throw new Error("The weights are of these changes.");
}

/** One client of Waldur: changes something every tenth of a second or so, until it is told to end. Returns the number of changes. */
export async function changeThings(state: WaldurState, dice: Dice, goesOn: () => boolean): Promise<number> {
	let count = 0;
	while (goesOn()) {
		drawn(dice)(state, dice);
		count++;
		await pause(dice.between(30, 220));
	}
	return count;
}
