import type { FilterOf, OrderOf } from "../../reading/declared-list.ts";
import { builder } from "../builder.ts";
import { OrderDirection } from "../enums.ts";
import type { ListFilters } from "./filters.ts";
import type { ConnectionOf } from "./page.ts";

/**
 * The types of GraphQL that lists have. Pothos infers what fields hold where they are spelled out; these are made from
 * declarations, and what they hold is said here.
 */
type Types = typeof builder.$inferSchemaTypes;

type InputType<Shape> = PothosSchemaTypes.InputObjectRef<Types, Shape>;

type OutputType<Shape> = PothosSchemaTypes.ObjectRef<Types, Shape>;

/** The type of a page of what is called `items`; `Others` are fields that its noun adds, all of them there with the page (Page.others). */
export const connectionType = <Item, Others = unknown>(node: OutputType<Item>, items: string): OutputType<ConnectionOf<Item> & Others> =>
	builder.connectionObject(
		{ type: node, name: `${node.name}Connection`, description: `A page of ${items}.` },
		{ name: `${node.name}Edge`, description: "One object of a page and where it stands in the list." },
	) as unknown as OutputType<ConnectionOf<Item> & Others>;

/** The input type of filters on what is called `items`. */
export const filterType = <Filters extends ListFilters>(name: string, items: string, filters: Filters): InputType<FilterOf<Filters>> =>
	builder.inputType(name, {
		description: `Which ${items}. All that is given must hold.`,
		fields: (t) => Object.fromEntries(Object.entries(filters).map(([called, { field }]) => [called, field(t)])),
	}) as unknown as InputType<FilterOf<Filters>>;

/** The input type of orders of what is called `items`, and the enumeration of what they are ordered by. */
export function orderType<Orders extends Readonly<Record<string, { readonly description: string }>>>(
	name: string,
	items: string,
	orders: Orders,
): InputType<OrderOf<Orders>> {
	const field = builder.enumType(`${name}Field`, {
		description: `What ${items} are ordered by.`,
		values: Object.fromEntries(Object.entries(orders).map(([called, { description }]) => [called, { description }])),
	});
	return builder.inputType(name, {
		description: `In what order ${items} are listed.`,
		fields: (t) => ({
			field: t.field({ type: field, required: true, description: "What they are ordered by." }),
			direction: t.field({ type: OrderDirection, required: true, defaultValue: "ASC", description: "Which way." }),
		}),
	}) as unknown as InputType<OrderOf<Orders>>;
}
