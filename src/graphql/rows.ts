import type { GraphQLResolveInfo } from "graphql";
import type { VisibleModel } from "../access/visibility.ts";
import type { ModelName, Row } from "../database/model.ts";
import type { Context } from "./context.ts";
import { notFound } from "./errors.ts";
import { shapeOf } from "./shape-of.ts";

/** The row with the uuid. Throws NOT_FOUND when there is none that the viewer sees. */
export async function visibleRow<Model extends VisibleModel>(model: Model, uuid: string, context: Context, info: GraphQLResolveInfo): Promise<Row<Model>> {
	const row = await context.read.visible(model, shapeOf(info, model), uuid);
	if (row === null) throw notFound(model, uuid);
	return row as unknown as Row<Model>;
}

/** A row that this operation has just stored: whoever may write it sees it. */
export async function storedRow<Model extends ModelName>(model: Model, uuid: string, context: Context, info: GraphQLResolveInfo): Promise<Row<Model>> {
	const row = await context.read.linked(model, shapeOf(info, model), uuid);
	if (row === null) throw notFound(model, uuid);
	return row as unknown as Row<Model>;
}

/** Rows that this operation has just stored, in one batch. */
export const storedRows = <Model extends ModelName>(
	model: Model,
	uuids: readonly string[],
	context: Context,
	info: GraphQLResolveInfo,
): Promise<Row<Model>[]> => Promise.all(uuids.map((uuid) => storedRow(model, uuid, context, info)));
