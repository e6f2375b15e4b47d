import type { GraphQLResolveInfo } from "graphql";
import type { ModelName, Row } from "../database/model.ts";
import { cursorOf, type List, type OrderColumn } from "../reading/list.ts";
import { type Page, type PageArguments, pageRequest } from "../reading/page.ts";
import type { Context } from "./context.ts";
import { shapeOf } from "./shape-of.ts";

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

/** A page of the list, below the parent row where the list has one. */
export async function connection<Model extends ModelName>(
	list: List & { model: Model },
	args: PageArguments,
	context: Context,
	info: GraphQLResolveInfo,
	parent?: { uuid: string },
): Promise<ConnectionOf<Row<Model>>> {
	const shape = shapeOf(info, list.model, [["edges", "node"], ["nodes"]]);
	const page = await context.read.page(list, shape, pageRequest(args), parent?.uuid);
	return connectionOf(list.order, page, () => context.read.count(list, parent?.uuid));
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
