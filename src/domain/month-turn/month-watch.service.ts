import type { Queries } from "../../database/database.ts";
import { addMonths, billingPeriodAt, startOfMonth } from "../../shared/billing-period.ts";
import type { Metrics } from "../../shared/metrics.ts";
import type { ReferenceClock } from "../calendar/reference-clock.service.ts";
import { lastMonthOfAll } from "./month-turn.store.ts";

export interface MonthWatchOptions {
	readonly database: Queries;
	readonly reference: Pick<ReferenceClock, "now">;
	readonly timeZone: string;
	readonly metrics: Pick<Metrics, "months">;
}

/** Measures which month has begun for every offering, and when the next one begins. Throws, and measures nothing, while the time is not certain. */
export async function measureMonths({ database, reference, timeZone, metrics }: MonthWatchOptions): Promise<void> {
	const last = await lastMonthOfAll(database, billingPeriodAt(await reference.now(), timeZone));
	metrics.months(startOfMonth(last, timeZone), startOfMonth(addMonths(last, 1), timeZone));
}
