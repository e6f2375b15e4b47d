import type { Queries } from "./database.ts";
import { type Sql, sql } from "./sql.ts";

/** The key that guards who counts for policies: which group each customer is in, and whether it is blocked or archived. */
const whoCounts = sql`hashtextextended('who counts', 7702)`;

/**
 * Lets one transaction at a time change what the policies of an offering depend on, and keeps who counts for them as it
 * is until the transaction ends. Taken before the transaction's first write: its transaction id, which orders the log, is
 * then assigned in the order of the lock.
 *
 * Returns the offerings, known as `offering."uuid"`, for which the condition holds. It is looked at by the same statement, which
 * may have waited for the lock: it sees what was committed before it waited.
 */
export async function lockOfferings(tx: Queries, offeringUuids: Iterable<string>, condition: Sql = sql`false`): Promise<string[]> {
	// In the same order everywhere, who counts before any: two callers cannot wait for each other.
	const ordered = [...new Set(offeringUuids)].sort();
	if (ordered.length === 0) return [];
	// What does not hold is left out here and not by the statement, which would not lock it then.
	const locked = await tx.rows<{ uuid: string; holds: boolean }>(sql`
		with counted as materialized (select pg_advisory_xact_lock_shared(${whoCounts}))
		select offering."uuid"::text, pg_advisory_xact_lock(hashtextextended(offering."uuid"::text, 7701)), ${condition} as "holds"
		from counted cross join unnest(${ordered}::uuid[]) offering ("uuid")
	`);
	return locked.flatMap(({ uuid, holds }) => (holds ? [uuid] : []));
}

/**
 * Lets one transaction alone change who counts for policies: it waits for all that hold an offering, and holds up those
 * that come after it. Taken before the transaction's first write, and instead of the locks of the offerings.
 */
export async function lockMembership(tx: Queries): Promise<void> {
	await tx.rows(sql`select pg_advisory_xact_lock(${whoCounts})`);
}
