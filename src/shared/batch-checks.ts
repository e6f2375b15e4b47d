import { Forbidden, type Problem, type Problems, type Refusal, refuse, type StageRefusal } from "./refusal.ts";

/** One item of a call, by its place in it. */
export interface Placed {
	readonly index: number;
}

/** How the items of a call are judged. */
export interface BatchMode {
	/** A refused item leaves the others alone; otherwise the first stage that fails refuses the whole call. */
	readonly partial: boolean;
	/** The call names its items by index: problems lead to ["input", "3", …]. */
	readonly indexed: boolean;
	/** The call has a result for each item: one may be refused alone even when the call is all or nothing. */
	readonly itemised: boolean;
}

/**
 * Takes the items of one call through the stages of checks together: all through the first, those that passed through
 * the next. All or nothing, a stage throws the problems of every item that it refuses.
 */
export class BatchChecks {
	/** Why items were refused alone, by index. */
	readonly refusals = new Map<number, Refusal>();
	readonly #mode: BatchMode;

	constructor(mode: BatchMode) {
		this.#mode = mode;
	}

	/** Whether a refused item leaves the others alone. */
	get isPartial(): boolean {
		return this.#mode.partial;
	}

	/** Returns the items that pass the stage. Throws the stage's refusal when one does not and the call is all or nothing. */
	stage<Item extends Placed>(Stage: StageRefusal, items: readonly Item[], problemsOf: (item: Item) => Problems): Item[] {
		return this.#passing(Stage, items, problemsOf, this.#mode.partial);
	}

	/** The same of what was done before the call: an item that does not pass refuses no other one where the call has a result for each. */
	alone<Item extends Placed>(Stage: StageRefusal, items: readonly Item[], problemsOf: (item: Item) => Problems): Item[] {
		return this.#passing(Stage, items, problemsOf, this.#mode.partial || this.#mode.itemised);
	}

	#passing<Item extends Placed>(Stage: StageRefusal, items: readonly Item[], problemsOf: (item: Item) => Problems, partial: boolean): Item[] {
		const found = items.map((item) => ({ item, problems: problemsOf(item).map((problem) => this.#placed(item, problem)) }));
		if (!partial)
			refuse(
				Stage,
				found.flatMap(({ problems }) => problems),
			);
		return found.flatMap(({ item, problems: [first, ...others] }) => {
			if (first === undefined) return [item];
			this.refusals.set(item.index, new Stage([first, ...others]));
			return [];
		});
	}

	/** Returns the items whose caller may do what is asked. Throws Forbidden when one may not and the call is all or nothing. */
	permitted<Item extends Placed>(items: readonly Item[], isAllowed: (item: Item) => boolean, message: string): Item[] {
		return items.filter((item) => {
			if (isAllowed(item)) return true;
			const refusal = new Forbidden(message, this.#path(item, ["input"]));
			if (!this.#mode.partial) throw refusal;
			this.refusals.set(item.index, refusal);
			return false;
		});
	}

	#placed(item: Placed, { path, ...problem }: Problem): Problem {
		return { ...problem, path: this.#path(item, path) };
	}

	#path({ index }: Placed, [input = "input", ...rest]: readonly string[]): string[] {
		return this.#mode.indexed ? [input, String(index), ...rest] : [input, ...rest];
	}
}
