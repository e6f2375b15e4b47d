import { type BillingPeriod, monthCount, monthOf, monthsBetween } from "../../shared/billing-period.ts";
import { InvalidInput } from "../../shared/invalid-input.ts";

/** One line of a chart: what one resource used of one component month by month; with a username, that username's part of it. */
export interface SeriesLine {
	readonly componentUuid: string;
	readonly type: string;
	readonly name: string;
	readonly measuredUnit: string;
	readonly username: string | null;
	/** The range that the chart shows. */
	readonly months: readonly BillingPeriod[];
	/** What was used in each month that something was reported for. */
	readonly usages: Readonly<Record<BillingPeriod, string>>;
}

export interface SeriesPoint {
	readonly billingPeriod: BillingPeriod;
	/** Null where nothing was reported for the month. */
	readonly usage: string | null;
}

/** At most this many months in one matrix. */
const maxMonths = 120;

/** The months from one day's to another's. Throws InvalidInput when they are the wrong way round or too many. */
export function seriesMonths(from: string, to: string): BillingPeriod[] {
	const [first, last] = [monthOf(from), monthOf(to)];
	if (first > last) throw new InvalidInput(`from must not be later than to: ${from} is later than ${to}.`);
	if (monthCount(last) - monthCount(first) >= maxMonths) throw new InvalidInput(`from and to must be at most ${maxMonths} months apart.`);
	return monthsBetween(first, last);
}

/** A point of the line for every month. */
export const seriesPoints = ({ months, usages }: SeriesLine): SeriesPoint[] =>
	months.map((billingPeriod) => ({ billingPeriod, usage: usages[billingPeriod] ?? null }));
