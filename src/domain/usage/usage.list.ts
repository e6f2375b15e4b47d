import { sql } from "../../database/sql.ts";
import { condition, globalId, identifier, text } from "../../graphql/fields/filters.ts";
import { list } from "../../graphql/fields/list.ts";
import { ComponentUsage } from "../../graphql/nodes.ts";
import { thenUuid } from "../../reading/list.ts";
import { startOfDay, startOfNextDay } from "../../shared/billing-period.ts";
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
	offeringUuid: identifier("Offering", "Of resources of this offering."),
	projectUuid: identifier("Project", "Of resources in this project."),
	customerUuid: identifier("Customer", "Of resources of this customer."),
	type: text("Of components of this type, such as cpu."),
	billingPeriod: condition("Date", "Of the billing month with this first day.", (month, { column }) => sql`${column} = ${month}::date`),
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

function requireWithin(what: string, value: number, first: number, last: number): void {
	if (value < first || value > last) throw new InvalidInput(`${what} must be from ${first} to ${last}, not ${value}.`);
}

const digits = (number: number, length: number): string => String(number).padStart(length, "0");

/** Usage records, newest report first, then by type, unless another order is asked for. */
export const usages = list(ComponentUsage, {
	items: "usage records",
	called: { argument: "records" },
	filters: usageFilters,
	orders: {
		BILLING_PERIOD: { description: "The billing month.", column: "billingPeriod", type: "date" },
		USAGE: { description: "The amount.", column: "usage", type: "numeric" },
	},
	order: [{ column: "date", type: "timestamptz", descending: true }, { column: "type", type: "text" }, thenUuid("ComponentUsage")],
});
