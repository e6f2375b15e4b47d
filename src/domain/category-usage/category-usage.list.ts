import { condition } from "../../graphql/fields/filters.ts";
import { connectionType, filterType } from "../../graphql/fields/list-types.ts";
import { CategoryComponentUsage } from "../../graphql/nodes.ts";
import { monthFrom, monthUntil } from "./category-usage.store.ts";

/** Monthly totals are computed and no rows of a model: their list is in the statements of the store, and these are its filters. */
export const totalFilters = {
	dateAfter: condition("Date", "Months whose first day is this day or later.", monthFrom),
	dateBefore: condition("Date", "Months whose first day is this day or earlier.", monthUntil),
};

export const CategoryComponentUsageFilter = filterType("CategoryComponentUsageFilter", "months", totalFilters);

export const CategoryComponentUsageConnection = connectionType(CategoryComponentUsage, "monthly totals");
