import type { GraphQLResolveInfo } from "graphql";
import type { ModelName, Row } from "../../database/model.ts";
import { selectionKey } from "../../database/select.ts";
import type { List } from "../../reading/list.ts";
import type { Context } from "../context.ts";
import { byKey, uuidOf } from "../query-plan/by-key.ts";
import type { FieldPlan } from "../query-plan/execution.ts";
import type { Place } from "../query-plan/planner.ts";
import { rowSelectionOf } from "../selection.ts";
import { type AllSource, withSource } from "./source.ts";

/** Resolves to a short list below a row: all of it, in one batch for all rows. */
export function all<Child extends ModelName>(list: List & { model: Child }) {
	const resolve = async ({ uuid }: { uuid: string }, _args: object, { read }: Context, info: GraphQLResolveInfo): Promise<Row<Child>[]> => {
		const selection = rowSelectionOf(info, list.model);
		const rows = await read.load(`all ${list.key} ${selectionKey(selection)}`, (uuids) => read.statements.all(list, selection, uuids), uuid);
		return rows as unknown as Row<Child>[];
	};
	return withSource({ kind: "all", list }, resolve);
}

export function planAll({ list }: AllSource, place: Place): FieldPlan {
	const selection = place.planner.selection(place.asked, list.model);
	return byKey(place, uuidOf, (uuids, { statements }) => statements.all(list, selection, uuids));
}
