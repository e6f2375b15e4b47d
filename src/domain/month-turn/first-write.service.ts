import { setTimeout as pause } from "node:timers/promises";
import type { Database, Transactions } from "../../database/database.ts";
import { billingPeriodAt, startOfMonth } from "../../shared/billing-period.ts";
import type { Metrics } from "../../shared/metrics.ts";
import { stopsWrites, tolerance } from "../calendar/clock-fault.ts";
import { type ReferenceClock, UncertainClock } from "../calendar/reference-clock.service.ts";
import { MonthNotBegun } from "./begun-month.service.ts";
import { turnMonth } from "./month-turn.service.ts";

export interface FirstWriteOptions {
	readonly reference: ReferenceClock;
	readonly timeZone: string;
	readonly metrics?: Metrics | undefined;
}

/** How often a transaction is run: the offerings that it comes to may differ from one time to the next. */
const maxTimes = 3;

/**
 * Where writes run after which policies are evaluated. The first of a month turns it for the offerings that it needs, in
 * transactions before its own. The database's clock says whether the month has begun: what would be stored in one that has
 * not, or while the instance's clock is wrong, is refused. Throws Unavailable then.
 */
export function beginningMonths(database: Database, { reference, timeZone, metrics }: FirstWriteOptions): Transactions {
	return {
		transaction: async (work) => {
			for (let time = 1; ; time++) {
				const { fault } = reference;
				if (fault !== undefined && stopsWrites(fault, timeZone)) throw new UncertainClock(fault);
				try {
					return await database.transaction(work);
				} catch (error) {
					if (!(error instanceof MonthNotBegun) || time === maxTimes) throw error;
					await untilBegun(reference, error);
					await turnMonth(database, { ...error.when, metrics }, error.offerings);
				}
			}
		},
	};
}

/** Resolves when the write's month has begun by the database's clock, which may be a little behind the instance's. */
async function untilBegun(reference: ReferenceClock, notBegun: MonthNotBegun): Promise<void> {
	const { now, timeZone } = notBegun.when;
	const start = startOfMonth(billingPeriodAt(now, timeZone), timeZone);
	const early = start.getTime() - (await reference.now()).getTime();
	if (early > tolerance) throw notBegun;
	if (early > 0) await pause(early + 1);
}
