import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { UsageChange } from "../domain/policy/cause.ts";

/** A usage record before a batch was written. */
export interface EarlierUsage {
	readonly uuid: string;
	readonly usage: string;
	/** Whether its figure was reported here, and not imported since. */
	readonly isOwn: boolean;
}

/** What identifies a usage record, whatever its uuid. */
export interface UsageKey {
	readonly resourceUuid: string;
	readonly type: string;
	/** First day of the month. */
	readonly billingPeriod: string;
}

/** The offerings of the resources. */
export async function offeringsOfResources(tx: Queries, resourceUuids: readonly string[]): Promise<string[]> {
	const rows = await tx.rows<{ uuid: string }>(sql`select distinct "offeringUuid" as "uuid" from "Resource" where "uuid" = any(${[...resourceUuids]}::uuid[])`);
	return rows.map(({ uuid }) => uuid);
}

/** A stored record of one of the keys. */
export interface KeyedUsage extends EarlierUsage, UsageKey {
	readonly componentUuid: string;
	readonly customerUuid: string;
	readonly offeringUuid: string;
}

/** The stored records of the keys. */
export function usagesOf(tx: Queries, keys: readonly UsageKey[]): Promise<KeyedUsage[]> {
	return tx.rows<KeyedUsage>(sql`
		select u."uuid", u."usage", u."modifiedByUuid" is not null as "isOwn", u."resourceUuid", u."type", u."billingPeriod",
			u."componentUuid", u."customerUuid", u."offeringUuid"
		from (
			select distinct * from unnest(
				${keys.map(({ resourceUuid }) => resourceUuid)}::uuid[], ${keys.map(({ type }) => type)}::text[], ${keys.map(({ billingPeriod }) => billingPeriod)}::date[]
			) k (resource, "type", month)
		) k join "ComponentUsage" u on u."resourceUuid" = k.resource and u."type" = k."type" and u."billingPeriod" = k.month
	`);
}

/** What identifies the stored records. */
export function keysOf(tx: Queries, uuids: readonly string[]): Promise<UsageKey[]> {
	return tx.rows<UsageKey>(sql`
		select "resourceUuid", "type", "billingPeriod"::text as "billingPeriod" from "ComponentUsage" where "uuid" = any(${[...uuids]}::uuid[])
	`);
}

/** What differs between the two states of the same keys: records that are new, or have another figure. */
export function changesBetween(before: readonly KeyedUsage[], after: readonly KeyedUsage[]): (UsageChange & { readonly offeringUuid: string })[] {
	const keyOf = ({ resourceUuid, type, billingPeriod }: UsageKey) => `${resourceUuid} ${type} ${billingPeriod}`;
	const earlier = new Map(before.map((usage) => [keyOf(usage), usage.usage]));
	return after.flatMap(({ uuid, componentUuid, customerUuid, offeringUuid, usage, ...key }) => {
		const was = earlier.get(keyOf({ ...key }));
		return was === usage ? [] : [{ uuid, componentUuid, customerUuid, offeringUuid, billingPeriod: key.billingPeriod, before: was ?? "0", after: usage }];
	});
}
