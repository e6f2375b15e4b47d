import type { GraphQLResolveInfo } from "graphql";
import { isVisibleModel, type VisibleModel } from "../../access/visibility.ts";
import { type LinkName, type LinkTarget, linkOf, type ModelName, type Row } from "../../database/model.ts";
import type { Context } from "../context.ts";
import { notFound } from "../errors.ts";
import { shapeOf } from "../selection.ts";
import { telling } from "./reads.ts";

/** Resolves to the row with the uuid that is given. Throws NOT_FOUND when there is none that the viewer sees. */
export function rowByUuid<Model extends VisibleModel>(model: Model) {
	const resolve = (_root: unknown, { uuid }: { uuid: string }, context: Context, info: GraphQLResolveInfo) => visibleRow(model, uuid, context, info);
	return telling({ kind: "visible", model, uuid: ({ uuid }: { uuid: string }) => uuid }, resolve);
}

/** The row with the uuid. Throws NOT_FOUND when there is none that the viewer sees. */
export async function visibleRow<Model extends VisibleModel>(model: Model, uuid: string, context: Context, info: GraphQLResolveInfo): Promise<Row<Model>> {
	const row = await context.read.visible(model, shapeOf(info, model), uuid);
	if (row === null) throw notFound(model, uuid);
	return row as unknown as Row<Model>;
}

/** Rows that a mutation has stored, in one batch. Asked for again: it may have been stored by an earlier call under the same key. */
export const visibleRows = <Model extends VisibleModel>(
	model: Model,
	uuids: readonly string[],
	context: Context,
	info: GraphQLResolveInfo,
): Promise<Row<Model>[]> => Promise.all(uuids.map((uuid) => visibleRow(model, uuid, context, info)));

/** Resolves to the row whose uuid the object in hand names. */
export function rowNamedIn<Model extends ModelName, Holder>(model: Model, uuidIn: (holder: Holder) => string) {
	const resolve = (holder: Holder, _args: object, context: Context, info: GraphQLResolveInfo) => storedRow(model, uuidIn(holder), context, info);
	return telling({ kind: "stored", model, uuid: uuidIn }, resolve);
}

/**
 * Resolves to the row that a link leads to, if there is one and the viewer sees it: for links that lead out of what who
 * sees the row sees.
 */
export function seenLink<Model extends ModelName, Link extends LinkName<Model>>(model: Model, link: Link) {
	const { model: target, column, documentation } = linkOf(model, link);
	if (!isVisibleModel(target)) throw new Error(`src/access/visibility.ts does not say who sees a ${target}.`);
	const resolve = async (row: Row<Model>, _args: object, context: Context, info: GraphQLResolveInfo) => {
		const uuid = (row as Record<string, unknown>)[column];
		const seen = typeof uuid === "string" ? await context.read.visible(target, shapeOf(info, target), uuid) : null;
		return seen as unknown as Row<LinkTarget<Model, Link>> | null;
	};
	return { nullable: true, description: documentation ?? "", resolve: telling({ kind: "seen", model: target, column }, resolve) } as const;
}

/** Resolves to a value for the row, loaded in one batch for all rows that are asked the same; `kind` tells it from other values. */
export function valueOfRow<Args, Value>(kind: string, load: (uuids: readonly string[], args: Args, context: Context) => Promise<Value[]>) {
	const resolve = ({ uuid }: { uuid: string }, args: Args, context: Context) =>
		context.read.batched(`${kind} ${JSON.stringify(args)}`, (uuids) => load(uuids, args, context), uuid);
	return telling({ kind: "values", load }, resolve);
}

/** Resolves to what is made of the object in hand alone: of the columns that are named, when it is a row. */
export function madeOf<Holder, Value>(columns: readonly (keyof Holder & string)[], value: (holder: Holder, context: Context) => Value) {
	const resolve = (holder: Holder, _args: object, context: Context) => value(holder, context);
	return telling({ kind: "made", columns, value }, resolve);
}

/** A row that one that the viewer sees links to. */
export async function storedRow<Model extends ModelName>(model: Model, uuid: string, context: Context, info: GraphQLResolveInfo): Promise<Row<Model>> {
	const row = await context.read.linked(model, shapeOf(info, model), uuid);
	if (row === null) throw notFound(model, uuid);
	return row as unknown as Row<Model>;
}
