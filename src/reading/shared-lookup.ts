import type { Viewer } from "../access/viewer.ts";
import type { VisibleModel } from "../access/visibility.ts";
import { type RowSelection, selectionKey } from "../database/select.ts";
import { type CoalescedItems, coalesceItems } from "../shared/coalesce.ts";
import type { AnyRow, Statements } from "./statements.ts";

/** By viewer, for each was signed in by one look-up: rows of different viewers are never read by one statement. */
const coalesced = new WeakMap<Viewer, CoalescedItems<AnyRow | null>>();

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
	const load = coalesced.get(viewer) ?? coalesceItems<AnyRow | null>();
	coalesced.set(viewer, load);
	return load(`${model} ${selectionKey(selection)}`, uuid, (uuids) => statements().visible(model, selection, uuids));
}
