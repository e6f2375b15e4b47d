import type { Viewer } from "../../access/viewer.ts";
import { visibility } from "../../access/visibility.ts";
import type { Queries } from "../../database/database.ts";
import { and, isOneOf, list, name, raw, type Sql, sql } from "../../database/sql.ts";
import { conditions, when } from "../../reading/conditions.ts";
import { betweenCursors, type OrderColumn, orderBy } from "../../reading/list.ts";
import { limitOf, type PageRequest } from "../../reading/page.ts";
import type { Maybe } from "../../shared/maybe.ts";
import type { AllGroups, Dimension, TotalledMonths, TotalsOrder, UsageTotal } from "./usage-totals.ts";

/** What usage is totalled: null and absent are all; an empty list is none. */
export interface TotalsFilter {
	customers?: Maybe<readonly string[]>;
	projects?: Maybe<readonly string[]>;
	resources?: Maybe<readonly string[]>;
	offerings?: Maybe<readonly string[]>;
	providers?: Maybe<readonly string[]>;
	categories?: Maybe<readonly string[]>;
	types?: Maybe<readonly string[]>;
}

/** The column of a usage record that names whose totals are asked for, where they are asked for below an object. */
export type ScopeColumn = "customerUuid" | "projectUuid" | "resourceUuid" | "offeringUuid";

/** A question about usage, checked (see usage-totals.ts). */
export interface TotalsQuestion {
	readonly groupBy: readonly Dimension[];
	readonly filter: TotalsFilter;
	readonly months: TotalledMonths;
	/** The condition on usernames of parts, looked up (see nameContains); parts are totalled where there is one. */
	readonly username?: Sql | undefined;
	readonly scope?: ScopeColumn | undefined;
}

/** The groups of a page, one more where there is one, and what all groups are together. */
export interface FoundTotals extends AllGroups {
	readonly rows: readonly UsageTotal[];
}

/** How a key of the groups is read: of the record "u", its part "t", its component "c" or its offering "o". */
interface Key {
	readonly column: keyof UsageTotal;
	readonly type: "date" | "text" | "uuid";
	readonly expression: (months: TotalledMonths) => Sql;
	/** The table of the object that the key names, and what people call the object. */
	readonly named?: { readonly table: string; readonly column: string };
}

const period = (unit: string): Key => ({
	column: "period",
	type: "date",
	expression: ({ from, previous }) => {
		const month = sql`u."billingPeriod"`;
		const counted =
			previous === null ? month : sql`case when ${month} < ${from}::date then ${month} + make_interval(months => ${previous.months}::int) else ${month} end`;
		return sql`date_trunc(${raw(`'${unit}'`)}, ${counted})::date`;
	},
});

const named = (column: keyof UsageTotal, expression: Sql, table: string, called = "name"): Key => ({
	column,
	type: "uuid",
	expression: () => expression,
	named: { table, column: called },
});

const keys: { readonly [Name in Dimension]: Key } = {
	MONTH: period("month"),
	QUARTER: period("quarter"),
	YEAR: period("year"),
	CUSTOMER: named("customerUuid", sql`u."customerUuid"`, "Customer"),
	PROJECT: named("projectUuid", sql`u."projectUuid"`, "Project"),
	RESOURCE: named("resourceUuid", sql`u."resourceUuid"`, "Resource"),
	OFFERING: named("offeringUuid", sql`u."offeringUuid"`, "Offering"),
	PROVIDER: named("providerUuid", sql`o."providerUuid"`, "Customer"),
	CATEGORY: named("categoryUuid", sql`o."categoryUuid"`, "Category", "title"),
	COMPONENT_TYPE: { column: "componentType", type: "text", expression: () => sql`u."type"` },
	USERNAME: { column: "username", type: "text", expression: () => sql`t."username"` },
};

/** Where the name of a key's object is in a group. */
const nameOf = ({ column }: Key): string => column.replace("Uuid", "Name");

/** The columns of an order of groups: by amounts and then by keys, or by keys: those of objects by their names. Last by unit: a group has one. */
export function totalsOrder(groupBy: readonly Dimension[], order: TotalsOrder, descending: boolean): readonly OrderColumn[] {
	const amount = { TOTAL: "total", CHANGE: "change", KEY: undefined }[order];
	const ofKeys = groupBy.flatMap((dimension): OrderColumn[] => {
		const key = keys[dimension];
		const itself = { column: key.column, type: key.type, descending };
		return amount === undefined && key.named !== undefined ? [{ column: nameOf(key), type: "text", descending }, itself] : [itself];
	});
	const ofAmount: OrderColumn[] = amount === undefined ? [] : [{ column: amount, type: "numeric", descending }];
	return [...ofAmount, ...ofKeys, { column: "measuredUnit", type: "text", descending }];
}

/**
 * A page of the groups below each scope; without scopes, one of all. One statement. Sums, counts and orders are of the records
 * that the viewer sees, and of no others.
 */
