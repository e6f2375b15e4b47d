import type { Context } from "../../graphql/context.ts";
import { orderType } from "../../graphql/fields/list-types.ts";
import type { ComputedPages } from "../../graphql/fields/source.ts";
import type { OrderOf } from "../../reading/declared-list.ts";
import { type Page, type PageArguments, type PageRequest, pageOf } from "../../reading/page.ts";
import type { Maybe } from "../../shared/maybe.ts";
import { userUsages } from "../user-usage/user-usage.list.ts";
import { type FoundTotals, type ScopeColumn, type TotalsFilter, totalsOrder, usageTotals } from "./usage-totals.store.ts";
import {
	type Dimension,
	hasSeveralUnits,
	needsOneUnit,
	requireDimensions,
	requireOrder,
	restOf,
	severalUnits,
	totalledMonths,
	type UsageTotal,
} from "./usage-totals.ts";

/** Groups on a page at most. */
export const largestTotalsPage = 1_000;

const orders = {
	TOTAL: { description: "The total, the largest first by DESC. Of groups of one measured unit alone." },
	KEY: { description: "What they are grouped by, in the order of groupBy: the time, or the name; then the unit." },
	CHANGE: { description: "The change, with comparePrevious alone: growth first by DESC. Of groups of one measured unit alone." },
};

export const UsageTotalOrder = orderType("UsageTotalOrder", "groups", orders);

/** A question about usage as clients ask it. */
export interface TotalsArguments extends PageArguments {
	groupBy: readonly Dimension[];
	filter?: Maybe<TotalsFilter & { billingPeriodFrom?: Maybe<string>; billingPeriodTo?: Maybe<string>; username?: Maybe<string> }>;
	orderBy?: Maybe<OrderOf<typeof orders>>;
	withRest?: Maybe<boolean>;
	comparePrevious?: Maybe<boolean>;
}

/**
 * How pages of totals are read, as GraphQL and exports read them: of each scope, or without one of all that the viewer sees (by
 * the key ""). A page is null where the question needs one measured unit and there are several. Throws InvalidInput for a
 * question that has no answer.
 */
export function totalsPages(args: TotalsArguments, context: Pick<Context, "database" | "viewer" | "timeZone">, scope?: ScopeColumn): ComputedPages {
	const { groupBy, filter, orderBy, withRest, comparePrevious } = args;
	const { database, viewer, timeZone } = context;
	const { field, direction } = orderBy ?? { field: "KEY", direction: "ASC" };
	requireDimensions(groupBy);
	const months = totalledMonths(filter?.billingPeriodFrom, filter?.billingPeriodTo, comparePrevious === true);
	requireOrder(field, months);
	const order = totalsOrder(groupBy, field, direction === "DESC");
	const { lookUp } = userUsages.of({ filter: { username: filter?.username } }, timeZone);
	return {
		name: JSON.stringify(["UsageTotal", groupBy, filter, orderBy, withRest, comparePrevious, scope]),
		order,
		largest: largestTotalsPage,
		refusal: severalUnits,
		pages: async (uuids, request) => {
			const question = { groupBy, filter: filter ?? {}, months, scope, username: await lookUp?.(database) };
			const found = await usageTotals(database, viewer, question, order, request, scope === undefined ? undefined : uuids);
			return found.map((totals) =>
				needsOneUnit(field, withRest === true) && hasSeveralUnits(totals) ? null : pageOfTotals(totals, request, withRest === true),
			);
		},
	};
}

function pageOfTotals({ rows, ...all }: FoundTotals, request: PageRequest, withRest: boolean): Page {
	const page = pageOf(rows as readonly UsageTotal[] & Page["rows"], request);
	return { ...page, count: all.groups, others: { rest: withRest ? restOf(all, page.rows as unknown as readonly UsageTotal[]) : null } };
}
