import { name, type Sql, sql } from "../../database/sql.ts";
import { conditions, hasId, hasText, hasUuid, when } from "../../reading/conditions.ts";
import { type Direction, type List, type OrderColumn, type Parent, thenUuid } from "../../reading/list.ts";
import { startOfDay, startOfNextDay } from "../../shared/billing-period.ts";
import { InvalidInput } from "../../shared/invalid-input.ts";
import type { Given } from "../../shared/maybe.ts";

/** The filters of usage records; those of user usages are the same, on the record that they are part of. */
export interface UsageFilter {
	resource?: Given<{ id: string }>;
	resourceUuid?: Given<string>;
	offeringUuid?: Given<string>;
	projectUuid?: Given<string>;
	customerUuid?: Given<string>;
	type?: Given<string>;
	billingPeriod?: Given<string>;
	billingPeriodYear?: Given<number>;
	billingPeriodMonth?: Given<number>;
	dateAfter?: Given<string>;
	dateBefore?: Given<string>;
}

type UsageOrderField = "BILLING_PERIOD" | "USAGE";

export interface UsageOrder {
	field: UsageOrderField;
	direction: Direction;
}

const newestFirst: readonly OrderColumn[] = [
	{ column: "date", type: "timestamptz", descending: true },
	{ column: "type", type: "text" },
	thenUuid("ComponentUsage"),
];

const orderedBy = ({ field, direction }: UsageOrder): readonly OrderColumn[] => {
	const descending = direction === "DESC";
	const first: OrderColumn = field === "USAGE" ? { column: "usage", type: "numeric", descending } : { column: "billingPeriod", type: "date", descending };
	return [first, thenUuid("ComponentUsage", descending)];
};

/** Usage records, newest report first, then by type, unless another order is asked for. */
export function usageList(filter: Given<UsageFilter>, order: Given<UsageOrder>, timeZone: string, parent?: Parent): List & { model: "ComponentUsage" } {
	return {
		model: "ComponentUsage",
		key: JSON.stringify(["ComponentUsage", parent, filter, order]),
		where: usageConditions("t", filter ?? {}, timeZone),
		order: order == null ? newestFirst : orderedBy(order),
		...(parent === undefined ? {} : { parent }),
	};
}

/** The conditions on usage records under the alias. Dates are calendar days in the zone, both included. Throws InvalidInput for what no record can have. */
export function usageConditions(alias: string, filter: UsageFilter, timeZone: string): Sql[] {
	const column = (column: string) => sql`${name(alias)}.${name(column)}`;
	return conditions(
		hasId(alias, "resourceUuid", filter.resource),
		hasUuid(alias, "resourceUuid", filter.resourceUuid),
		hasUuid(alias, "offeringUuid", filter.offeringUuid),
		hasUuid(alias, "projectUuid", filter.projectUuid),
		hasUuid(alias, "customerUuid", filter.customerUuid),
		hasText(alias, "type", filter.type),
		when(filter.billingPeriod, (month) => sql`${column("billingPeriod")} = ${month}::date`),
		...calendarConditions(column("billingPeriod"), filter),
		when(filter.dateAfter, (day) => sql`${column("date")} >= ${startOfDay(day, timeZone)}::timestamptz`),
		when(filter.dateBefore, (day) => (day === lastDay ? undefined : sql`${column("date")} < ${startOfNextDay(day, timeZone)}::timestamptz`)),
	);
}

/** The conditions on the month's place in the calendar. Year and month together name one billing month; each alone has an index of its own. */
function calendarConditions(billingPeriod: Sql, { billingPeriodYear: year, billingPeriodMonth: month }: UsageFilter): (Sql | undefined)[] {
	when(year, (year) => refuseOutside("billingPeriodYear", year, 1, 9_999));
	when(month, (month) => refuseOutside("billingPeriodMonth", month, 1, 12));
	if (year != null && month != null) return [sql`${billingPeriod} = ${`${digits(year, 4)}-${digits(month, 2)}-01`}::date`];
	return [
		// The first is in the order of the list, the second in that of billing months.
		when(year, (year) => sql`date_part('year', ${billingPeriod}) = ${year}::int`),
		when(year, (year) => sql`${billingPeriod} between ${`${digits(year, 4)}-01-01`}::date and ${`${digits(year, 4)}-12-31`}::date`),
		when(month, (month) => sql`date_part('month', ${billingPeriod}) = ${month}::int`),
	];
}

function refuseOutside(what: string, value: number, first: number, last: number): undefined {
	if (value < first || value > last) throw new InvalidInput(`${what} must be from ${first} to ${last}, not ${value}.`);
}

const digits = (number: number, length: number): string => String(number).padStart(length, "0");

/** The last day that a Date can name: nothing is reported later, and there is no next day to compare with. */
const lastDay = "9999-12-31";
