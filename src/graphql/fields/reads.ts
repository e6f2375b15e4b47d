import type { GraphQLField } from "graphql";
import type { VisibleModel } from "../../access/visibility.ts";
import type { ModelName } from "../../database/model.ts";
import type { List } from "../../reading/list.ts";
import type { Context } from "../context.ts";

/**
 * What a resolver reads, told by the resolver: a row is then read with the columns and links that will be asked of it, and
 * whoever plans a query can read for all rows of a level at once, before there is a row to resolve.
 */
export type Reads =
	/** A row that its own row links to, read together with it. */
	| { readonly kind: "link"; readonly link: string }
	/** A page of the list that the arguments ask for: below the row, or of the whole model at the root. */
	| { readonly kind: "pages"; readonly list: (args: never, zone: Pick<Context, "timeZone">) => List }
	/** All of a short list below the row. */
	| { readonly kind: "whole"; readonly list: List }
	/** The row with a uuid, if the viewer sees it; at the root. */
	| { readonly kind: "visible"; readonly model: VisibleModel; readonly uuid: (args: never, context: Context) => string }
	/** The row whose uuid the object in hand names. */
	| { readonly kind: "stored"; readonly model: ModelName; readonly uuid: (object: never) => string }
	/** The row whose uuid stands in a column, if it stands there and the viewer sees the row. */
	| { readonly kind: "seen"; readonly model: VisibleModel; readonly column: string }
	/** A value for each row, by their uuids and in their order. */
	| { readonly kind: "values"; readonly load: (uuids: readonly string[], args: never, context: Context) => Promise<readonly unknown[]> }
	/** Nothing more: its value is made of the object in hand, of these columns when it is a row. */
	| { readonly kind: "made"; readonly columns: readonly string[]; readonly value: (object: never, context: Context) => unknown };

/** The resolver, which tells what it reads from now on. */
export const telling = <Resolve extends object>(reads: Reads, resolve: Resolve): Resolve => Object.assign(resolve, { reads });

/** What the field's resolver reads; undefined when it does not tell. */
export function readsOf({ extensions }: GraphQLField<unknown, unknown>): Reads | undefined {
	const { pothosOptions } = extensions as { pothosOptions?: { resolve?: { reads?: Reads } } };
	return pothosOptions?.resolve?.reads;
}

/** The property of its object that the field shows as it is; undefined when it does more. */
export const exposedBy = ({ extensions }: GraphQLField<unknown, unknown>): string | undefined =>
	(extensions as { pothosExposedField?: string }).pothosExposedField;
