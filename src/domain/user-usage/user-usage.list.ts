import { sql } from "../../database/sql.ts";
import { behind } from "../../graphql/fields/filters.ts";
import { list } from "../../graphql/fields/list.ts";
import { ComponentUserUsage } from "../../graphql/nodes.ts";
import { type OrderColumn, type Parent, thenUuid } from "../../reading/list.ts";
import { usernamePart } from "../name/name.list.ts";
import { usageFilters } from "../usage/usage.list.ts";

/** By the moment of the report of their record: the usual order, and the same from its end. */
const byDate = (descending: boolean): readonly OrderColumn[] => [
	{ column: "componentUsage.date", type: "timestamptz", descending },
	{ column: "componentUsage.type", type: "text", descending: !descending },
	thenUuid("ComponentUserUsage", !descending),
];

/** By the month, then by record: the records of a month are many, and have an index in this order; the parts of a record are few. */
const byBillingPeriod = (descending: boolean): readonly OrderColumn[] => [
	{ column: "componentUsage.billingPeriod", type: "date", descending },
	{ column: "componentUsage.uuid", type: "uuid", descending },
	thenUuid("ComponentUserUsage", descending),
];

/** By the account's name. A record has one part of each: the name alone orders its parts, and its index has them in this order. */
const byUsername = (descending: boolean, parent: Parent | undefined): readonly OrderColumn[] =>
	isRecord(parent)
		? [{ column: "username", type: "text", descending, model: "ComponentUserUsage" }]
		: [{ column: "username", type: "text", descending }, thenUuid("ComponentUserUsage", descending)];

const isRecord = (parent: Parent | undefined): boolean => parent !== undefined && "column" in parent && parent.column === "componentUsageUuid";

/** Parts of usage records, newest report first, then by type, and those of one record by username, unless another order is asked for. */
export const userUsages = list(ComponentUserUsage, {
	items: "parts",
	called: { page: "parts of usage records", filter: "parts, mostly by the usage record that they are a part of" },
	filters: {
		...behind("componentUsage", usageFilters),
		username: usernamePart,
	},
	orders: {
		BILLING_PERIOD: { description: "The billing month.", columns: byBillingPeriod },
		USAGE: { description: "The amount.", column: "usage", type: "numeric" },
		USERNAME: { description: "The account's name.", columns: byUsername },
		DATE: { description: "When their record was reported last, then by type.", columns: byDate },
	},
	order: (parent) => (isRecord(parent) ? byUsername(false, parent) : byDate(true)),
	// Every part has its record: with this condition planners can begin with the records, whose indexes have the order.
	linked: { componentUsage: sql`"t.componentUsage"."uuid" is not null` },
});
