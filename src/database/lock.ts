import type { Queries } from "./database.ts";
import { sql } from "./sql.ts";

/** The key that guards who counts for policies: which group each customer is in, and whether it is blocked or archived. */
const whoCounts = sql`hashtextextended('who counts', 7702)`;

/**
 * Lets one transaction at a time change what the policies of an offering depend on, and keeps who counts for them as it
 * is until the transaction ends. Taken before the transaction's first write: its transaction id, which orders the log, is
 * then assigned in the order of the lock.
 */
export async function lockOfferings(tx: Queries, offeringUuids: Iterable<string>): Promise<void> {
	// In the same order everywhere, who counts before any: two callers cannot wait for each other.
	const ordered = [...new Set(offeringUuids)].sort();
	if (ordered.length === 0) return;
	await tx.rows(sql`
		with counted as materialized (select pg_advisory_xact_lock_shared(${whoCounts}))
		select pg_advisory_xact_lock(hashtextextended(uuid, 7701)) from counted cross join unnest(${ordered}::text[]) uuid
	`);
}

/**
 * Lets one transaction alone change who counts for policies: it waits for all that hold an offering, and holds up those
 * that come after it. Taken before the transaction's first write, and instead of the locks of the offerings.
 */
export async function lockMembership(tx: Queries): Promise<void> {
	await tx.rows(sql`select pg_advisory_xact_lock(${whoCounts})`);
}
