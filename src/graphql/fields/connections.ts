import type { GraphQLResolveInfo } from "graphql";
import type { ModelName, Row } from "../../database/model.ts";
import { cursorOf, type List, type OrderColumn, shapeForCursors } from "../../reading/list.ts";
import { type Page, type PageArguments, pageRequest } from "../../reading/page.ts";
import type { Context } from "../context.ts";
import { asksFor, shapeOf } from "../selection.ts";
import { telling } from "./reads.ts";

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

/** Where a connection's rows stand in what is asked of it. */
export const rowPaths = [["edges", "node"], ["nodes"]] as const;

/** Where its cursors do. */
export const cursorPaths = [
	["edges", "cursor"],
	["pageInfo", "startCursor"],
	["pageInfo", "endCursor"],
] as const;

/** Resolves to a page of the list that the arguments ask for: below the row where the list has a parent. */
export function pages<Model extends ModelName, Args extends PageArguments>(list: (args: Args, zone: Pick<Context, "timeZone">) => List & { model: Model }) {
	const resolve = async (row: unknown, args: Args, context: Context, info: GraphQLResolveInfo): Promise<ConnectionOf<Row<Model>>> => {
		const asked: List & { model: Model } = list(args, context);
		const parent = asked.parent === undefined ? undefined : (row as { uuid: string }).uuid;
		const shape = shapeOf(info, asked.model, rowPaths);
		const page = await context.read.page(asked, asksFor(info, cursorPaths) ? shapeForCursors(asked.order, shape) : shape, pageRequest(args), parent);
		return connectionOf(asked.order, page, () => context.read.count(asked, parent));
	};
	return telling({ kind: "pages", list }, resolve);
}

/** Rows in an order, stored or computed, as a connection. */
export function connectionOf<Item>(
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

	constructor(order: readonly OrderColumn[], row: Record<string, unknown>) {
		this.node = row as Item;
		this.#order = order;
	}

	get cursor(): string {
		return cursorOf(this.#order, this.node as Record<string, unknown>);
	}
}
