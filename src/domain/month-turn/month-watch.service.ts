import type { Queries } from "../../database/database.ts";
import { addMonths, billingPeriodAt, startOfMonth } from "../../shared/billing-period.ts";
import type { Measures } from "../../shared/measures.ts";
import type { ReferenceClock } from "../calendar/reference-clock.service.ts";
import { lastMonthOfAll } from "./month-turn.store.ts";

export interface MonthWatchOptions {
	readonly database: Queries;
	readonly reference: Pick<ReferenceClock, "now">;
	readonly timeZone: string;
	readonly measures: Pick<Measures, "months">;
}

/** Measures which month has begun for every offering, and when the next one begins. Throws, and measures nothing, while the time is not certain. */
export async function measureMonths({ database, reference, timeZone, measures }: MonthWatchOptions): Promise<void> {
	const last = await lastMonthOfAll(database, billingPeriodAt(await reference.now(), timeZone));
	measures.months(startOfMonth(last, timeZone), startOfMonth(addMonths(last, 1), timeZone));
}
