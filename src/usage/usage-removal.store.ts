import type { Viewer } from "../access/viewer.ts";
import { visibility } from "../access/visibility.ts";
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";

/** A usage record that is to be deleted. */
export interface RemovableUsage {
	readonly uuid: string;
	readonly resourceUuid: string;
	readonly offeringUuid: string;
	readonly type: string;
}

/** The record, if the viewer sees it. */
export async function removableUsage(queries: Queries, viewer: Viewer, uuid: string): Promise<RemovableUsage | undefined> {
	const [usage] = await queries.rows<RemovableUsage>(sql`
		select u."uuid", u."resourceUuid", u."offeringUuid", u."type" from "ComponentUsage" u
		where u."uuid" = ${uuid}::uuid and ${visibility.ComponentUsage(viewer, sql`u`)}
	`);
	return usage;
}

/** Deletes the record, with its parts and its entries of the log. Firings that it caused stay, without their cause. */
export async function deleteUsage(tx: Queries, uuid: string): Promise<void> {
	await tx.rows(sql`delete from "ComponentUsage" where "uuid" = ${uuid}::uuid`);
}

/** Sets the resource's current usage of the type to what its latest remaining month says; without one, the type is gone. */
export async function resetCurrentUsage(tx: Queries, { resourceUuid, type }: RemovableUsage, now: Date): Promise<void> {
	await tx.rows(sql`
		update "Resource" r set "modified" = ${now}::timestamptz, "currentUsages" = (r."currentUsages" - ${type}::text) || coalesce((
			select jsonb_build_object(u."type", trim_scale(u."usage")::text) from "ComponentUsage" u
			where u."resourceUuid" = r."uuid" and u."type" = ${type} order by u."billingPeriod" desc limit 1
		), '{}')
		where r."uuid" = ${resourceUuid}::uuid
	`);
}
