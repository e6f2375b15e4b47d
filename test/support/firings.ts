import type { Database, Queries } from "../../src/database/database.ts";
import { sql } from "../../src/database/sql.ts";
import { appendToLog, positionsOfFirings, readPositionCodec } from "../../src/event-log/log.store.ts";

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
	return printedPositions(database, uuids);
}

/** Where the log has the firings, in their order. */
export async function printedPositions(database: Database, firingUuids: readonly string[]): Promise<string[]> {
	const positions = await positionsOfFirings(database, firingUuids);
	const { print } = await readPositionCodec(database);
	return firingUuids.map((uuid) => {
		const position = positions.get(uuid);
		if (position === undefined) throw new Error(`The log does not have ${uuid}.`);
		return print(position);
	});
}

/** Uuids of all firings that the log has, in its order. */
export async function firingsOfLog(database: Database): Promise<string[]> {
	const rows = await database.rows<{ uuid: string }>(sql`
		select e."policyFiringUuid" as "uuid" from "LogNumber" n join "LogEntry" e on e."id" = n."entryId" where e."policyFiringUuid" is not null order by n."number"
	`);
	return rows.map(({ uuid }) => uuid);
}
