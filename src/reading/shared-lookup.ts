import DataLoader from "dataloader";
import type { Viewer } from "../access/viewer.ts";
import type { VisibleModel } from "../access/visibility.ts";
import { type RowSelection, selectionKey } from "../database/select.ts";
import type { AnyRow, Statements } from "./statements.ts";

type Loader = DataLoader<string, AnyRow | null>;

/** By viewer, the statements that others of the viewer's operations can still join. */
const open = new WeakMap<Viewer, Map<string, Loader>>();

/**
 * Reads a row by its uuid together with other operations that ask in the same turn, and were signed in by the same look-up
 * of their token: one flat statement for all of them. Null when the viewer does not see it. Nothing is cached, and no row is
 * older than the question for it. `statements` makes those that read for all of them.
 */
export function sharedLookup(
	viewer: Viewer,
	statements: () => Pick<Statements, "visible">,
	model: VisibleModel,
	selection: RowSelection,
	uuid: string,
): Promise<AnyRow | null> {
	const loaders = open.get(viewer) ?? new Map<string, Loader>();
	open.set(viewer, loaders);
	const key = `${model} ${selectionKey(selection)}`;
	const joined =
		loaders.get(key) ??
		new DataLoader<string, AnyRow | null>((uuids) => {
			loaders.delete(key);
			return statements().visible(model, selection, uuids);
		});
	loaders.set(key, joined);
	return joined.load(uuid);
}
