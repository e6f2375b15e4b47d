import type { VisibleModel } from "../access/visibility.ts";
import type { Queries } from "../database/database.ts";
import type { ModelName } from "../database/model.ts";
import { name, type Sql, sql } from "../database/sql.ts";
import type { Maybe } from "../shared/maybe.ts";
import { type Direction, type List, type OrderColumn, type Parent, thenUuid } from "./list.ts";

/** What the conditions of a filter are made with. */
export interface FilterContext {
	/** The filter's column. */
	readonly column: Sql;
	/** IANA zone whose calendar days filters compare with. */
	readonly timeZone: string;
	/** The values of all filters that are given, by name. */
	readonly given: Readonly<Record<string, unknown>>;
}

/** Which row's column a filter is about. */
export interface FilterColumn {
	/** The column; the one that is called like the filter, when absent. */
	readonly column?: string;
	/** The link to the row that has it; a row of the list itself, when absent. */
	readonly link?: string;
	/** The linked row's model: only rows whose linked row the viewer sees are kept. */
	readonly seen?: VisibleModel;
	/** The model of the row whose uuid is given: to a viewer who does not see it, the list is empty. */
	readonly sees?: VisibleModel;
}

/** What a filter does to a list when it is given a value. */
export interface Filter<Value> extends FilterColumn {
	/** All of them hold of the rows that are kept. Throws InvalidInput for what no row can have. */
	readonly conditions: (value: Value, context: FilterContext) => readonly Sql[];
	/** A condition that depends on what else is stored. Throws InvalidInput likewise. */
	readonly lookUp?: (value: Value) => (queries: Queries) => Promise<Sql>;
}

export type Filters = Readonly<Record<string, Filter<never>>>;

/** The filters' values as clients give them. */
export type FilterOf<Declared extends Filters> = { [Name in keyof Declared]?: Maybe<Declared[Name] extends Filter<infer Value> ? Value : never> };

/** An order: by a column and then by uuid, or by columns of its own. */
export type Order =
	| { readonly column: string; readonly type: OrderColumn["type"] }
	| { readonly columns: (descending: boolean, parent: Parent | undefined) => readonly OrderColumn[] };

export type Orders = Readonly<Record<string, Order>>;

/** Which order a client asks for. */
export interface OrderOf<Declared extends Readonly<Record<string, unknown>>> {
	field: keyof Declared & string;
	direction: Direction;
}

/** A list as it is declared, before anything is asked of it. */
export interface DeclaredList<DeclaredFilters extends Filters, DeclaredOrders extends Orders> {
	readonly filters?: DeclaredFilters;
	readonly orders?: DeclaredOrders;
	/** In what order it is while none is asked for; it can depend on where it is listed. */
	readonly order: readonly OrderColumn[] | ((parent: Parent | undefined) => readonly OrderColumn[]);
	/** What holds of the row behind a link, stated whenever that is joined in. */
	readonly linked?: Readonly<Record<string, Sql>>;
}

/** What is asked of a list. */
export interface FilterAndOrder<DeclaredFilters extends Filters, DeclaredOrders extends Orders> {
	filter?: Maybe<FilterOf<DeclaredFilters>>;
	orderBy?: Maybe<OrderOf<DeclaredOrders>>;
}

/** The rows of the model that are asked for, below the parent where there is one. Throws InvalidInput for what no row can have. */
export function listOf<Model extends VisibleModel, DeclaredFilters extends Filters, DeclaredOrders extends Orders>(
	model: Model,
	declared: DeclaredList<DeclaredFilters, DeclaredOrders>,
	{ filter, orderBy }: FilterAndOrder<DeclaredFilters, DeclaredOrders>,
	timeZone: string,
	parent?: Parent,
): List & { model: Model } {
	const given = givenFilters(declared.filters ?? {}, filter);
	const order = orderOf(model, declared, orderBy, parent);
	const links = linksOf(given, order, parent);
	return {
		model,
		key: JSON.stringify([model, parent, filter, orderBy]),
		where: [...links.flatMap((link) => declared.linked?.[link] ?? []), ...conditionsOf(given, timeZone)],
		order,
		links,
		...demandsOf(given),
		...(parent === undefined ? {} : { parent }),
	};
}

