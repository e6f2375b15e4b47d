import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";
import { positionsOfFirings } from "../../event-log/log.store.ts";
import type { PositionCodec } from "../../event-log/position.ts";

/** A limit that was exceeded at a firing. */
export interface Breach {
	readonly componentUuid: string;
	readonly used: string;
	readonly limit: string;
}

/** Each firing's breaches, by type of component. */
export async function breachesOf(queries: Queries, firingUuids: readonly string[]): Promise<Breach[][]> {
	const rows = await queries.rows<Breach & { firingUuid: string }>(sql`
		select b."firingUuid", b."componentUuid", b."used", b."limit"
		from "PolicyFiringBreach" b join "OfferingComponent" c on c."uuid" = b."componentUuid"
		where b."firingUuid" = any(${firingUuids}::uuid[]) order by c."type"
	`);
	const breaches = new Map<string, Breach[]>(firingUuids.map((uuid) => [uuid, []]));
	for (const { firingUuid, ...breach } of rows) breaches.get(firingUuid)?.push(breach);
	return firingUuids.map((uuid) => breaches.get(uuid) ?? []);
}

/** Each firing's position in the log; null where the log does not keep it any more. */
export async function positionsOf(queries: Queries, { print }: PositionCodec, firingUuids: readonly string[]): Promise<(string | null)[]> {
	const positions = await positionsOfFirings(queries, firingUuids);
	return firingUuids.map((uuid) => {
		const position = positions.get(uuid);
		return position === undefined ? null : print(position);
	});
}
