import type { Viewer } from "../../access/viewer.ts";
import { visibility } from "../../access/visibility.ts";
import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";
import type { BillingPeriod } from "../../shared/billing-period.ts";

/** For each limit, what its account used of the component in the month, by the parts reported for it. Exact decimals. */
export async function usedInMonth(queries: Queries, limitUuids: readonly string[], month: BillingPeriod): Promise<string[]> {
	const rows = await queries.rows<{ uuid: string; used: string }>(sql`
		select l."uuid", coalesce(sum(p."usage"), 0) as used
		from "ComponentUserUsageLimit" l
		left join "ComponentUsage" u on u."resourceUuid" = l."resourceUuid" and u."componentUuid" = l."componentUuid" and u."billingPeriod" = ${month}::date
		left join "ComponentUserUsage" p on p."componentUsageUuid" = u."uuid" and p."userUuid" = l."userUuid"
		where l."uuid" = any(${limitUuids}::uuid[]) group by l."uuid"
	`);
	const used = new Map(rows.map((row) => [row.uuid, row.used]));
	return limitUuids.map((uuid) => used.get(uuid) ?? "0");
}

/** The resource that a limit is set on. */
export interface LimitedResource {
	readonly uuid: string;
	readonly offeringUuid: string;
	readonly projectUuid: string;
	readonly customerUuid: string;
	readonly pluginOptions: unknown;
	/** Where it was imported from; null where it was made here. */
	readonly sourceId: number | null;
}

/** The resource, if the viewer sees it. Its project is not removed before the transaction ends. */
export async function limitedResource(tx: Queries, viewer: Viewer, uuid: string): Promise<LimitedResource | undefined> {
	const [resource] = await tx.rows<LimitedResource>(sql`
		select r."uuid", r."offeringUuid", r."projectUuid", r."customerUuid", r."sourceId", o."pluginOptions"
		from "Resource" r join "Offering" o on o."uuid" = r."offeringUuid"
		where r."uuid" = ${uuid}::uuid and ${visibility.Resource(viewer, sql`r`)} for share of r
	`);
	return resource;
}

/** A component of an offering. */
export interface LimitedComponent {
	readonly uuid: string;
	readonly offeringUuid: string;
}

/** The component, if the viewer sees it. */
export async function limitedComponent(queries: Queries, viewer: Viewer, uuid: string): Promise<LimitedComponent | undefined> {
	const [component] = await queries.rows<LimitedComponent>(sql`
		select c."uuid", c."offeringUuid" from "OfferingComponent" c where c."uuid" = ${uuid}::uuid and ${visibility.OfferingComponent(viewer, sql`c`)}
	`);
	return component;
}

/** A limit as it is stored. */
export interface StoredLimit {
	readonly uuid: string;
	readonly resource: string;
	readonly component: string;
	readonly user: string;
	readonly limit: string;
}

/** The limit, if the viewer sees it; no one else changes it until the transaction ends. */
export async function limitToChange(tx: Queries, viewer: Viewer, uuid: string): Promise<StoredLimit | undefined> {
	const [limit] = await tx.rows<StoredLimit>(sql`
		select l."uuid", l."resourceUuid" as "resource", l."componentUuid" as "component", l."userUuid" as "user", l."limit"
		from "ComponentUserUsageLimit" l where l."uuid" = ${uuid}::uuid and ${visibility.ComponentUserUsageLimit(viewer, sql`l`)} for update
	`);
	return limit;
}

/** Stores a new limit and returns its uuid; undefined when there is one for the same resource, component and account. */
export async function addLimit(
	tx: Queries,
	offeringUuid: string,
	{ resource, component, user, limit }: Omit<StoredLimit, "uuid">,
	now: Date,
): Promise<string | undefined> {
	const [added] = await tx.rows<{ uuid: string }>(sql`
		insert into "ComponentUserUsageLimit" ("resourceUuid", "componentUuid", "userUuid", "offeringUuid", "limit", "created", "modified")
		values (${resource}::uuid, ${component}::uuid, ${user}::uuid, ${offeringUuid}::uuid, ${limit}::numeric, ${now}::timestamptz, ${now}::timestamptz)
		on conflict ("resourceUuid", "componentUuid", "userUuid") do nothing returning "uuid"
	`);
	return added?.uuid;
}

/** Changes the limit; false, and nothing changed, when another one has its resource, component and account. */
export async function changeLimit(tx: Queries, { uuid, resource, component, user, limit }: StoredLimit, now: Date): Promise<boolean> {
	const changed = await tx.rows(sql`
		update "ComponentUserUsageLimit" l
		set "componentUuid" = ${component}::uuid, "userUuid" = ${user}::uuid, "limit" = ${limit}::numeric, "modified" = ${now}::timestamptz
		where l."uuid" = ${uuid}::uuid and not exists (
			select from "ComponentUserUsageLimit" other
			where other."uuid" <> l."uuid" and other."resourceUuid" = ${resource}::uuid and other."componentUuid" = ${component}::uuid and other."userUuid" = ${user}::uuid
		)
		returning l."uuid"
	`);
	return changed.length > 0;
}

export async function deleteLimit(tx: Queries, uuid: string): Promise<void> {
	await tx.rows(sql`delete from "ComponentUserUsageLimit" where "uuid" = ${uuid}::uuid`);
}
