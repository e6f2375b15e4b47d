import { type BillingPeriod, monthsBetween } from "../shared/billing-period.ts";
import { InvalidInput } from "../shared/invalid-input.ts";

/** What one resource used of one component in one month; with a username, that username's part of it. */
export interface SeriesFigure {
	readonly componentUuid: string;
	readonly type: string;
	readonly name: string;
	readonly measuredUnit: string;
	readonly username: string | null;
	/** Null where nothing was reported in the range at all. */
	readonly billingPeriod: BillingPeriod | null;
	readonly usage: string | null;
}

export interface SeriesPoint {
	readonly billingPeriod: BillingPeriod;
	/** Null where nothing was reported for the month. */
	readonly usage: string | null;
}

/** One line of a chart. */
export interface SeriesLine extends Pick<SeriesFigure, "componentUuid" | "type" | "name" | "measuredUnit" | "username"> {
	readonly points: readonly SeriesPoint[];
}

/** At most this many months in one matrix. */
const mostMonths = 120;

/** The months from one day's to another's. Throws InvalidInput when they are the wrong way round or too many. */
export function seriesMonths(from: string, to: string): BillingPeriod[] {
	const [first, last] = [monthOf(from), monthOf(to)];
	if (first > last) throw new InvalidInput(`from must not be later than to: ${from} is later than ${to}.`);
	if (monthCount(last) - monthCount(first) >= mostMonths) throw new InvalidInput(`from and to must be at most ${mostMonths} months apart.`);
	return monthsBetween(first, last);
}

const monthOf = (day: string): BillingPeriod => `${day.slice(0, 7)}-01`;

const monthCount = (month: BillingPeriod): number => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7));

/** The figures of one resource as lines with a point for every month, in the order in which components and usernames come. */
export function seriesLines(figures: readonly SeriesFigure[], months: readonly BillingPeriod[]): SeriesLine[] {
	const lines = new Map<string, { figure: SeriesFigure; usages: Map<string, string | null> }>();
	for (const figure of figures) {
		const key = JSON.stringify([figure.componentUuid, figure.username]);
		const line = lines.get(key) ?? { figure, usages: new Map() };
		lines.set(key, line);
		if (figure.billingPeriod !== null) line.usages.set(figure.billingPeriod, figure.usage);
	}
	return [...lines.values()].map(({ figure: { componentUuid, type, name, measuredUnit, username }, usages }) => ({
		componentUuid,
		type,
		name,
		measuredUnit,
		username,
		points: months.map((billingPeriod) => ({ billingPeriod, usage: usages.get(billingPeriod) ?? null })),
	}));
}
