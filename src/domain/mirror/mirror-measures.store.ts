import type { Queries } from "../../database/database.ts";
import { raw, type Sql, sql } from "../../database/sql.ts";

/** What is stored of the mirror for those who run the service. */
export interface MirrorMeasures {
	/** When the last pass of synchronization that ended well began; null before the first. */
	readonly lastSuccess: Date | null;
	/** Removals that wait to be confirmed, in all lists together. */
	readonly held: number;
	/** When the change was made that has waited longest to be sent; null when none waits. */
	readonly waitsSince: Date | null;
	/** How many deliveries are in each state; ten thousand means as many or more. */
	readonly pending: number;
	readonly sent: number;
	readonly failed: number;
}

/** What is counted of many. */
const maxCounted = 10_000;

/**
 * Looks at ten thousand deliveries of each state at most. States are written into the statement, and looked at in the order
 * of an index: planners would read the whole table for one that they do not know, or expect.
 */
export async function mirrorMeasures(queries: Queries, sourceId: number): Promise<MirrorMeasures> {
	const [measures] = await queries.rows<MirrorMeasures>(sql`
		select
			(select "lastSuccess" from "WaldurSync" where "sourceId" = ${sourceId}::smallint) as "lastSuccess",
			(select coalesce(sum("held"), 0)::int from "WaldurSyncList" where "sourceId" = ${sourceId}::smallint) as "held",
			(${deliveries(sourceId, "PENDING", sql`"queued"`, 1)}) as "waitsSince",
			(${counted(sourceId, "PENDING")}) as "pending",
			(${counted(sourceId, "SENT")}) as "sent",
			(${counted(sourceId, "FAILED")}) as "failed"
	`);
	return measures ?? { lastSuccess: null, held: 0, waitsSince: null, pending: 0, sent: 0, failed: 0 };
}

type State = "PENDING" | "SENT" | "FAILED";

const counted = (sourceId: number, state: State): Sql => sql`select count(*)::int from (${deliveries(sourceId, state, raw(""), maxCounted)}) few`;

/** So many of the source's deliveries in the state, those that were queued first. */
const deliveries = (sourceId: number, state: State, columns: Sql, limit: number): Sql => sql`
	select ${columns} from "WaldurDelivery" where "sourceId" = ${sourceId}::smallint and "state" = ${raw(`'${state}'`)}
	order by "queued" limit ${raw(String(limit))}
`;
