import type { GraphQLResolveInfo } from "graphql";
import { isVisibleModel, type VisibleModel } from "../../access/visibility.ts";
import { type LinkName, type LinkTarget, linkOf, type ModelName, type Row } from "../../database/model.ts";
import { type RowSelection, selectionKey } from "../../database/select.ts";
import { sharedLookup } from "../../reading/shared-lookup.ts";
import { type AnyRow, createStatements } from "../../reading/statements.ts";
import type { Context } from "../context.ts";
import { notFound } from "../errors.ts";
import { byKey } from "../query-plan/by-key.ts";
import type { Execution, FieldPlan } from "../query-plan/execution.ts";
import { type Place, refusalAt } from "../query-plan/planner.ts";
import { rowSelectionOf } from "../selection.ts";
import { type ByUuidSource, withSource } from "./source.ts";

/** Resolves to the row with the uuid that is given. Throws NOT_FOUND when there is none that the viewer sees. */
export const byUuid = <Model extends VisibleModel>(model: Model) => rowOf(model, (_root: unknown, { uuid }: { uuid: string }) => uuid);

/** Resolves to the row whose uuid the arguments or the context say. Throws NOT_FOUND when there is none that the viewer sees. */
export function rowOf<Model extends VisibleModel, Holder, Args>(model: Model, uuid: (holder: Holder, args: Args, context: Context) => string) {
	const resolve = (holder: Holder, args: Args, context: Context, info: GraphQLResolveInfo) => visibleRow(model, uuid(holder, args, context), context, info);
	return withSource({ kind: "byUuid", model, uuid, sight: "viewer", absent: "refused", columns: [] }, resolve);
}

/** Resolves to the row whose uuid the object in hand names: who sees the object sees the row. */
export function namedIn<Model extends ModelName, Holder>(model: Model, uuid: (holder: Holder) => string) {
	const resolve = async (holder: Holder, _args: object, context: Context, info: GraphQLResolveInfo): Promise<Row<Model>> => {
		const row = await linkedRow(model, rowSelectionOf(info, model), uuid(holder), context);
		if (row === null) throw notFound(model, uuid(holder));
		return row as unknown as Row<Model>;
	};
	return withSource({ kind: "byUuid", model, uuid, sight: "holder", absent: "refused", columns: [] }, resolve);
}

/** The same where the object in hand may name none. */
export function optionallyNamedIn<Model extends ModelName, Holder>(model: Model, uuid: (holder: Holder) => string | null) {
	const resolve = async (holder: Holder, _args: object, context: Context, info: GraphQLResolveInfo): Promise<Row<Model> | null> => {
		const named = uuid(holder);
		return named === null ? null : ((await linkedRow(model, rowSelectionOf(info, model), named, context)) as unknown as Row<Model> | null);
	};
	return withSource({ kind: "byUuid", model, uuid, sight: "holder", absent: "null", columns: [] }, resolve);
}

/**
 * Resolves to the row that a link leads to, if there is one and the viewer sees it: for links that lead out of what who
 * sees the row sees.
 */
export function visibleLink<Model extends ModelName, Link extends LinkName<Model>>(model: Model, link: Link) {
	const { model: target, column, documentation } = linkOf(model, link);
	if (!isVisibleModel(target)) throw new Error(`src/access/visibility.ts does not say who sees a ${target}.`);
	const uuid = (row: AnyRow) => row[column] as string | null;
	const resolve = async (row: Row<Model>, _args: object, context: Context, info: GraphQLResolveInfo) => {
		const named = uuid(row as AnyRow);
		const seen = named === null ? null : await seenRow(target, rowSelectionOf(info, target), named, context);
		return seen as unknown as Row<LinkTarget<Model, Link>> | null;
	};
	const source = { kind: "byUuid", model: target, uuid, sight: "viewer", absent: "null", columns: [column] } as const;
	return { nullable: true, description: documentation ?? "", resolve: withSource(source, resolve) } as const;
}

/** The row with the uuid. Throws NOT_FOUND when there is none that the viewer sees. */
export async function visibleRow<Model extends VisibleModel>(model: Model, uuid: string, context: Context, info: GraphQLResolveInfo): Promise<Row<Model>> {
	const row = await seenRow(model, rowSelectionOf(info, model), uuid, context);
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

/** The row, in one batch for all that are asked for in one turn; null when the viewer does not see it. */
export const seenRow = (model: VisibleModel, selection: RowSelection, uuid: string, { read }: Context): Promise<AnyRow | null> =>
	read.load(`visible ${model} ${selectionKey(selection)}`, (uuids) => read.statements.visible(model, selection, uuids), uuid);

/** The same for a row that a row in the viewer's hands links to: who sees a row sees what it links to. */
export const linkedRow = (model: ModelName, selection: RowSelection, uuid: string, { read }: Context): Promise<AnyRow | null> =>
	read.load(`linked ${model} ${selectionKey(selection)}`, (uuids) => read.statements.linked(model, selection, uuids), uuid);

export function planByUuid({ model, uuid, sight, absent }: ByUuidSource, place: Place): FieldPlan {
	const selection = place.planner.selection(place.asked, model);
	const args = place.planner.args(place.asked);
	/** Below the root, other fields of the operation that read the same rows share the statement: figures that all name their customer. */
	const read = (uuid: string, { context }: Execution): Promise<AnyRow | null> => {
		if (sight === "holder" || !isVisibleModel(model)) return linkedRow(model, selection, uuid, context);
		if (!place.isRoot) return seenRow(model, selection, uuid, context);
		const shared = () => createStatements(context.shared(), context.viewer, context.metrics?.batch);
		return sharedLookup(context.viewer, shared, model, selection, uuid);
	};
	return byKey(
		place,
		(object, execution) => uuid(object as never, args(execution), execution.context),
		async (uuids, execution) => {
			const rows = await Promise.all(uuids.map((uuid) => read(uuid, execution)));
			if (absent === "refused" && rows.includes(null)) throw refusalAt(place, notFound(model, uuids[rows.indexOf(null)] ?? ""));
			return rows;
		},
	);
}
