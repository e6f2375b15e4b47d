import { addMonths, type BillingPeriod, billingPeriodAt, monthsBetween, startOfMonth } from "../../shared/billing-period.ts";

/**
 * The months that an offering still has to begin, in order: each one after the last that it has begun, up to this month.
 * An offering that has begun none, being new, begins this month only. After an absence of many years these are the first
 * months of them, and the others are left to the next turn.
 */
export const monthsToTurn = (lastTurned: BillingPeriod | null, thisMonth: BillingPeriod): BillingPeriod[] =>
	lastTurned === null ? [thisMonth] : monthsBetween(addMonths(lastTurned, 1), thisMonth).slice(0, maxMonths);

const maxMonths = 60;

/** When what the turn of the month writes has happened: now, or the month's first moment where the turn is caught up in a later month. */
export const momentOfTurn = (month: BillingPeriod, now: Date, timeZone: string): Date =>
	month === billingPeriodAt(now, timeZone) ? now : startOfMonth(month, timeZone);
