import type { Queries } from "../../database/database.ts";
import { takesNoChanges } from "../../database/states.ts";
import { type Taken, takeDebtFromBucket, takeFromBucket } from "./bucket.store.ts";
import { type Level, levelAt, type Rate } from "./bucket.ts";

/** Where tokens' buckets are; a token is named by its hash. */
export interface Buckets {
	/** Takes as much as `wanted`, or all that there is if that is at least `needed`; nothing when it is less. */
	take(hash: string, needed: number, wanted: number, rate: Rate): Promise<Taken>;
	/** Takes a debt, which may leave the bucket empty and as much below; returns what it holds then. */
	takeDebt(hash: string, debt: number, rate: Rate): Promise<number>;
}

/** As many tokens have a bucket of their own here. Of more, the one that asked longest ago is forgotten: it has a full one again. */
const maxHere = 10_000;

/**
 * The buckets of the database, which all instances share. While it takes no changes, reads go on: then each instance has
 * buckets of its own, which are full at first. `now` counts milliseconds.
 */
export function createBuckets(queries: Queries, now: () => number): Buckets {
	const here = new Map<string, Level>();

	function set(hash: string, level: number): number {
		here.delete(hash);
		here.set(hash, { level, at: now() });
		for (const [longestAgo] of here.size > maxHere ? here : []) {
			here.delete(longestAgo);
			break;
		}
		return level;
	}

	const levelHere = (hash: string, rate: Rate): number => levelAt(here.get(hash) ?? { level: rate.size, at: now() }, now(), rate);

	return {
		take: async (hash, needed, wanted, rate) => {
			try {
				return await takeFromBucket(queries, hash, needed, wanted, rate);
			} catch (error) {
				if (!takesNoChanges(error)) throw error;
			}
			const level = levelHere(hash, rate);
			const taken = level >= needed ? Math.min(level, wanted) : 0;
			return { taken, level: set(hash, level - taken) };
		},
		takeDebt: async (hash, debt, rate) => {
			try {
				return await takeDebtFromBucket(queries, hash, debt, rate);
			} catch (error) {
				if (!takesNoChanges(error)) throw error;
			}
			return set(hash, Math.max(-rate.size, levelHere(hash, rate) - debt));
		},
	};
}
