import type { Queries, Transactions } from "../../database/database.ts";
import { lockOfferings } from "../../database/lock.ts";
import type { Mirror } from "./mirror.ts";
import { type ChangedKind, type Deletion, queueChanges, queueDeletion } from "./outbox.store.ts";

/** Where a use case writes, and the Waldur, if any, that what it writes is to reach. */
export interface Writes extends Transactions {
	readonly mirror?: Mirror | undefined;
}

/** Locks the offering for a change that goes to Waldur, where synchronization would otherwise write at the same time; no one else waits. */
export async function lockForWriting(tx: Queries, { mirror }: Writes, offeringUuid: string): Promise<void> {
	if (mirror?.writes === true) await lockOfferings(tx, [offeringUuid]);
}

/** Hands changed objects to delivery, in the transaction of the change: those among them that the mirrored Waldur holds, or is to hold. */
export async function writeThrough(tx: Queries, { mirror }: Writes, kind: ChangedKind, uuids: readonly string[], now: Date): Promise<void> {
	if (mirror?.writes === true && uuids.length > 0) await queueChanges(tx, mirror.sourceId, kind, uuids, now);
}

/** Hands the deletion of an object to delivery, before it is deleted. Nothing that Waldur was never sent is deleted there. */
export async function deleteThrough(tx: Queries, { mirror }: Writes, deletion: Deletion, now: Date): Promise<void> {
	if (mirror?.writes === true) await queueDeletion(tx, mirror.sourceId, deletion, now);
}
