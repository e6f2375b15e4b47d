/** Viewers that are named at a time, and those of whom it is reckoned which are to be. */
const maxNamed = 20;
const maxReckoned = 200;

/** Characters of a username that are kept. */
const maxNameLength = 100;

/**
 * A viewer takes the place of a named one who has this much less: of those who take as much as others, now the one and now the
 * other would be the worse, and a series that ends and begins again shows nothing.
 */
const muchWorse = 1.5;

/** Each time that as many milliseconds have passed, what was reckoned before counts half: the worst are those of now. */
const halvedEvery = 600_000;

/** The labels of viewers that are not named, and of those who have not signed in. */
export const otherViewers = "(others)";
export const noViewer = "(nobody)";

/**
 * Says which viewers are named in a metric: twenty of whom most was counted lately, among any number: no other has half as
 * much again as the least of them. It keeps two hundred viewers at most; one more takes the place, and the amount, of the least
 * of these that is not named.
 */
export interface WorstViewers {
	/**
	 * Counts the amount of the viewer. Returns what it is counted under; and whose series are to end, when the viewer has taken
	 * another's place: what these say belongs to the others from then on.
	 */
	add(viewer: string | undefined, amount: number): { readonly name: string; readonly ended: string | undefined };
	/** How many viewers are kept. */
	readonly size: number;
}

/** `now` counts milliseconds. */
export function createWorstViewers(now: () => number): WorstViewers {
	const reckoned = new Map<string, number>();
	const named = new Set<string>();
	let halvedAt = now();

	function halve(): void {
		if (now() - halvedAt < halvedEvery) return;
		halvedAt = now();
		for (const [viewer, amount] of reckoned) reckoned.set(viewer, amount / 2);
	}

	/** The one of whom least was counted, among those that are named, or among the others. */
	function least(isNamed: boolean): { viewer: string; amount: number } {
		let found = { viewer: "", amount: Number.POSITIVE_INFINITY };
		for (const [viewer, amount] of reckoned) if (amount < found.amount && named.has(viewer) === isNamed) found = { viewer, amount };
		return found;
	}

	/** Counts, and makes room for a viewer who is new among those that are not named. */
	function reckon(viewer: string, amount: number): number {
		const known = reckoned.get(viewer);
		const inherited = known === undefined && reckoned.size >= maxReckoned ? least(false) : undefined;
		if (inherited !== undefined) reckoned.delete(inherited.viewer);
		const total = (known ?? inherited?.amount ?? 0) + amount;
		reckoned.set(viewer, total);
		return total;
	}

	return {
		add: (username, amount) => {
			if (username === undefined) return { name: noViewer, ended: undefined };
			const viewer = username.slice(0, maxNameLength);
			if (viewer === otherViewers || viewer === noViewer) return { name: viewer, ended: undefined };
			halve();
			const total = reckon(viewer, amount);
			if (named.has(viewer)) return { name: viewer, ended: undefined };
			if (named.size < maxNamed) {
				named.add(viewer);
				return { name: viewer, ended: undefined };
			}
			const last = least(true);
			if (total <= muchWorse * last.amount) return { name: otherViewers, ended: undefined };
			named.delete(last.viewer);
			named.add(viewer);
			return { name: viewer, ended: last.viewer };
		},
		get size() {
			return reckoned.size;
		},
	};
}
