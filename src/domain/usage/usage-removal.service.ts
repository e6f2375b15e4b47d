import { mayDeleteUsage } from "../../access/permissions.ts";
import type { Viewer } from "../../access/viewer.ts";
import type { Queries } from "../../database/database.ts";
import { absent, Forbidden, NotFoundRefusal, RuleRefusal, refuse } from "../../shared/refusal.ts";
import { ownedProblems } from "../mirror/mirror.ts";
import type { Writes } from "../mirror/writes.service.ts";
import { lockBegunOfferings } from "../month-turn/begun-month.service.ts";
import { evaluateAndLog, type Moment } from "../policy/policy.service.ts";
import { deleteUsage, markChanged, type RemovableUsage, removableUsage } from "./usage-removal.store.ts";

/** A usage record that was deleted, and the firings that this caused. */
export interface RemovedUsage {
	readonly uuid: string;
	readonly firings: readonly string[];
}

/**
 * Deletes a usage record with its parts, in one transaction with the policies that this turns and their log entries.
 *
 * @throws NotFoundRefusal when there is no such record that the viewer sees
 * @throws Forbidden when the viewer sees the record and may not delete it
 */
export async function removeUsage(database: Writes, viewer: Viewer, uuid: string, moment: Moment): Promise<RemovedUsage> {
	return database.transaction(async (tx) => {
		const { offeringUuid, sourceId } = await visibleUsage(tx, viewer, uuid);
		if (!mayDeleteUsage(viewer)) throw new Forbidden("Only staff delete usage.");
		refuse(RuleRefusal, ownedProblems(database.mirror, { sourceId }, "uuid"));
		await lockBegunOfferings(tx, [offeringUuid], moment);
		const usage = await visibleUsage(tx, viewer, uuid); // it may have been deleted while the lock was waited for
		await deleteUsage(tx, uuid);
		await markChanged(tx, usage, moment.now);
		return { uuid, firings: await evaluateAndLog(tx, [offeringUuid], moment) };
	});
}

async function visibleUsage(queries: Queries, viewer: Viewer, uuid: string): Promise<RemovableUsage> {
	const usage = await removableUsage(queries, viewer, uuid);
	if (usage === undefined) throw new NotFoundRefusal([absent("Component usage", uuid, "uuid")]);
	return usage;
}
