import type { Viewer } from "../access/viewer.ts";
import { visibility } from "../access/visibility.ts";
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { Account } from "../user/account.store.ts";
import type { UserUsageReport } from "./user-usage.ts";

/** The usage record that a part is reported of. */
export interface PartSubject {
	readonly uuid: string;
	readonly resourceUuid: string;
	readonly componentUuid: string;
	readonly offeringUuid: string;
	readonly providerUuid: string;
}

/** The record, if the viewer sees it. */
export async function partSubject(queries: Queries, viewer: Viewer, componentUsageUuid: string): Promise<PartSubject | undefined> {
	const [subject] = await queries.rows<PartSubject>(sql`
		select u."uuid", u."resourceUuid", u."componentUuid", u."offeringUuid", o."providerUuid"
		from "ComponentUsage" u join "Offering" o on o."uuid" = u."offeringUuid"
		where u."uuid" = ${componentUsageUuid}::uuid and ${visibility.ComponentUsage(viewer, sql`u`)}
	`);
	return subject;
}

/** Lets one transaction at a time change the parts of the record: what they sum to is bounded by the accounts' limits. */
export async function lockParts(tx: Queries, componentUsageUuid: string): Promise<void> {
	await tx.rows(sql`select from "ComponentUsage" where "uuid" = ${componentUsageUuid}::uuid for update`);
}

/** The account that a part counts for when none is named: the one stored with the part, or the offering's account of that username. */
export async function accountByUsername(queries: Queries, subject: PartSubject, username: string): Promise<Account | undefined> {
	const [account] = await queries.rows<Account>(sql`
		select a."uuid", a."offeringUuid" from "OfferingUser" a
		where a."uuid" in (
			select p."userUuid" from "ComponentUserUsage" p where p."componentUsageUuid" = ${subject.uuid}::uuid and p."username" = ${username}
		) or (a."offeringUuid" = ${subject.offeringUuid}::uuid and a."username" = ${username})
		order by a."username" is distinct from ${username}, a."created", a."uuid" limit 1
	`);
	return account;
}

/** The account's limit on the record's resource and component, and the sum of its other parts of the record. */
export async function limitAndOthers(
	queries: Queries,
	subject: PartSubject,
	accountUuid: string,
	username: string,
): Promise<{ limit: string | undefined; current: string }> {
	const [row] = await queries.rows<{ limit: string | null; current: string }>(sql`
		select (
			select l."limit" from "ComponentUserUsageLimit" l
			where l."resourceUuid" = ${subject.resourceUuid}::uuid and l."componentUuid" = ${subject.componentUuid}::uuid and l."userUuid" = ${accountUuid}::uuid
		) as "limit", (
			select coalesce(sum(p."usage"), 0) from "ComponentUserUsage" p
			where p."componentUsageUuid" = ${subject.uuid}::uuid and p."userUuid" = ${accountUuid}::uuid and p."username" <> ${username}
		) as "current"
	`);
	return { limit: row?.limit ?? undefined, current: row?.current ?? "0" };
}

/** Stores the part: one of the same record and username is overwritten. Answers its uuid. */
export async function storePart(tx: Queries, part: UserUsageReport, accountUuid: string | undefined, now: Date): Promise<string> {
	const [stored] = await tx.rows<{ uuid: string }>(sql`
		insert into "ComponentUserUsage" ("componentUsageUuid", "username", "usage", "userUuid", "created", "modified")
		values (${part.componentUsage}::uuid, ${part.username}, ${part.usage}::numeric, ${accountUuid ?? null}::uuid, ${now}::timestamptz, ${now}::timestamptz)
		on conflict ("componentUsageUuid", "username") do update set
			"usage" = excluded."usage", "userUuid" = coalesce(excluded."userUuid", "ComponentUserUsage"."userUuid"), "modified" = excluded."modified"
		returning "uuid"
	`);
	if (stored === undefined) throw new Error("A part was not stored.");
	return stored.uuid;
}
