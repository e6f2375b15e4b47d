import { consumerSide } from "../../access/permissions.ts";
import type { Viewer } from "../../access/viewer.ts";
import { unremoved } from "../../access/visibility.ts";
import type { Queries } from "../../database/database.ts";
import { and, isOneOf, isOneOfTexts, name, type Sql, sql } from "../../database/sql.ts";
import { computedPage } from "../../reading/computed-page.ts";
import type { OrderColumn } from "../../reading/list.ts";
import { type Page, type PageRequest, pageOf } from "../../reading/page.ts";
import type { BillingPeriod } from "../../shared/billing-period.ts";
import { type CategoryUsage, type CategoryUsageKey, printedId, type ScopeKind } from "./category-usage.ts";

/** The calendar that plan periods are laid over. */
export interface Calendar {
	/** Periods count up to this month, and no further. */
	readonly currentMonth: BillingPeriod;
	/** IANA zone whose calendar makes the months. */
	readonly timeZone: string;
}

/** Which totals of scopes of one kind. */
export interface CategoryUsageList extends Calendar {
	readonly scopeKind: ScopeKind;
	/** Conditions on the totals, such as monthFrom. */
	readonly where: readonly Sql[];
	/** Newest month first when absent. */
	readonly order?: readonly OrderColumn[];
}

export const newestFirst: readonly OrderColumn[] = [
	{ column: "date", type: "date", descending: true },
	{ column: "type", type: "text" },
	{ column: "categoryComponentUuid", type: "uuid" },
];

/** A page of each scope's totals: one statement for all scopes. Null in place of a scope whose totals the viewer may not read. */
export async function categoryUsagePages(
	queries: Queries,
	viewer: Viewer,
	list: CategoryUsageList,
	request: PageRequest,
	scopeUuids: readonly string[],
): Promise<(Page | null)[]> {
	const rows = await queries.rows<{ scopeUuid: string; categoryComponentUuid: string | null }>(sql`
		select ${list.scopeKind} as "scopeKind", "scope"."uuid" as "scopeUuid", page.*
		from ${name(list.scopeKind)} "scope"
		left join lateral (${computedPage(totalsOf(viewer, list), list.order ?? newestFirst, request)}) page on true
		where ${isOneOf(sql`"scope"."uuid"`, scopeUuids)} and ${consumerSide[list.scopeKind](viewer, sql`"scope"`)}
	`);
	const pages = new Map<string, Page["rows"][number][]>(rows.map(({ scopeUuid }) => [scopeUuid, []]));
	for (const row of rows) if (row.categoryComponentUuid !== null) pages.get(row.scopeUuid)?.push(row);
	return scopeUuids.map((uuid) => {
		const found = pages.get(uuid);
		return found === undefined ? null : pageOf(found, request);
	});
}

const totalsOf = (viewer: Viewer, list: CategoryUsageList): Sql => totals(viewer, list.scopeKind, list, list.where);

/** How many totals each scope has: one statement for all scopes. None where the viewer may not read them. */
export async function categoryUsageCounts(queries: Queries, viewer: Viewer, list: CategoryUsageList, scopeUuids: readonly string[]): Promise<number[]> {
	const rows = await queries.rows<{ uuid: string; count: number }>(sql`
		select "scope"."uuid", (select count(*)::int from (${totalsOf(viewer, list)}) "t") as "count"
		from ${name(list.scopeKind)} "scope"
		where ${isOneOf(sql`"scope"."uuid"`, scopeUuids)} and ${consumerSide[list.scopeKind](viewer, sql`"scope"`)}
	`);
	const counts = new Map(rows.map(({ uuid, count }) => [uuid, count]));
	return scopeUuids.map((uuid) => counts.get(uuid) ?? 0);
}

