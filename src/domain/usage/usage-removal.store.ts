import type { Viewer } from "../../access/viewer.ts";
import { visibility } from "../../access/visibility.ts";
import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";

/** A usage record that is to be deleted. */
export interface RemovableUsage {
	readonly uuid: string;
	readonly resourceUuid: string;
	readonly offeringUuid: string;
	readonly type: string;
	/** Where its resource was imported from; null where that was made here. */
	readonly sourceId: number | null;
}

/** The record, if the viewer sees it. */
export async function removableUsage(queries: Queries, viewer: Viewer, uuid: string): Promise<RemovableUsage | undefined> {
	const [usage] = await queries.rows<RemovableUsage>(sql`
		select u."uuid", u."resourceUuid", u."offeringUuid", u."type", r."sourceId"
		from "ComponentUsage" u join "Resource" r on r."uuid" = u."resourceUuid"
		where u."uuid" = ${uuid}::uuid and ${visibility.ComponentUsage(viewer, sql`u`)}
	`);
	return usage;
}

/** Deletes the record with its parts. Firings that it caused stay, without their cause; entries of the log stay as well. */
export async function deleteUsage(tx: Queries, uuid: string): Promise<void> {
	await tx.rows(sql`delete from "ComponentUsage" where "uuid" = ${uuid}::uuid`);
}

/** Notes that the resource has changed with its usage, of which triggers have derived its current usages (prisma/migrations). */
export async function markChanged(tx: Queries, { resourceUuid }: RemovableUsage, now: Date): Promise<void> {
	await tx.rows(sql`update "Resource" set "modified" = ${now}::timestamptz where "uuid" = ${resourceUuid}::uuid`);
}
