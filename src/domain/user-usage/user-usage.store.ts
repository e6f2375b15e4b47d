import type { Viewer } from "../../access/viewer.ts";
import { visibility } from "../../access/visibility.ts";
import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";
import type { UserUsageReport } from "./user-usage.ts";

/** The usage record that a part is reported of. */
export interface PartSubject {
	readonly uuid: string;
	readonly offeringUuid: string;
	readonly providerUuid: string;
	/** Only staff see it then. */
	readonly projectIsRemoved: boolean;
	/** Where its resource was imported from; null where that was made here. */
	readonly sourceId: number | null;
}

/** Those of the records that the viewer sees, by uuid. */
export async function partSubjects(queries: Queries, viewer: Viewer, componentUsageUuids: readonly string[]): Promise<Map<string, PartSubject>> {
	const subjects = await queries.rows<PartSubject>(sql`
		select u."uuid", u."offeringUuid", o."providerUuid", u."projectIsRemoved", r."sourceId"
		from "ComponentUsage" u join "Offering" o on o."uuid" = u."offeringUuid" join "Resource" r on r."uuid" = u."resourceUuid"
		where u."uuid" = any(${[...componentUsageUuids]}::uuid[]) and ${visibility.ComponentUsage(viewer, sql`u`)}
	`);
	return new Map(subjects.map((subject) => [subject.uuid, subject]));
}

/** A username of a record. */
export interface NamedPart {
	readonly componentUsage: string;
	readonly username: string;
}

/** The account that a part counts for when none is named, and how many there are of its username at the offering. */
export interface FoundAccount extends NamedPart {
	readonly account: string;
	/** 0 when the account is the one that was named with the part before. */
	readonly namesakes: number;
}

/** The accounts that parts count for when none is named: the offerings' accounts of the usernames, or those stored with the parts. */
export function accountsByUsername(queries: Queries, parts: readonly NamedPart[]): Promise<FoundAccount[]> {
	return queries.rows(sql`
		select part.record as "componentUsage", part.username, coalesce(own."first", stored."userUuid") as account, own."count" as "namesakes"
		from unnest(${parts.map(({ componentUsage }) => componentUsage)}::uuid[], ${parts.map(({ username }) => username)}::text[]) part (record, username)
		join "ComponentUsage" u on u."uuid" = part.record
		cross join lateral (
			select count(*)::int as "count", (array_agg(a."uuid"))[1] as "first" from "OfferingUser" a
			where a."offeringUuid" = u."offeringUuid" and a."username" = part.username
		) own
		left join "ComponentUserUsage" stored on stored."componentUsageUuid" = part.record and stored."username" = part.username
		where own."count" > 0 or stored."userUuid" is not null
	`);
}

/** A part and the account that it counts for. */
export interface AccountedPart extends UserUsageReport {
	readonly account: string | undefined;
}

/** An account's limit on a record's resource and component, and the sum of its parts of the record that are not reported now. */
export interface AccountBound {
	readonly componentUsage: string;
	readonly account: string;
	readonly limit: string;
	readonly others: string;
}

/** The bounds of the parts' accounts; those without a limit are missing. */
export function accountBounds(queries: Queries, parts: readonly AccountedPart[]): Promise<AccountBound[]> {
	const reported = sql`unnest(
		${parts.map(({ componentUsage }) => componentUsage)}::uuid[], ${parts.map(({ username }) => username)}::text[], ${parts.map(({ account }) => account ?? null)}::uuid[]
	)`;
	return queries.rows(sql`
		with reported as (select * from ${reported} part (record, username, account))
		select bound.record as "componentUsage", bound.account, l."limit", coalesce(sum(p."usage"), 0) as "others"
		from (select distinct record, account from reported) bound
		join "ComponentUsage" u on u."uuid" = bound.record
		join "ComponentUserUsageLimit" l on l."resourceUuid" = u."resourceUuid" and l."componentUuid" = u."componentUuid" and l."userUuid" = bound.account
		left join "ComponentUserUsage" p on p."componentUsageUuid" = bound.record and p."userUuid" = bound.account
			and not exists (select from reported where reported.record = p."componentUsageUuid" and reported.username = p."username")
		group by bound.record, bound.account, l."limit"
	`);
}

/** What became of a part: its uuid, null where it was not stored; and whether its record is there, of a removed project then. */
interface StoredUserUsage {
	readonly uuid: string | null;
	readonly recordIsThere: boolean;
}

/** Stores the parts, in order: one of the same record and username is overwritten. Leaves out those whose record is gone or of a removed project. */
export async function storeParts(tx: Queries, parts: readonly AccountedPart[], now: Date): Promise<StoredUserUsage[]> {
	if (parts.length === 0) return [];
	return tx.rows<StoredUserUsage>(sql`
		with reported as (
			select * from unnest(
				${parts.map(({ componentUsage }) => componentUsage)}::uuid[], ${parts.map(({ username }) => username)}::text[],
				${parts.map(({ usage }) => usage)}::numeric[], ${parts.map(({ account }) => account ?? null)}::uuid[]
			) with ordinality part (record, username, usage, account, place)
		), stored as (
			insert into "ComponentUserUsage" ("componentUsageUuid", "username", "usage", "userUuid", "created", "modified")
			select record, username, usage, account, ${now}::timestamptz, ${now}::timestamptz from reported
			where exists (select from "ComponentUsage" u where u."uuid" = record and not u."projectIsRemoved")
			on conflict ("componentUsageUuid", "username") do update set
				"usage" = excluded."usage", "userUuid" = coalesce(excluded."userUuid", "ComponentUserUsage"."userUuid"), "modified" = excluded."modified"
			returning "uuid", "componentUsageUuid", "username"
		)
		select stored."uuid", exists (select from "ComponentUsage" u where u."uuid" = record) as "recordIsThere"
		from reported left join stored on reported.record = stored."componentUsageUuid" and reported.username = stored."username"
		order by reported.place
	`);
}
