import { condition, texts } from "../../graphql/fields/filters.ts";
import { connectionType, filterType, orderType } from "../../graphql/fields/list-types.ts";
import { CategoryComponentUsage } from "../../graphql/nodes.ts";
import type { OrderOf } from "../../reading/declared-list.ts";
import type { OrderColumn } from "../../reading/list.ts";
import { theMonthOf } from "../../shared/billing-period.ts";
import type { Maybe } from "../../shared/maybe.ts";
import { monthFrom, monthUntil, newestFirst, ofTypes } from "./category-usage.store.ts";

/** Monthly totals are computed and no rows of a model: their list is in the statements of the store, and these are its filters. */
export const totalFilters = {
	dateAfter: condition("Date", "Months whose first day is this day or later.", monthFrom),
	dateBefore: condition("Date", "Months whose first day is this day or earlier.", monthUntil),
	billingPeriodFrom: condition("Date", "The month that this day is in, and later ones.", (day) => monthFrom(theMonthOf(day))),
	billingPeriodTo: condition("Date", "The month that this day is in, and earlier ones.", (day) => monthUntil(theMonthOf(day))),
	types: { ...texts("Of category components of one of these types, such as cpu and ram."), conditions: ofTypes },
};

const orders = {
	BILLING_PERIOD: { description: "The billing month, then by type.", columns: byMonth },
};

/** The usual order, and the same from its end. */
function byMonth(descending: boolean): readonly OrderColumn[] {
	return descending ? newestFirst : newestFirst.map((column) => ({ ...column, descending: !(column.descending ?? false) }));
}

export type TotalOrder = OrderOf<typeof orders>;

/** The columns of the order, newest month first unless another one is asked for. */
export const totalOrder = (orderBy: Maybe<TotalOrder>): readonly OrderColumn[] => (orderBy == null ? newestFirst : byMonth(orderBy.direction === "DESC"));

export const CategoryComponentUsageFilter = filterType("CategoryComponentUsageFilter", "months", totalFilters);

export const CategoryComponentUsageOrder = orderType("CategoryComponentUsageOrder", "months", orders);

export const CategoryComponentUsageConnection = connectionType(CategoryComponentUsage, "monthly totals");
