import { maySeeSynchronization } from "../../access/permissions.ts";
import type { Viewer } from "../../access/viewer.ts";
import type { Queries } from "../../database/database.ts";
import { Forbidden } from "../../shared/refusal.ts";
import type { Mirror } from "./mirror.ts";
import { type SyncStatus, syncStatus } from "./sync.store.ts";

/** How far the service is in step with its Waldur; null where it has none. Throws Forbidden for others than staff and support. */
export async function visibleSyncStatus(queries: Queries, viewer: Viewer, mirror: Mirror | undefined, now: Date): Promise<SyncStatus | null> {
	if (!maySeeSynchronization(viewer)) throw new Forbidden("Only staff and support see the synchronization.");
	return mirror === undefined ? null : syncStatus(queries, mirror.sourceId, now);
}
