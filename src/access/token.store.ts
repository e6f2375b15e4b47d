import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { type TokenText, tokenHash, tokenHint } from "./token.ts";

/** A token as it is listed: never the token itself. */
export interface StoredToken {
	readonly uuid: string;
	readonly username: string;
	readonly name: string;
	readonly hint: string;
	readonly created: Date;
	/** When it last signed its user in, to about ten minutes; null when it has not, or that was not noted. */
	readonly lastUsed: Date | null;
	readonly expires: Date | null;
	readonly revoked: Date | null;
}

export interface NewToken {
	readonly token: TokenText;
	readonly username: string;
	/** What it is for. */
	readonly name: string;
	/** When it stops being good; null for never. */
	readonly expires: Date | null;
	readonly now: Date;
}

/** Stores the token's hash for the user, once. False when there is no active user of that name. */
export async function addToken(queries: Queries, { token, username, name, expires, now }: NewToken): Promise<boolean> {
	const added = await queries.rows(sql`
		insert into "Token" ("userUuid", "name", "hash", "hint", "expires", "created", "modified")
		select "uuid", ${name}, ${tokenHash(token)}, ${tokenHint(token)}, ${expires}::timestamptz, ${now}::timestamptz, ${now}::timestamptz
		from "User" where "username" = ${username} and "isActive"
		on conflict ("hash") do update set "modified" = excluded."modified"
		returning "uuid"
	`);
	return added.length > 0;
}

/** All tokens, newest first; of one user when a username is given. */
export function listTokens(queries: Queries, username: string | undefined): Promise<StoredToken[]> {
	return queries.rows<StoredToken>(sql`
		select t."uuid", u."username", t."name", t."hint", t."created", t."lastUsed", t."expires", t."revoked"
		from "Token" t join "User" u on u."uuid" = t."userUuid"
		where ${username ?? null}::text is null or u."username" = ${username ?? null} order by t."created" desc, t."uuid"
	`);
}

/** Revokes the token for good. False when there is none, or it was revoked before. */
export async function revokeToken(queries: Queries, uuid: string, now: Date): Promise<boolean> {
	const revoked = await queries.rows(sql`
		update "Token" set "revoked" = ${now}::timestamptz, "modified" = ${now}::timestamptz
		where "uuid" = ${uuid}::uuid and "revoked" is null returning "uuid"
	`);
	return revoked.length > 0;
}

/** Those of the tokens, by their hashes, that sign an active user in at the moment. */
export async function goodTokens(queries: Queries, hashes: readonly string[], now: Date): Promise<string[]> {
	const rows = await queries.rows<{ hash: string }>(sql`
		select t."hash" from "Token" t join "User" u on u."uuid" = t."userUuid"
		where t."hash" = any(${[...hashes]}::text[]) and t."revoked" is null and (t."expires" is null or t."expires" > ${now}::timestamptz) and u."isActive"
	`);
	return rows.map(({ hash }) => hash);
}

/** Notes that the tokens, by their hashes, were used at the moment; skips those noted after `unless`, and those that another transaction locks. */
export async function noteUses(queries: Queries, hashes: readonly string[], { now, unless }: { now: Date; unless: Date }): Promise<void> {
	await queries.rows(sql`
		update "Token" t set "lastUsed" = ${now}::timestamptz from (
			select "uuid" from "Token" where "hash" = any(${[...hashes]}::text[]) and ("lastUsed" is null or "lastUsed" < ${unless}::timestamptz)
			for update skip locked
		) due where due."uuid" = t."uuid"
	`);
}
