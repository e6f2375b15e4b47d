import type { Database } from "../../database/database.ts";
import type { Metrics } from "../../shared/metrics.ts";
import { type ReferenceClock, whileCertain } from "../calendar/reference-clock.service.ts";
import { evaluateAllPolicies, turnMonth } from "./month-turn.service.ts";

export interface MonthTurnsOptions {
	readonly database: Database;
	readonly reference: ReferenceClock;
	readonly timeZone: string;
	readonly metrics?: Metrics | undefined;
}

/**
 * What a service does again and again: it turns the months that have begun. The first time also evaluates every policy,
 * after the months: those that recurring usage exceeds anew are not reset. Nothing happens while the time is not certain.
 */
export function monthTurns({ database, reference, timeZone, metrics }: MonthTurnsOptions): () => Promise<void> {
	let areEvaluated = false;
	return () =>
		whileCertain(database, reference, async (now) => {
			const moment = { now, timeZone, metrics };
			await turnMonth(database, moment);
			if (!areEvaluated) await evaluateAllPolicies(database, moment);
			areEvaluated = true;
		});
}
