import type { Queries } from "./database.ts";
import { sql } from "./sql.ts";

/**
 * Lets one transaction at a time change what the policies of an offering depend on. Taken before the transaction's first
 * write: its transaction id, which orders the log, is then assigned in the order of the lock.
 */
export async function lockOfferings(tx: Queries, offeringUuids: Iterable<string>): Promise<void> {
	// One after the other in the same order everywhere: two callers cannot wait for each other.
	for (const uuid of [...new Set(offeringUuids)].sort()) {
		await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${uuid}, 7701))`);
	}
}
