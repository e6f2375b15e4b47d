import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";
import { type Direction, type List, type OrderColumn, type Parent, thenUuid } from "../../reading/list.ts";
import type { Given } from "../../shared/maybe.ts";
import { type UsageFilter, usageConditions } from "../usage/usage.lists.ts";
import { nameContains } from "./username.store.ts";
import { searchedPart } from "./username.ts";

/** The filters of usage records, and a part of the username in any case. */
export interface UserUsageFilter extends UsageFilter {
	username?: Given<string>;
}

export interface UserUsageOrder {
	field: "BILLING_PERIOD" | "USAGE" | "USERNAME";
	direction: Direction;
}

const newestFirst: readonly OrderColumn[] = [
	{ column: "componentUsage.date", type: "timestamptz", descending: true },
	{ column: "componentUsage.type", type: "text" },
	thenUuid("ComponentUserUsage"),
];

const firstColumns: Record<UserUsageOrder["field"], OrderColumn> = {
	BILLING_PERIOD: { column: "componentUsage.billingPeriod", type: "date" },
	USAGE: { column: "usage", type: "numeric" },
	USERNAME: { column: "username", type: "text" },
};

function orderedBy({ field, direction }: UserUsageOrder, parent: Parent | undefined): readonly OrderColumn[] {
	const first = { ...firstColumns[field], descending: direction === "DESC" };
	// A record has one part of each username: nothing else tells its parts apart, and its index has them in this order.
	const isUnique = field === "USERNAME" && parent !== undefined && "column" in parent && parent.column === "componentUsageUuid";
	if (isUnique) return [{ ...first, model: "ComponentUserUsage" }];
	// The records of a month are many, and have an index in this order; the parts of a record are few.
	const record: OrderColumn = { column: "componentUsage.uuid", type: "uuid", descending: first.descending };
	return [first, ...(field === "BILLING_PERIOD" ? [record] : []), thenUuid("ComponentUserUsage", first.descending)];
}

/** Parts of usage records, newest report first, then by type, unless another order is asked for. Throws InvalidInput for what no part can have. */
export function userUsageList(
	filter: Given<UserUsageFilter>,
	order: Given<UserUsageOrder>,
	timeZone: string,
	parent?: Parent,
): List & { model: "ComponentUserUsage" } {
	const ofRecord = usageConditions("t.componentUsage", filter ?? {}, timeZone);
	const columns = order == null ? newestFirst : orderedBy(order, parent);
	const isOfRecord = ofRecord.length > 0 || columns.some(({ column }) => column.startsWith("componentUsage.")) || (parent !== undefined && "link" in parent);
	const part = filter?.username == null ? undefined : searchedPart(filter.username);
	return {
		model: "ComponentUserUsage",
		key: JSON.stringify(["ComponentUserUsage", parent, filter, order]),
		where: [
			// Every part has its record: told so, planners can begin with the records, whose indexes have the order.
			...(isOfRecord ? [sql`"t.componentUsage"."uuid" is not null`] : []),
			...ofRecord,
		],
		...(part === undefined ? {} : { lookUp: (queries: Queries) => nameContains(queries, part) }),
		order: columns,
		links: isOfRecord ? ["componentUsage"] : [],
		...(parent === undefined ? {} : { parent }),
	};
}
