import { brandWithType } from "@pothos/core";
import type { GraphQLResolveInfo } from "graphql";
import { isVisibleModel } from "../../access/visibility.ts";
import { parsedUuid } from "../../shared/uuid.ts";
import type { Context } from "../context.ts";
import { shapeOf } from "../selection.ts";

/** The object behind a global id, if the viewer sees it: the same reading as everywhere else. */
export async function nodeById({ typename, id }: { typename: string; id: string }, context: Context, info: GraphQLResolveInfo): Promise<object | null> {
	const uuid = parsedUuid(id);
	if (uuid === undefined || !isVisibleModel(typename)) return null;
	const row = await context.read.visible(typename, shapeOf(info, typename), uuid);
	if (row !== null) brandWithType(row, typename as never);
	return row;
}
