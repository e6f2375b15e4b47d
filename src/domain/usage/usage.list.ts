import { type Sql, sql } from "../../database/sql.ts";
import { condition, globalId, identifier, identifiers, text, texts } from "../../graphql/fields/filters.ts";
import { list } from "../../graphql/fields/list.ts";
import { ComponentUsage } from "../../graphql/nodes.ts";
import { type OrderColumn, thenUuid } from "../../reading/list.ts";
import { startOfDay, startOfNextDay, theMonthOf } from "../../shared/billing-period.ts";
import { InvalidInput } from "../../shared/invalid-input.ts";

/** The last day that a Date can name: nothing is reported later, and there is no next day to compare with. */
const lastDay = "9999-12-31";

/**
 * The filters of usage records; those of user usages are the same, on the record that they are part of. Days are of the
 * service's calendar, both included. Year and month together name one billing month; each alone has an index of its own.
 */
export const usageFilters = {
	resource: globalId("Resource", "Of this resource.", { column: "resourceUuid" }),
	resourceUuid: identifier("Resource", "Of this resource."),
	resources: identifiers("Resource", "Of one of these resources.", { column: "resourceUuid" }),
	offeringUuid: identifier("Offering", "Of resources of this offering."),
	offerings: identifiers("Offering", "Of resources of one of these offerings.", { column: "offeringUuid" }),
	projectUuid: identifier("Project", "Of resources in this project."),
	projects: identifiers("Project", "Of resources in one of these projects.", { column: "projectUuid" }),
	customerUuid: identifier("Customer", "Of resources of this customer."),
	customers: identifiers("Customer", "Of resources of one of these customers.", { column: "customerUuid" }),
	type: text("Of components of this type, such as cpu."),
	types: texts("Of components of one of these types, such as cpu and ram.", { column: "type" }),
	billingPeriod: condition("Date", "Of the billing month that this day is in.", (day, { column }) => sql`${column} = ${theMonthOf(day)}::date`),
	billingPeriodFrom: condition(
		"Date",
		"Of the billing month that this day is in, or a later one.",
		(day, { column, given }) => monthsFrom(column, day, given["billingPeriodTo"]),
		{ column: "billingPeriod" },
	),
	billingPeriodTo: condition(
		"Date",
		"Of the billing month that this day is in, or an earlier one.",
		(day, { column, given }) => monthsTo(column, day, given["billingPeriodFrom"]),
		{ column: "billingPeriod" },
	),
	billingPeriodYear: condition(
		"Int",
		"Of the billing months of this calendar year, 1 to 9999.",
		(year, { column, given }) => {
			requireWithin("billingPeriodYear", year, 1, 9_999);
			const month = given["billingPeriodMonth"];
			if (typeof month === "number") return sql`${column} = ${`${digits(year, 4)}-${digits(month, 2)}-01`}::date`;
			return [
				// The first is in the order of the list, the second in that of billing months.
				sql`date_part('year', ${column}) = ${year}::int`,
				sql`${column} between ${`${digits(year, 4)}-01-01`}::date and ${`${digits(year, 4)}-12-31`}::date`,
			];
		},
		{ column: "billingPeriod" },
	),
	billingPeriodMonth: condition(
		"Int",
		"Of this calendar month, 1 to 12, in any year.",
		(month, { column, given }) => {
			requireWithin("billingPeriodMonth", month, 1, 12);
			return given["billingPeriodYear"] === undefined ? sql`date_part('month', ${column}) = ${month}::int` : [];
		},
		{ column: "billingPeriod" },
	),
	dateAfter: condition(
		"Date",
		"Reported on this day or later, in the service's time zone.",
		(day, { column, timeZone }) => sql`${column} >= ${startOfDay(day, timeZone)}::timestamptz`,
		{ column: "date" },
	),
	dateBefore: condition(
		"Date",
		"Reported on this day or earlier, in the service's time zone.",
		(day, { column, timeZone }) => (day === lastDay ? [] : sql`${column} < ${startOfNextDay(day, timeZone)}::timestamptz`),
		{ column: "date" },
	),
};

/**
 * Months from one on. Those of one month, and those of one calendar year, are named as the indexes have them that are in the
 * order of the list: of a range alone it is not known that its records follow one another.
 */
function monthsFrom(column: Sql, day: string, until: unknown): Sql[] {
	const [first, last] = [theMonthOf(day), typeof until === "string" ? theMonthOf(until) : undefined];
	if (last === first) return [sql`${column} = ${first}::date`];
	const ofOneYear = last?.slice(0, 4) === first.slice(0, 4) ? [sql`date_part('year', ${column}) = ${Number(first.slice(0, 4))}::int`] : [];
	return [...ofOneYear, sql`${column} >= ${first}::date`];
}

/** Months up to one. That of a range of one month is named by monthsFrom. */
function monthsTo(column: Sql, day: string, from: unknown): Sql[] {
	const last = theMonthOf(day);
	return typeof from === "string" && theMonthOf(from) === last ? [] : [sql`${column} <= ${last}::date`];
}

function requireWithin(what: string, value: number, first: number, last: number): void {
	if (value < first || value > last) throw new InvalidInput(`${what} must be from ${first} to ${last}, not ${value}.`);
}

const digits = (number: number, length: number): string => String(number).padStart(length, "0");

/** By the moment of the report: the usual order, and the same from its end. */
const byDate = (descending: boolean): readonly OrderColumn[] => [
	{ column: "date", type: "timestamptz", descending },
	{ column: "type", type: "text", descending: !descending },
	thenUuid("ComponentUsage", !descending),
];

/** Usage records, newest report first, then by type, unless another order is asked for. */
export const usages = list(ComponentUsage, {
	items: "usage records",
	called: { argument: "records" },
	filters: usageFilters,
	orders: {
		BILLING_PERIOD: { description: "The billing month.", column: "billingPeriod", type: "date" },
		USAGE: { description: "The amount.", column: "usage", type: "numeric" },
		DATE: { description: "When they were reported last, then by type.", columns: byDate },
	},
	order: byDate(true),
});
