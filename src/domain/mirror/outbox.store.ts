import type { Queries } from "../../database/database.ts";
import { raw, type Sql, sql } from "../../database/sql.ts";

/** What is sent to Waldur when it changes. */
export type ChangedKind = "componentUsage" | "componentUserUsage" | "userLimit" | "policy";

/** For each kind, its column in WaldurDelivery, and the changed objects with their lane and the source of what holds them. */
const kinds: Readonly<Record<ChangedKind, { readonly column: Sql; readonly changed: (uuids: readonly string[]) => Sql }>> = {
	componentUsage: {
		column: raw(`"componentUsageUuid"`),
		changed: (uuids) => sql`
			select u."uuid", u."resourceUuid" as lane, r."sourceId" from "ComponentUsage" u join "Resource" r on r."uuid" = u."resourceUuid"
			where u."uuid" = any(${[...uuids]}::uuid[])
		`,
	},
	componentUserUsage: {
		column: raw(`"componentUserUsageUuid"`),
		changed: (uuids) => sql`
			select p."uuid", u."resourceUuid" as lane, r."sourceId" from "ComponentUserUsage" p
			join "ComponentUsage" u on u."uuid" = p."componentUsageUuid" join "Resource" r on r."uuid" = u."resourceUuid"
			where p."uuid" = any(${[...uuids]}::uuid[])
		`,
	},
	userLimit: {
		column: raw(`"userLimitUuid"`),
		changed: (uuids) => sql`
			select l."uuid", l."resourceUuid" as lane, r."sourceId" from "ComponentUserUsageLimit" l join "Resource" r on r."uuid" = l."resourceUuid"
			where l."uuid" = any(${[...uuids]}::uuid[])
		`,
	},
	policy: {
		column: raw(`"policyUuid"`),
		changed: (uuids) => sql`
			select p."uuid", p."scopeUuid" as lane, o."sourceId" from "OfferingUsagePolicy" p join "Offering" o on o."uuid" = p."scopeUuid"
			where p."uuid" = any(${[...uuids]}::uuid[])
		`,
	},
};

/** The column of WaldurDelivery that names an object of the kind. */
export const deliveryColumn = (kind: ChangedKind): Sql => kinds[kind].column;

/**
 * Queues objects of the source for delivery, at the end of their lanes. One that waits already keeps its place, for others
 * may wait for it; and one that is being sent is left to who sends it, so that an older figure never arrives after a newer one.
 */
export async function queueChanges(tx: Queries, sourceId: number, kind: ChangedKind, uuids: readonly string[], now: Date): Promise<void> {
	const { column, changed } = kinds[kind];
	await tx.rows(sql`
		insert into "WaldurDelivery" as d ("sourceId", "laneUuid", ${column}, "due", "queued", "created", "modified")
		select ${sourceId}::smallint, changed.lane, changed."uuid", ${now}::timestamptz, ${now}::timestamptz, ${now}::timestamptz, ${now}::timestamptz
		from (${changed(uuids)}) changed where changed."sourceId" = ${sourceId}::smallint order by changed."uuid"
		on conflict (${column}) do update set
			"sourceId" = excluded."sourceId", "state" = 'PENDING', "version" = d."version" + 1, "modified" = ${now}::timestamptz,
			"queued" = case when d."state" = 'PENDING' then d."queued" else excluded."queued" end,
			"due" = case when d."state" = 'PENDING' and d."attempts" > 0 then d."due" else excluded."due" end,
			"attempts" = case when d."state" = 'PENDING' then d."attempts" else 0 end,
			"error" = case when d."state" = 'PENDING' then d."error" end
	`);
}

/** An object that is about to be deleted. */
export interface Deletion {
	readonly kind: "userLimit" | "policy";
	readonly uuid: string;
}

const deletable = {
	userLimit: { table: raw(`"ComponentUserUsageLimit"`), lane: raw(`"resourceUuid"`), path: "component-user-usage-limits/" },
	policy: { table: raw(`"OfferingUsagePolicy"`), lane: raw(`"scopeUuid"`), path: "marketplace-offering-usage-policies/" },
} as const;

/** Queues the deletion of an object that the source has. */
export async function queueDeletion(tx: Queries, sourceId: number, { kind, uuid }: Deletion, now: Date): Promise<void> {
	const { table, lane, path } = deletable[kind];
	await tx.rows(sql`
		insert into "WaldurDelivery" ("sourceId", "laneUuid", "deletedPath", "due", "queued", "created", "modified")
		select ${sourceId}::smallint, held.${lane}, ${path} || replace(held."uuid"::text, '-', '') || '/',
			${now}::timestamptz, ${now}::timestamptz, ${now}::timestamptz, ${now}::timestamptz
		from ${table} held where held."uuid" = ${uuid}::uuid and held."sourceId" = ${sourceId}::smallint
	`);
}
