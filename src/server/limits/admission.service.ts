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
interface Allowance {
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
	const allowances = new Map<string, Allowance>();
	let sweptAt = now();

	function allowanceOf(token: string): Allowance {
		if (now() - sweptAt > lapsesAfter) {
			sweptAt = now();
			for (const [owner, { bucket, filling }] of allowances) if (filling === undefined && sweptAt - bucket.at > lapsesAfter) allowances.delete(owner);
		}
		const allowance = allowances.get(token) ?? { credits: 0, bucket: { level: 0, at: now() }, filling: undefined };
		allowances.set(token, allowance);
		return allowance;
	}

	/** Takes what is owed out of the bucket, for all instances. When it cannot be, it stays owed here. */
	async function payDebt(allowance: Allowance, token: string, rate: Rate): Promise<void> {
		const debt = -allowance.credits;
		allowance.credits = 0;
		try {
			allowance.bucket = { level: await buckets.takeDebt(tokenHash(token), debt, rate), at: now() };
		} catch (error) {
			owe(allowance, debt, rate);
			throw error;
		}
	}

	async function payInTurn(allowance: Allowance, token: string, rate: Rate): Promise<void> {
		while (allowance.filling !== undefined) await allowance.filling.catch(() => {});
		if (allowance.credits < 0) await changing(allowance, () => payDebt(allowance, token, rate));
	}

	/** The bucket itself takes no more debt than it holds. */
	function owe(allowance: Allowance, cost: number, rate: Rate): void {
		allowance.credits = Math.max(-2 * rate.size, allowance.credits - cost);
	}

	/** Does what changes the bucket; one at a time. */
	function changing(allowance: Allowance, change: () => Promise<void>): Promise<void> {
		const changed = change().finally(() => {
			allowance.filling = undefined;
		});
		allowance.filling = changed;
		return changed;
	}

	async function fill(allowance: Allowance, token: string, cost: number, rate: Rate): Promise<void> {
		const needed = cost - allowance.credits;
		const { taken, level } = await buckets.take(tokenHash(token), needed, Math.max(needed, rate.size * advancePart), rate);
		allowance.credits += taken;
		allowance.bucket = { level, at: now() };
	}

	function spend(allowance: Allowance, cost: number, rate: Rate): Charge {
		allowance.credits -= cost;
		return { isAllowed: true, remaining: left(allowance, rate), rate };
	}

	const left = ({ credits, bucket }: Allowance, rate: Rate): number => Math.max(0, Math.floor(Math.min(rate.size, credits + levelAt(bucket, now(), rate))));

	async function afterFilling(allowance: Allowance, token: string, cost: number, rate: Rate): Promise<Charge> {
		await payInTurn(allowance, token, rate);
		while (allowance.filling !== undefined) await allowance.filling.catch(() => {});
		if (allowance.credits < cost) await changing(allowance, () => fill(allowance, token, cost, rate));
		if (allowance.credits >= cost) return spend(allowance, cost, rate);
		return { isAllowed: false, remaining: left(allowance, rate), rate, after: secondsUntil(cost, allowance.credits + allowance.bucket.level, rate) };
	}

	return {
		charge: (token, isReporter, cost) => {
			const rate = rateFor(usual, isReporter);
			const allowance = allowanceOf(token);
			return allowance.credits >= cost ? spend(allowance, cost, rate) : afterFilling(allowance, token, cost, rate);
		},
		chargeAfterwards: (token, isReporter, cost) => {
			const rate = rateFor(usual, isReporter);
			const allowance = allowanceOf(token);
			owe(allowance, cost, rate);
			// What cannot be paid now is paid before the next operation, which says so when it cannot either.
			payInTurn(allowance, token, rate).catch(() => {});
		},
	};
}
