import { later, type Month, startOf } from "./months.ts";
import { type Firing, mergeCurrentUsages, thisMonth, usageOf, type World } from "./world.ts";

/** What the turn of a month did; `copied` counts records, the others policies. */
export interface Turn {
	readonly month: Month;
	readonly offerings: 1;
	readonly copied: number;
	readonly fired: number;
	readonly reset: number;
}

/** Looks at the policies. */
type Evaluate = (world: World) => readonly Firing[];

/**
 * Begins this month and those that were missed; an offering that has begun none begins this one. Whoever comes first does:
 * the scheduler, or what is written before it.
 */
export function turnMonth(world: World, evaluate: Evaluate): Turn[] {
	const present = thisMonth(world);
	const last = [...world.turned].sort().at(-1);
	const turns: Turn[] = [];
	for (let month = last === undefined ? present : later(last, 1); month <= present; month = later(month, 1)) turns.push(begin(world, month, evaluate));
	return turns;
}

/** A month that was missed begins at its first moment, this month now; policies are looked at as of now, after the last. */
function begin(world: World, month: Month, evaluate: Evaluate): Turn {
	const { now } = world;
	if (month !== thisMonth(world)) world.now = startOf(month);
	world.turned.add(month);
	const carried = world.usages.filter(
		({ resource, type, month: reported, recurring }) =>
			recurring && reported === later(month, -1) && resource.state !== "TERMINATED" && usageOf(world, resource, type, month) === undefined,
	);
	for (const { resource, type, amount, description, recurring, planPeriod } of carried) {
		world.usages.push({
			uuid: "",
			resource,
			type,
			month,
			amount,
			date: world.now,
			description,
			recurring,
			planPeriod,
			modifiedBy: null,
			writtenHere: true,
			parts: new Map(),
		});
		mergeCurrentUsages(world, resource, [type]);
	}
	world.now = now;
	const firings = month === thisMonth(world) ? evaluate(world) : [];
	const fired = firings.filter(({ kind }) => kind === "FIRED").length;
	return { month, offerings: 1, copied: carried.length, fired, reset: firings.length - fired };
}
