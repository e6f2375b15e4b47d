import type { QueryPlan } from "../graphql/query-plan/query-plan.ts";

/** A plan; "none" of what is executed field by field. */
export type Planned = QueryPlan | "none";

/**
 * The plans of one document, by operation and by what it skips and includes: those that were used last, as many as it may
 * hold. All clients that ask for the text share them, so none of them can fill the place for good.
 */
export class RecentPlans {
	readonly #max: number;
	/** In the order in which they were used. */
	readonly #plans = new Map<string, Planned>();

	constructor(max: number) {
		this.#max = max;
	}

	/** How many fields of results are planned, in all of them; what is executed field by field counts as one. */
	get fields(): number {
		return [...this.#plans.values()].reduce((fields, plan) => fields + (plan === "none" ? 1 : plan.fields), 0);
	}

	get(key: string): Planned | undefined {
		const plan = this.#plans.get(key);
		if (plan !== undefined) this.#use(key, plan);
		return plan;
	}

	/** Adds a plan, and forgets the one that was used longest ago when there are more than it may hold. */
	set(key: string, plan: Planned): void {
		this.#use(key, plan);
		const [oldest] = this.#plans.keys();
		if (this.#plans.size > this.#max && oldest !== undefined) this.#plans.delete(oldest);
	}

	#use(key: string, plan: Planned): void {
		this.#plans.delete(key);
		this.#plans.set(key, plan);
	}
}
