import { type GraphQLObjectType, type GraphQLResolveInfo, getNamedType } from "graphql";
import type { ModelName, Row } from "../../database/model.ts";
import { selectionKey } from "../../database/select.ts";
import { cursorOf, type List, type OrderColumn, selectionForCursors } from "../../reading/list.ts";
import { type Page, type PageArguments, pageOf, pageRequest } from "../../reading/page.ts";
import type { AnyRow } from "../../reading/statements.ts";
import type { Context } from "../context.ts";
import { connectionPlan } from "../query-plan/connection-plan.ts";
import type { FieldPlan } from "../query-plan/execution.ts";
import { type Place, refusalAt } from "../query-plan/planner.ts";
import { asksFor, rowSelectionOf } from "../selection.ts";
import { type ComputedPageSource, type ComputedPages, type PageSource, withSource } from "./source.ts";

/** What a connection type resolves to. Cursors are made, and the list is counted, only when asked for. */
export interface ConnectionOf<Item> {
	readonly edges: { readonly cursor: string; readonly node: Item }[];
	readonly pageInfo: {
		readonly hasNextPage: boolean;
		readonly hasPreviousPage: boolean;
		readonly startCursor: string | null;
		readonly endCursor: string | null;
	};
	readonly totalCount: () => Promise<number>;
}

/** Where a connection's rows are in what is asked of it. */
export const rowPaths = [["edges", "node"], ["nodes"]] as const;

/** Where its cursors are. */
const cursorPaths = [
	["edges", "cursor"],
	["pageInfo", "startCursor"],
	["pageInfo", "endCursor"],
] as const;

/** Resolves to a page of the list that the arguments ask for: below the row where the list has a parent. */
export function page<Model extends ModelName, Args extends PageArguments>(list: (args: Args, zone: Pick<Context, "timeZone">) => List & { model: Model }) {
	const resolve = async (row: unknown, args: Args, context: Context, info: GraphQLResolveInfo): Promise<ConnectionOf<Row<Model>>> => {
		const { load, statements } = context.read;
		const asked: List & { model: Model } = list(args, context);
		const request = pageRequest(args);
		const rowSelection = rowSelectionOf(info, asked.model, rowPaths);
		const selection = asksFor(info, cursorPaths) ? selectionForCursors(asked.order, rowSelection) : rowSelection;
		if (asked.parent === undefined) return connectionOf(asked.order, await statements.page(asked, selection, request), () => statements.count(asked));
		const { uuid } = row as { uuid: string };
		const batch = `page ${asked.key} ${selectionKey(selection)} ${JSON.stringify(request)}`;
		const found = await load(batch, (parents) => statements.pages(asked, selection, request, parents), uuid);
		return connectionOf(asked.order, found, () => load(`count ${asked.key}`, (parents) => statements.counts(asked, parents), uuid));
	};
	return withSource({ kind: "page", list }, resolve);
}

export function planPage({ list: listOf }: PageSource, place: Place): FieldPlan {
	const { field, asked, planner } = place;
	const rowType = getNamedType((getNamedType(field.type) as GraphQLObjectType).getFields()["nodes"]?.type);
	const rowSelection = planner.selection(asked, String(rowType), rowPaths);
	const hasCursors = planner.asksFor(asked, cursorPaths);
	const isCounted = planner.asksFor(asked, [["totalCount"]]);
	const args = planner.args(asked);
	return connectionPlan(place, {
		keyOf: (row) => (typeof row["uuid"] === "string" ? row["uuid"] : ""),
		read: async (uuids, execution) => {
			const given: PageArguments = args(execution);
			const list = listOf(given as never, execution.context);
			const selection = hasCursors ? selectionForCursors(list.order, rowSelection) : rowSelection;
			const request = pageRequest(given);
			const { statements } = execution;
			if (list.parent === undefined) {
				const [page, count] = await Promise.all([statements.page(list, selection, request), isCounted ? statements.count(list) : undefined]);
				return uuids.map(() => ({ page, order: list.order, count }));
			}
			const [pages, counts] = await Promise.all([statements.pages(list, selection, request, uuids), isCounted ? statements.counts(list, uuids) : undefined]);
			return pages.map((page, index) => ({ page, order: list.order, count: counts?.[index] }));
		},
	});
}

/**
 * Resolves to a page of rows that are computed for a key of the object or the arguments, in one batch for all keys. `Others` are
 * the other fields of its connection, which are there with the page.
 */
export function computedPage<Item, Holder, Args extends PageArguments, Others = unknown>(
	key: (holder: Holder, args: Args) => string,
	reading: (args: Args, context: Context) => ComputedPages,
) {
	const resolve = async (holder: Holder, args: Args, context: Context): Promise<ConnectionOf<Item> & Others> => {
		const found = key(holder, args);
		const { name, order, pages, counts, refusal, largest } = reading(args, context);
		const request = pageRequest(args, largest);
		const read = await context.read.load(`page ${name} ${JSON.stringify(request)}`, (keys) => pages(keys, request), found);
		if (read === null && refusal !== undefined) throw refusal();
		const count = async () => (counts === undefined ? (read?.count ?? 0) : context.read.load(`count ${name}`, counts, found));
		return Object.assign(connectionOf<Item>(order, read ?? pageOf([], request), count), read?.others as Others);
	};
	return withSource({ kind: "computedPage", key, reading }, resolve);
}

export function planComputedPage({ key, reading }: ComputedPageSource, place: Place): FieldPlan {
	const { asked, planner } = place;
	const args = planner.args(asked);
	const isCounted = planner.asksFor(asked, [["totalCount"]]);
	return connectionPlan(place, {
		keyOf: (row, execution) => key(row as never, args(execution)),
		read: async (keys, execution) => {
			const given: PageArguments = args(execution);
			try {
				const { order, pages, counts, refusal, largest } = reading(given as never, execution.context);
				const request = pageRequest(given, largest);
				const [found, counted] = await Promise.all([pages(keys, request), isCounted ? counts?.(keys) : undefined]);
				return found.map((page, index) => {
					if (page === null && refusal !== undefined) throw refusal();
					return { page: page ?? pageOf([], request), order, count: counted?.[index] ?? page?.count };
				});
			} catch (error) {
				throw refusalAt(place, error);
			}
		},
	});
}

/** Rows in an order, stored or computed, as a connection. */
function connectionOf<Item>(
	order: readonly OrderColumn[],
	{ rows, hasNextPage, hasPreviousPage }: Page,
	totalCount: () => Promise<number>,
): ConnectionOf<Item> {
	const edges = rows.map((row) => new Edge<Item>(order, row));
	return {
		edges,
		pageInfo: {
			hasNextPage,
			hasPreviousPage,
			get startCursor() {
				return edges[0]?.cursor ?? null;
			},
			get endCursor() {
				return edges.at(-1)?.cursor ?? null;
			},
		},
		totalCount,
	};
}

/** One row of a page. */
class Edge<Item> {
	readonly node: Item;
	readonly #order: readonly OrderColumn[];

	constructor(order: readonly OrderColumn[], row: AnyRow) {
		this.node = row as Item;
		this.#order = order;
	}

	get cursor(): string {
		return cursorOf(this.#order, this.node as AnyRow);
	}
}