/** The totals with the keys, all of scopes of one kind: one statement. Null where there is none that the viewer may read. */
export async function categoryUsagesWithKeys(
	queries: Queries,
	viewer: Viewer,
	scopeKind: ScopeKind,
	calendar: Calendar,
	keys: readonly CategoryUsageKey[],
): Promise<(CategoryUsage | null)[]> {
	const wanted = sql`unnest(
		${keys.map((key) => key.scopeUuid)}::text[]::uuid[], ${keys.map((key) => key.categoryComponentUuid)}::text[]::uuid[], ${keys.map((key) => key.date)}::text[]::date[]
	) wanted ("scopeUuid", "categoryComponentUuid", "date")`;
	const rows = await queries.rows<CategoryUsage>(sql`
		select ${scopeKind} as "scopeKind", "scope"."uuid" as "scopeUuid", total.*
		from ${wanted}
		join ${name(scopeKind)} "scope" on "scope"."uuid" = wanted."scopeUuid"
		cross join lateral (${totals(viewer, scopeKind, calendar, [sql`f."date" = wanted."date"`, sql`k."uuid" = wanted."categoryComponentUuid"`])}) total
		where ${consumerSide[scopeKind](viewer, sql`"scope"`)}
	`);
	const byId = new Map(rows.map((row) => [printedId(row), row]));
	return keys.map((key) => byId.get(printedId(key)) ?? null);
}

/** The column of usages and resources that names their scope. */
const scopeColumns = { Customer: sql`"customerUuid"`, Project: sql`"projectUuid"` } as const satisfies Record<ScopeKind, Sql>;

/**
 * The totals of the scope that the statement names "scope": a row for each month and category component that was
 * reported or included in a plan. A sum of nothing is null in SQL, and so is a side without a figure. What was used in a
 * removed project counts for staff alone.
 */
function totals(viewer: Viewer, scopeKind: ScopeKind, calendar: Calendar, where: readonly Sql[]): Sql {
	const column = scopeColumns[scopeKind];
	return sql`
		select k."uuid" as "categoryComponentUuid", k."categoryUuid", k."type", k."name", k."measuredUnit", f."date",
			sum(f."reported") as "reportedUsage", sum(f."fixed") as "fixedUsage"
		from (
			select u."componentUuid", u."billingPeriod" as "date", u."usage" as "reported", null::numeric as "fixed"
			from "ComponentUsage" u where u.${column} = "scope"."uuid" and ${unremoved(viewer, sql`u`)}
			union all
			select included."componentUuid", month::date, null, included."amount"
			from "Resource" r
			join "ResourcePlanPeriod" period on period."resourceUuid" = r."uuid"
			join "PlanComponent" included on included."planUuid" = period."planUuid"
			cross join lateral ${monthsOfPeriod(calendar)} month
			where r.${column} = "scope"."uuid" and ${unremoved(viewer, sql`r`)}
		) f
		join "OfferingComponent" c on c."uuid" = f."componentUuid"
		join "CategoryComponent" k on k."uuid" = c."categoryComponentUuid"
		where ${and([...where])}
		group by k."uuid", f."date"
	`;
}

/**
 * The months that the plan period "period" of the resource "r" overlaps, as their first days. It begins with the resource
 * when its start is not known, and its end is the first moment at which it does not apply any more: moments are exact to
 * the millisecond, so that the one before is the last. A period that ends where it begins overlaps nothing.
 */
function monthsOfPeriod({ currentMonth, timeZone }: Calendar): Sql {
	const begins = sql`coalesce(period."start", r."created")`;
	const monthOf = (moment: Sql) => sql`date_trunc('month', ${moment} at time zone ${timeZone}::text)`;
	const lastMonth = sql`least(${monthOf(sql`(period."end" - interval '1 millisecond')`)}, ${currentMonth}::date::timestamp)`;
	return sql`generate_series(${monthOf(begins)}, case when period."end" <= ${begins} then '-infinity'::timestamp else ${lastMonth} end, interval '1 month')`;
}

/** The condition that a total is of a component of one of the types. */
export const ofTypes = (types: readonly string[]): Sql[] => [isOneOfTexts(sql`k."type"`, types)];

/** The condition that a total's month begins on the day or later. */
export const monthFrom = (day: string): Sql => sql`f."date" >= ${day}::date`;

/** The condition that a total's month begins on the day or earlier. */
export const monthUntil = (day: string): Sql => sql`f."date" <= ${day}::date`;
