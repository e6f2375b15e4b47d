/** Keeps the values that were added last, as many as it may hold. */
export class RecentSet<Value> {
	readonly #max: number;
	readonly #values = new Set<Value>();

	constructor(max: number) {
		this.#max = max;
	}

	has(value: Value): boolean {
		return this.#values.has(value);
	}

	/** Adds the value, or makes it the latest; of more than it may hold, the one that was added longest ago is forgotten. */
	add(value: Value): void {
		this.#values.delete(value);
		this.#values.add(value);
		if (this.#values.size <= this.#max) return;
		for (const oldest of this.#values) {
			this.#values.delete(oldest);
			return;
		}
	}

	delete(value: Value): void {
		this.#values.delete(value);
	}
}
