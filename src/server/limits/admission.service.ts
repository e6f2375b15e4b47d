import { tokenHash } from "../../access/token.ts";
import type { Queries } from "../../database/database.ts";
import { type Level, levelAt, type Rate, rateFor, secondsUntil } from "./bucket.ts";
import { createBuckets } from "./buckets.ts";

/** Whether an operation may run, and what is left for the next ones; not, with the seconds until it may. */
export type Charge = { readonly remaining: number; readonly rate: Rate } & (
	| { readonly isAllowed: true }
	| { readonly isAllowed: false; readonly after: number }
);

export interface Meter {
	/** Takes the cost of an operation out of the token's bucket. */
	charge(token: string, isReporter: boolean, cost: number): Promise<Charge> | Charge;
	/**
	 * Takes out of the token's bucket what an operation took beyond its cost. What is not there is owed: nothing is let in until
	 * it has been restored, which takes no longer than an empty bucket takes to fill.
	 */
	chargeAfterwards(token: string, isReporter: boolean, cost: number): void;
}

/** What this instance has taken out of a token's bucket in advance. */
interface Purse {
	/** Below zero, what is owed to the bucket. */
	credits: number;
	/** The bucket as it was when something was taken out of it last. */
	bucket: Level;
	filling: Promise<unknown> | undefined;
}

/** In advance, as much is taken as this part of a bucket: so that one statement is for many requests. */
const advancePart = 0.1;

/** What was taken in advance lapses when no more has been taken for as long, in milliseconds: the bucket is full again by then. */
const lapsesAfter = 20_000;

/**
 * Meters what each token asks for. The bucket is in the database and shared by all instances; each takes some of it in
 * advance, so that most requests take no statement. `now` counts milliseconds.
 */
export function createMeter(queries: Queries, usual: Rate, now: () => number): Meter {
	const buckets = createBuckets(queries, now);
	const purses = new Map<string, Purse>();
	let sweptAt = now();

	function purseOf(token: string): Purse {
		if (now() - sweptAt > lapsesAfter) {
			sweptAt = now();
			for (const [owner, { bucket, filling }] of purses) if (filling === undefined && sweptAt - bucket.at > lapsesAfter) purses.delete(owner);
		}
		const purse = purses.get(token) ?? { credits: 0, bucket: { level: 0, at: now() }, filling: undefined };
		purses.set(token, purse);
		return purse;
	}

	/** Takes what is owed out of the bucket, for all instances. When it cannot be, it stays owed here. */
	async function payDebt(purse: Purse, token: string, rate: Rate): Promise<void> {
		const debt = -purse.credits;
		purse.credits = 0;
		try {
			purse.bucket = { level: await buckets.takeDebt(tokenHash(token), debt, rate), at: now() };
		} catch (error) {
			owe(purse, debt, rate);
			throw error;
		}
	}

	async function payInTurn(purse: Purse, token: string, rate: Rate): Promise<void> {
		while (purse.filling !== undefined) await purse.filling.catch(() => {});
		if (purse.credits < 0) await changing(purse, () => payDebt(purse, token, rate));
	}

	/** The bucket itself takes no more debt than it holds. */
	function owe(purse: Purse, cost: number, rate: Rate): void {
		purse.credits = Math.max(-2 * rate.size, purse.credits - cost);
	}

	/** Does what changes the bucket; one at a time. */
	function changing(purse: Purse, change: () => Promise<void>): Promise<void> {
		const changed = change().finally(() => {
			purse.filling = undefined;
		});
		purse.filling = changed;
		return changed;
	}

	async function fill(purse: Purse, token: string, cost: number, rate: Rate): Promise<void> {
		const needed = cost - purse.credits;
		const { taken, level } = await buckets.take(tokenHash(token), needed, Math.max(needed, rate.size * advancePart), rate);
		purse.credits += taken;
		purse.bucket = { level, at: now() };
	}

	function spend(purse: Purse, cost: number, rate: Rate): Charge {
		purse.credits -= cost;
		return { isAllowed: true, remaining: left(purse, rate), rate };
	}

	const left = ({ credits, bucket }: Purse, rate: Rate): number => Math.max(0, Math.floor(Math.min(rate.size, credits + levelAt(bucket, now(), rate))));

	async function afterFilling(purse: Purse, token: string, cost: number, rate: Rate): Promise<Charge> {
		await payInTurn(purse, token, rate);
		while (purse.filling !== undefined) await purse.filling.catch(() => {});
		if (purse.credits < cost) await changing(purse, () => fill(purse, token, cost, rate));
		if (purse.credits >= cost) return spend(purse, cost, rate);
		return { isAllowed: false, remaining: left(purse, rate), rate, after: secondsUntil(cost, purse.credits + purse.bucket.level, rate) };
	}

	return {
		charge: (token, isReporter, cost) => {
			const rate = rateFor(usual, isReporter);
			const purse = purseOf(token);
			return purse.credits >= cost ? spend(purse, cost, rate) : afterFilling(purse, token, cost, rate);
		},
		chargeAfterwards: (token, isReporter, cost) => {
			const rate = rateFor(usual, isReporter);
			const purse = purseOf(token);
			owe(purse, cost, rate);
			// What cannot be paid now is paid before the next operation, which says so when it cannot either.
			payInTurn(purse, token, rate).catch(() => {});
		},
	};
}