export async function usageTotals(
	queries: Queries,
	viewer: Viewer,
	question: TotalsQuestion,
	order: readonly OrderColumn[],
	request: PageRequest,
	scopes: readonly string[] | undefined,
): Promise<FoundTotals[]> {
	const found = sql`
		with g as (${groups(viewer, question, order)})
		select a.*, "t".* from (
			select count(*)::int as "groups", min("measuredUnit") as "firstUnit", max("measuredUnit") as "lastUnit",
				sum("total") as "sum", ${question.months.previous === null ? sql`null` : sql`sum("previousTotal")`} as "previousSum",
				coalesce(sum("records"), 0)::float8 as "allRecords"
			from g
		) a left join (select * from g "t" where ${and(betweenCursors(order, request))} order by ${orderBy(order, request.fromEnd)} ${limitOf(request)}) "t" on true
		order by ${orderBy(order, request.fromEnd)}
	`;
	type Found = AllGroups & UsageTotal & { place: number };
	const rows = await queries.rows<Found>(
		scopes === undefined
			? found
			: sql`
				select parent.place::int, page.* from unnest(${scopes}::uuid[]) with ordinality parent (uuid, place) cross join lateral (${found}) page
			`,
	);
	return (scopes ?? [undefined]).map((_scope, index) => {
		const ofScope = scopes === undefined ? rows : rows.filter(({ place }) => place === index + 1);
		const [first] = ofScope;
		if (first === undefined) throw new Error("There is a row for each scope.");
		return { ...first, rows: ofScope.filter(({ measuredUnit }) => measuredUnit !== null) };
	});
}

/** All groups of the question, with the names that they are ordered by. */
function groups(viewer: Viewer, question: TotalsQuestion, order: readonly OrderColumn[]): Sql {
	const asked = question.groupBy.map((dimension) => keys[dimension]);
	const shown = asked.flatMap((key) => {
		const isOrderedByName = order.some(({ column }) => column === nameOf(key));
		return key.named === undefined || !isOrderedByName ? [] : [{ ...key.named, key, alias: name(key.column.replace("Uuid", "")) }];
	});
	const names = shown.map(({ key, column, alias }) => sql`${alias}.${name(column)} as ${name(nameOf(key))}`);
	const joins = shown.map(({ key, table, alias }) => sql`join ${name(table)} ${alias} on ${alias}."uuid" = s.${name(key.column)}`);
	return sql`select ${list([sql`s.*`, ...names])} from (${sums(viewer, question)}) s ${list(joins, " ")}`;
}

function sums(viewer: Viewer, { groupBy, filter, months, username, scope }: TotalsQuestion): Sql {
	const asked = groupBy.map((dimension) => keys[dimension]);
	const isOfParts = username !== undefined || groupBy.includes("USERNAME");
	const needsOffering = groupBy.some((dimension) => dimension === "PROVIDER" || dimension === "CATEGORY");
	const amount = isOfParts ? sql`t."usage"` : sql`u."usage"`;
	const from = isOfParts ? sql`"ComponentUserUsage" t join "ComponentUsage" u on u."uuid" = t."componentUsageUuid"` : sql`"ComponentUsage" u`;
	const counted = (is: Sql) => sql`coalesce(sum(${amount}) filter (where u."billingPeriod" ${is}), 0)`;
	const { from: first, previous } = months;
	const amounts =
		previous === null
			? sql`sum(${amount}) as "total", count(*)::int as "records"`
			: sql`${counted(sql`>= ${first}::date`)} as "total", count(*) filter (where u."billingPeriod" >= ${first}::date)::int as "records",
				${counted(sql`< ${first}::date`)} as "previousTotal",
				${counted(sql`>= ${first}::date`)} - ${counted(sql`< ${first}::date`)} as "change"`;
	return sql`
		select ${list([...asked.map(({ column, expression }) => sql`${expression(months)} as ${name(column)}`), sql`c."measuredUnit"`, amounts])}
		from ${from} join "OfferingComponent" c on c."uuid" = u."componentUuid"
		${needsOffering ? sql`join "Offering" o on o."uuid" = u."offeringUuid"` : raw("")}
		where ${and([
			...(scope === undefined ? [] : [sql`u.${name(scope)} = parent.uuid`]),
			...filterConditions(filter),
			...monthConditions(months),
			...(username === undefined ? [] : [username]),
			// Who sees a record sees its parts.
			visibility.ComponentUsage(viewer, sql`u`),
		])}
		group by ${list([...asked.map((_key, index) => raw(String(index + 1))), sql`c."measuredUnit"`])}
	`;
}

const monthConditions = ({ from, to, previous }: TotalledMonths): Sql[] =>
	conditions(
		when(previous?.from ?? from, (month) => sql`u."billingPeriod" >= ${month}::date`),
		when(to, (month) => sql`u."billingPeriod" <= ${month}::date`),
	);

/** The offerings with one of the uuids in a column of theirs: looked up once, and not for each record. */
const ofOfferings = (column: "providerUuid" | "categoryUuid", uuids: readonly string[]): Sql =>
	sql`u."offeringUuid" = any(array(select offered."uuid" from "Offering" offered where ${isOneOf(sql`offered.${name(column)}`, uuids)}))`;

const filterConditions = ({ customers, projects, resources, offerings, providers, categories, types }: TotalsFilter): Sql[] =>
	conditions(
		when(customers, (uuids) => isOneOf(sql`u."customerUuid"`, uuids)),
		when(projects, (uuids) => isOneOf(sql`u."projectUuid"`, uuids)),
		when(resources, (uuids) => isOneOf(sql`u."resourceUuid"`, uuids)),
		when(offerings, (uuids) => isOneOf(sql`u."offeringUuid"`, uuids)),
		when(providers, (uuids) => ofOfferings("providerUuid", uuids)),
		when(categories, (uuids) => ofOfferings("categoryUuid", uuids)),
		when(types, (names) => sql`u."type" = any(${names}::text[])`),
	);
