import type { Database, Queries } from "../../src/database/database.ts";
import { sql } from "../../src/database/sql.ts";
import { appendToLog, printedPosition } from "../../src/log/log.store.ts";

/** Puts firings of the offering into the database and into the log, as if its policies had turned. Answers their uuids, in the order of the log. */
export async function appendFirings(tx: Queries, offering: string, count: number): Promise<string[]> {
	const made = await tx.rows<{ uuid: string }>(sql`
		insert into "PolicyFiring" ("offeringUuid", "kind", "windowEnd")
		select ${offering}::uuid, 'FIRED', '2017-01-01' from generate_series(1, ${count}::int) returning "uuid"
	`);
	await appendToLog(tx, made.map(({ uuid }) => ({ kind: "firing", policyFiringUuid: uuid }))); // biome-ignore format: one list
	return made.map(({ uuid }) => uuid);
}

/** Puts firings into the database and into the log, in a transaction of their own. Answers their positions in the log, in its order. */
export async function makeFirings(database: Database, offering: string, count: number): Promise<string[]> {
	const uuids = await database.transaction((tx) => appendFirings(tx, offering, count));
	const rows = await database.rows<{ xid: string; id: string }>(sql`
		select "xid", "id" from "LogEntry" where "policyFiringUuid" = any(${uuids}::uuid[]) order by "xid", "id"
	`);
	return rows.map(({ xid, id }) => printedPosition({ xid: BigInt(xid), id: BigInt(id) }));
}