/** The conditions of the filters that are given, for statements that are of no model. Throws InvalidInput for what no row can have. */
export const filterConditions = <Declared extends Filters>(filters: Declared, values: Maybe<FilterOf<Declared>>, timeZone: string): Sql[] =>
	conditionsOf(givenFilters(filters, values), timeZone);

interface GivenFilter {
	readonly called: string;
	readonly filter: Filter<never>;
	/** Of the filter's own type: the schema has checked it. */
	readonly value: never;
}

function givenFilters<Declared extends Filters>(filters: Declared, values: Maybe<FilterOf<Declared>>): GivenFilter[] {
	return Object.entries(filters).flatMap(([called, filter]) => {
		const value = values?.[called];
		return value == null ? [] : [{ called, filter, value: value as never }];
	});
}

function conditionsOf(filters: readonly GivenFilter[], timeZone: string): Sql[] {
	const given = Object.fromEntries(filters.map(({ called, value }) => [called, value]));
	return filters.flatMap(({ called, filter: { column = called, link, conditions }, value }) =>
		conditions(value, { column: sql`${name(link === undefined ? "t" : `t.${link}`)}.${name(column)}`, timeZone, given }),
	);
}

/** What the filters demand of the list beside conditions. */
function demandsOf(filters: readonly GivenFilter[]): Pick<List, "lookUp" | "seenLink" | "sees"> {
	const demands = filters.map(({ filter: { link, seen, sees, lookUp }, value }) => ({
		...(lookUp === undefined ? {} : { lookUp: lookUp(value) }),
		...(seen === undefined || link === undefined ? {} : { seenLink: { link, model: seen } }),
		...(sees === undefined ? {} : { sees: { model: sees, uuid: value } }),
	}));
	return Object.assign({}, ...demands);
}

/** Throws when two filters demand what a list has once: the second would replace the first, and show more than was asked for. */
export function requireSingleDemands(filters: Filters): void {
	for (const demand of ["lookUp", "seen", "sees"] as const) {
		const demanding = Object.entries(filters).filter(([, filter]) => filter[demand] !== undefined);
		if (demanding.length > 1) throw new Error(`A list has one filter with ${demand}, not ${demanding.map(([called]) => called).join(" and ")}.`);
	}
}

/** The columns of the order that is asked for. */
export function orderOf<DeclaredOrders extends Orders>(
	model: ModelName,
	{ orders, order }: Pick<DeclaredList<Filters, DeclaredOrders>, "orders" | "order">,
	orderBy: Maybe<OrderOf<DeclaredOrders>>,
	parent?: Parent,
): readonly OrderColumn[] {
	if (orderBy == null) return typeof order === "function" ? order(parent) : order;
	const asked: Order | undefined = orders?.[orderBy.field];
	if (asked === undefined) throw new Error(`${model} is not ordered by ${orderBy.field}.`);
	const descending = orderBy.direction === "DESC";
	return "columns" in asked ? asked.columns(descending, parent) : [{ column: asked.column, type: asked.type, descending }, thenUuid(model, descending)];
}

/** The links that filters, order or parent refer to. */
function linksOf(filters: readonly GivenFilter[], order: readonly OrderColumn[], parent: Parent | undefined): string[] {
	const ofFilters = filters.flatMap(({ filter: { link } }) => link ?? []);
	const ofOrder = order.flatMap(({ column }) => (column.includes(".") ? [column.slice(0, column.lastIndexOf("."))] : []));
	const ofParent = parent !== undefined && "link" in parent && parent.link !== undefined ? [parent.link] : [];
	return [...new Set([...ofFilters, ...ofOrder, ...ofParent])];
}
