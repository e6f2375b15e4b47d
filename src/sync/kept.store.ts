import type { Queries } from "../database/database.ts";
import { type Sql, sql } from "../database/sql.ts";
import type { WritableRecord } from "../import/list.ts";
import type { ListName } from "../import/source.ts";

type Values = Readonly<Record<string, unknown>>;

const valuesOf = ({ parts }: WritableRecord): Values => parts[0]?.rows[0]?.values ?? {};

const texts = (records: readonly WritableRecord[], column: string) => records.map((record) => textOf(valuesOf(record)[column]));

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** For each list of what is sent to Waldur, its delivery of each record `i`, which has an ordinal. */
const deliveries: Partial<Record<ListName, (records: readonly WritableRecord[]) => Sql>> = {
	"marketplace-component-usages": (records) => sql`
		unnest(${texts(records, "resourceUuid")}::uuid[], ${texts(records, "type")}::text[], ${texts(records, "billingPeriod")}::date[])
			with ordinality i (resource, "type", month, ordinal)
		join "ComponentUsage" u on u."resourceUuid" = i.resource and u."type" = i."type" and u."billingPeriod" = i.month
		join "WaldurDelivery" d on d."componentUsageUuid" = u."uuid"
	`,
	"marketplace-component-user-usages": (records) => sql`
		unnest(${texts(records, "componentUsageUuid")}::uuid[], ${texts(records, "username")}::text[]) with ordinality i (record, username, ordinal)
		left join "SourceUsage" part on part."uuid" = i.record
		join "ComponentUserUsage" p on p."componentUsageUuid" = coalesce(part."componentUsageUuid", i.record) and p."username" = i.username
		join "WaldurDelivery" d on d."componentUserUsageUuid" = p."uuid"
	`,
	"component-user-usage-limits": (records) => sql`
		unnest(${texts(records, "uuid")}::uuid[], ${texts(records, "resourceUuid")}::uuid[], ${texts(records, "componentUuid")}::uuid[], ${texts(records, "userUuid")}::uuid[])
			with ordinality i ("uuid", resource, component, account, ordinal)
		cross join lateral (
			select d.* from "ComponentUserUsageLimit" l join "WaldurDelivery" d on d."userLimitUuid" = l."uuid"
			where l."resourceUuid" = i.resource and l."componentUuid" = i.component and l."userUuid" = i.account
			union all select d.* from "WaldurDelivery" d where d."deletedPath" = 'component-user-usage-limits/' || replace(i."uuid"::text, '-', '') || '/'
		) d
	`,
	"marketplace-offering-usage-policies": (records) => sql`
		unnest(${texts(records, "uuid")}::uuid[]) with ordinality i ("uuid", ordinal)
		cross join lateral (
			select d.* from "WaldurDelivery" d where d."policyUuid" = i."uuid"
			union all select d.* from "WaldurDelivery" d where d."deletedPath" = 'marketplace-offering-usage-policies/' || replace(i."uuid"::text, '-', '') || '/'
		) d
	`,
};

/**
 * The records that are left as they are here: what was changed here and waits for Waldur, or was sent there after the list
 * began to be read, is newer than what was read. By their index. What Waldur refused yields to Waldur's figure.
 */
export async function keptRecords(tx: Queries, list: ListName, records: readonly WritableRecord[], began: Date): Promise<ReadonlySet<number>> {
	const delivered = deliveries[list];
	if (delivered === undefined || !(await isAnyNewer(tx, began))) return new Set();
	const rows = await tx.rows<{ index: number }>(sql`
		select distinct i.ordinal::int - 1 as "index" from ${delivered(records)} where ${isNewer(began)}
	`);
	return new Set(rows.map(({ index }) => index));
}

const rowColumns: Partial<Record<ListName, Sql>> = {
	"marketplace-component-usages": sql`d."componentUsageUuid"`,
	"marketplace-component-user-usages": sql`d."componentUserUsageUuid"`,
};

/** Those of the stored rows of the list that are left as they are here, likewise. */
export async function keptRows(tx: Queries, list: ListName, uuids: readonly string[], began: Date): Promise<ReadonlySet<string>> {
	const column = rowColumns[list];
	if (column === undefined) return new Set();
	const rows = await tx.rows<{ uuid: string }>(sql`
		select ${column} as "uuid" from "WaldurDelivery" d where ${column} = any(${[...uuids]}::uuid[]) and ${isNewer(began)}
	`);
	return new Set(rows.map(({ uuid }) => uuid));
}

const isNewer = (began: Date): Sql => sql`(d."state" = 'PENDING' or (d."state" = 'SENT' and d."sent" >= ${began}::timestamptz))`;

/** Nearly always there is none, and no record has to be looked for. */
async function isAnyNewer(tx: Queries, began: Date): Promise<boolean> {
	const rows = await tx.rows(sql`
		select 1 from "WaldurDelivery" d where d."state" = 'PENDING' union all
		select 1 from "WaldurDelivery" d where d."state" = 'SENT' and d."due" >= ${began}::timestamptz limit 1
	`);
	return rows.length > 0;
}

/** SQL of the offerings of the records of each list of what is sent to Waldur. */
const offerings: Partial<Record<ListName, (records: readonly WritableRecord[]) => Sql>> = {
	"marketplace-component-user-usages": (records) => sql`
		select u."offeringUuid" as "uuid" from unnest(${texts(records, "componentUsageUuid")}::uuid[]) i (record)
		left join "SourceUsage" part on part."uuid" = i.record
		join "ComponentUsage" u on u."uuid" = coalesce(part."componentUsageUuid", i.record)
	`,
	"component-user-usage-limits": (records) => sql`
		select r."offeringUuid" as "uuid" from "Resource" r where r."uuid" = any(${texts(records, "resourceUuid")}::uuid[])
	`,
	"marketplace-offering-usage-policies": (records) => sql`
		select o."uuid" from "Offering" o where o."uuid" = any(${texts(records, "scopeUuid")}::uuid[])
	`,
};

/** The offerings whose parts, limits or policies the records are; none of another list's. */
export async function offeringsOfRecords(tx: Queries, list: ListName, records: readonly WritableRecord[]): Promise<string[]> {
	const found = offerings[list];
	if (found === undefined) return [];
	const rows = await tx.rows<{ uuid: string }>(sql`select distinct found."uuid" from (${found(records)}) found`);
	return rows.map(({ uuid }) => uuid);
}
