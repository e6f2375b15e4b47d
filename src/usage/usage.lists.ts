import { name, type Sql, sql } from "../database/sql.ts";
import { conditions, hasId, hasText, hasUuid, when } from "../reading/conditions.ts";
import { type Direction, type List, type OrderColumn, type Parent, thenUuid } from "../reading/list.ts";
import { startOfDay, startOfNextDay } from "../shared/billing-period.ts";
import type { Given } from "../shared/given.ts";

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

/** The conditions on usage records under the alias. Dates are calendar days in the zone, both included. */
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
		when(filter.billingPeriodYear, (year) =>
			isYear(year) ? sql`${column("billingPeriod")} between ${first(year)}::date and ${last(year)}::date` : sql`false`,
		),
		when(filter.billingPeriodMonth, (month) => sql`extract(month from ${column("billingPeriod")}) = ${month}::int`),
		when(filter.dateAfter, (day) => sql`${column("date")} >= ${startOfDay(day, timeZone)}::timestamptz`),
		when(filter.dateBefore, (day) => (day === lastDay ? undefined : sql`${column("date")} < ${startOfNextDay(day, timeZone)}::timestamptz`)),
	);
}

/** The last day that a Date can name: nothing is reported later, and there is no next day to compare with. */
const lastDay = "9999-12-31";
const isYear = (year: number): boolean => year >= 1 && year <= 9_999;
const first = (year: number): string => `${String(year).padStart(4, "0")}-01-01`;
const last = (year: number): string => `${String(year).padStart(4, "0")}-12-31`;
