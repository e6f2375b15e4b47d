import type { prismaModelKey } from "@pothos/plugin-prisma";
import type { VisibleModel } from "../../access/visibility.ts";
import type { ModelName, Row } from "../../database/model.ts";
import { type DeclaredList, type FilterAndOrder, type FilterOf, listOf, type Order, type OrderOf, requireSingleDemands } from "../../reading/declared-list.ts";
import type { Parent } from "../../reading/list.ts";
import type { PageArguments } from "../../reading/page.ts";
import type { Maybe } from "../../shared/maybe.ts";
import { builder } from "../builder.ts";
import type { ListFilters } from "./filters.ts";
import { connectionType, filterType, orderType } from "./list-types.ts";
import { page } from "./page.ts";

type Types = typeof builder.$inferSchemaTypes;

/** The type of a model's rows, which says in TypeScript too which model it is. */
interface NodeOf<Model extends ModelName> extends PothosSchemaTypes.ObjectRef<Types, Row<Model>> {
	readonly [prismaModelKey]: { readonly Name: Model };
	readonly modelName: string;
}

type ListOrders = Readonly<Record<string, Order & { readonly description: string }>>;

type None = Readonly<Record<never, never>>;

/** A list that is declared once: what its rows are called, and what it can be asked for. */
interface Declaration<Filters extends ListFilters, Orders extends ListOrders> extends DeclaredList<Filters, Orders> {
	/** What its rows are called in descriptions. */
	readonly items: string;
	/** What they are called in the descriptions of the page, of the filter, or of the filter as an argument, where that differs. */
	readonly called?: { readonly page?: string; readonly filter?: string; readonly argument?: string };
}

type InputType<Value> = PothosSchemaTypes.InputObjectRef<Types, Value>;

type Argument<Value> = PothosSchemaTypes.ArgumentRef<Types, Maybe<Value>>;

type PagingArguments = ReturnType<PothosSchemaTypes.InputFieldBuilder<Types, "Arg">["connectionArgs"]>;

/** What a place of the list takes: a filter and an order, where it has any. */
type ListArguments<Filters extends ListFilters, Orders extends ListOrders> = PagingArguments &
	(keyof Filters extends never ? unknown : { filter: Argument<FilterOf<Filters>> }) &
	(keyof Orders extends never ? unknown : { orderBy: Argument<OrderOf<Orders>> });

/**
 * Declares the list of a model's rows: its page type, the input types of its filters and orders, and the conditions and
 * columns that these are in SQL. Each place where it is listed is a field of `page`.
 */
export function list<Model extends VisibleModel, Filters extends ListFilters = None, Orders extends ListOrders = None>(
	node: NodeOf<Model>,
	declaration: Declaration<Filters, Orders>,
) {
	const { items, called = {}, filters, orders } = declaration;
	requireSingleDemands(filters ?? {});
	const model = node.modelName as Model;
	const connection = connectionType<Row<Model>>(node, called.page ?? items);
	const filter = filters === undefined ? undefined : filterType(`${model}Filter`, called.filter ?? items, filters);
	const order = orders === undefined ? undefined : orderType(`${model}Order`, items, orders);
	const which = `Which ${called.argument ?? items}; all when absent.`;

	/** The list below the parent, where there is one, as it is asked for. Throws InvalidInput for what no row can have. */
	const of = (asked: FilterAndOrder<Filters, Orders>, timeZone: string, parent?: Parent) => listOf(model, declaration, asked, timeZone, parent);

	const asked = (parent: Parent | undefined) => ({
		type: connection,
		resolve: page((args: PageArguments & FilterAndOrder<Filters, Orders>, { timeZone }) => of(args, timeZone, parent)),
	});

	return {
		connection,
		/** The input type of its filters, for a field that is no page of it. */
		filter: filter as keyof Filters extends never ? undefined : InputType<FilterOf<Filters>>,
		of,
		/** A field with a page of the list. */
		page: (parent?: Parent) => ({
			...asked(parent),
			args: builder.args((t) => ({
				...t.connectionArgs(),
				...(filter === undefined ? {} : { filter: t.field({ type: filter, description: which }) }),
				...(order === undefined ? {} : { orderBy: t.field({ type: order, description: "In what order; as the field says when absent." }) }),
			})) as unknown as ListArguments<Filters, Orders>,
		}),
	};
}
