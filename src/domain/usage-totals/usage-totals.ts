import { addMonths, type BillingPeriod, monthCount, monthOf } from "../../shared/billing-period.ts";
import { Decimal } from "../../shared/decimal.ts";
import { InvalidInput } from "../../shared/invalid-input.ts";
import type { Maybe } from "../../shared/maybe.ts";

/** What usage can be totalled by. */
export type Dimension = (typeof dimensions)[number];

export const dimensions = [
	"MONTH",
	"QUARTER",
	"YEAR",
	"CUSTOMER",
	"PROJECT",
	"RESOURCE",
	"OFFERING",
	"PROVIDER",
	"CATEGORY",
	"COMPONENT_TYPE",
	"USERNAME",
] as const;

const periods: readonly Dimension[] = ["MONTH", "QUARTER", "YEAR"];

/** How many dimensions there can be in one question. */
const most = 2;

/**
 * The total of one group: of records, or of parts of them, that have the same keys and are measured in the same unit. Keys
 * that were not asked for are absent. Amounts are exact decimals in the measured unit.
 */
export interface UsageTotal {
	/** First day of the month, quarter or year. */
	readonly period?: string;
	readonly customerUuid?: string;
	readonly projectUuid?: string;
	readonly resourceUuid?: string;
	readonly offeringUuid?: string;
	readonly providerUuid?: string;
	readonly categoryUuid?: string;
	readonly componentType?: string;
	readonly username?: string;
	readonly measuredUnit: string;
	readonly total: string;
	/** How many records, or parts, are in the total. */
	readonly records: number;
	/** The total of as many months before, and the difference; absent when they were not asked for. */
	readonly previousTotal?: string;
	readonly change?: string;
}

/** All groups that are not on a page, together. They are of one measured unit. */
export type TotalsRest = Pick<UsageTotal, "measuredUnit" | "total" | "records" | "previousTotal" | "change"> & { readonly groups: number };

/** What all groups of a question are together. */
export interface AllGroups {
	readonly groups: number;
	/** The first and the last unit in the alphabet: the same when there is one. Null without groups. */
	readonly firstUnit: string | null;
	readonly lastUnit: string | null;
	/** Sums over all groups: of no meaning when there are several units. Null without groups, and of months that were not asked for. */
	readonly sum: string | null;
	readonly previousSum: string | null;
	readonly allRecords: number;
}

export const hasSeveralUnits = ({ firstUnit, lastUnit }: AllGroups): boolean => firstUnit !== lastUnit;

/** What is left of all groups, of one measured unit, without those that are shown; null when there are no groups at all. */
export function restOf({ groups, firstUnit, sum, previousSum, allRecords }: AllGroups, shown: readonly UsageTotal[]): TotalsRest | null {
	if (firstUnit === null || sum === null) return null;
	const total = shown.reduce((rest, { total }) => rest.minus(total), new Decimal(sum));
	const rest = { measuredUnit: firstUnit, groups: groups - shown.length, total: total.toFixed(), records: allRecords - count(shown) };
	if (previousSum === null) return rest;
	const previous = shown.reduce((rest, { previousTotal = "0" }) => rest.minus(previousTotal), new Decimal(previousSum));
	return { ...rest, previousTotal: previous.toFixed(), change: total.minus(previous).toFixed() };
}

const count = (shown: readonly UsageTotal[]): number => shown.reduce((sum, { records }) => sum + records, 0);

/** Which billing months are totalled, both ends included; null is open. */
export interface TotalledMonths {
	readonly from: BillingPeriod | null;
	readonly to: BillingPeriod | null;
	/** The months that they are compared with: those from `from` on, so many earlier; null when they are not. */
	readonly previous: { readonly from: BillingPeriod; readonly months: number } | null;
}

/** The months from one day's to another's, compared with as many before or not. Throws InvalidInput when there are none. */
export function totalledMonths(from: Maybe<string>, to: Maybe<string>, comparePrevious: boolean): TotalledMonths {
	const [first, last] = [from == null ? null : monthOf(from), to == null ? null : monthOf(to)];
	if (first !== null && last !== null && first > last) {
		throw new InvalidInput(`billingPeriodFrom must not be later than billingPeriodTo: ${from} is later than ${to}.`);
	}
	if (!comparePrevious) return { from: first, to: last, previous: null };
	if (first === null || last === null) {
		throw new InvalidInput("comparePrevious needs billingPeriodFrom and billingPeriodTo: it compares with as many months before.");
	}
	const months = monthCount(last) - monthCount(first) + 1;
	if (monthCount(first) - months < monthCount("0001-01-01"))
		throw new InvalidInput("comparePrevious needs as many months before: there are none before the year 1.");
	return { from: first, to: last, previous: { from: addMonths(first, -months), months } };
}

/** Throws InvalidInput unless these are dimensions that a question can have. */
export function requireDimensions(groupBy: readonly Dimension[]): void {
	if (groupBy.length === 0 || groupBy.length > most) throw new InvalidInput(`groupBy must name one or two dimensions, not ${groupBy.length}.`);
	if (new Set(groupBy).size < groupBy.length) throw new InvalidInput(`groupBy names ${groupBy[0]} twice: a dimension is named once.`);
	if (groupBy.every((dimension) => periods.includes(dimension)) && groupBy.length > 1) {
		throw new InvalidInput("groupBy must name one of MONTH, QUARTER and YEAR: a month has one quarter and one year.");
	}
}

/** What groups are ordered by. */
export type TotalsOrder = "TOTAL" | "KEY" | "CHANGE";

/** Throws InvalidInput for an order by a change that is not asked for. */
export function requireOrder(order: TotalsOrder, { previous }: TotalledMonths): void {
	if (order === "CHANGE" && previous === null) throw new InvalidInput("orderBy CHANGE needs comparePrevious: without it there is no change.");
}

/** Whether the question makes sense of one measured unit alone: amounts of different units are neither compared nor added. */
export const needsOneUnit = (order: TotalsOrder, withRest: boolean): boolean => withRest || order !== "KEY";

/** The error of a question that needs one measured unit, where there are several. */
export const severalUnits = (): InvalidInput =>
	new InvalidInput(
		"The groups are measured in several units, which are neither compared nor added: name types in the filter that are measured in one, " +
			"and offerings too when these measure a type differently; or order by KEY, without withRest.",
	);
