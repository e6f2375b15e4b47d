import { connectionType, orderType } from "../../graphql/fields/list-types.ts";
import { CustomerQuota } from "../../graphql/nodes.ts";
import { type OrderOf, orderOf } from "../../reading/declared-list.ts";
import type { OrderColumn } from "../../reading/list.ts";
import type { Maybe } from "../../shared/maybe.ts";

/** Figures are computed and no rows of a model: their list is in the statement of the store, and these are its orders. */
const orders = {
	VALUE: {
		description: "The figure, then the customer's name; a figure that is not known comes last in either direction.",
		columns: (descending: boolean): readonly OrderColumn[] => [
			{ column: "unknown", type: "numeric" },
			{ column: "sortedBy", type: "numeric", descending },
			...byCustomer(descending),
		],
	},
	NAME: { description: "The customer's name.", columns: byCustomer },
};

function byCustomer(descending: boolean): readonly OrderColumn[] {
	return [
		{ column: "name", type: "text", descending },
		{ column: "customerUuid", type: "uuid", descending },
	];
}

export type QuotaOrder = OrderOf<typeof orders>;

/** The columns of the order, by name unless another one is asked for. */
export const quotaOrder = (orderBy: Maybe<QuotaOrder>): readonly OrderColumn[] => orderOf("CustomerQuota", { orders, order: byCustomer(false) }, orderBy);

export const CustomerQuotaOrder = orderType("CustomerQuotaOrder", "quotas", orders);

export const CustomerQuotaConnection = connectionType(CustomerQuota, "customers' figures");
