import type { Database, Queries } from "../../database/database.ts";
import { type Sql, sql } from "../../database/sql.ts";
import { folded, trigramsOf } from "./username.ts";

/** Names that are read, or folded, at once. */
const batch = 1_000;

/** At most as many names are looked for by themselves; parts of more are found by the list's order. */
const fewNames = 500;

/** The condition on parts that their username contains what is searched for, which is folded (see searchedPart). */
export async function nameContains(queries: Queries, searched: string): Promise<Sql> {
	const holds = sql`n."trigrams" @> ${trigramsOf(searched)}::text[] and strpos(n."folded", ${searched}) > 0`;
	const names = await queries.rows<{ username: string }>(sql`select n."username" from "Username" n where ${holds} limit ${fewNames + 1}`);
	const others = await unfoldedContaining(queries, searched);
	const known = [...names.map(({ username }) => username), ...others];
	if (names.length <= fewNames) return sql`"t"."username" = any(${known}::text[])`;
	return sql`("t"."username" = any(${others}::text[]) or exists (select from "Username" n where n."username" = "t"."username" and ${holds}))`;
}

/** Those of the names that are not folded yet which contain what is searched for. */
async function unfoldedContaining(queries: Queries, searched: string): Promise<string[]> {
	const found: string[] = [];
	let names = await unfolded(queries, "");
	while (names.length > 0) {
		found.push(...names.filter((name) => folded(name).includes(searched)));
		names = names.length < batch ? [] : await unfolded(queries, names.at(-1) ?? "");
	}
	return found;
}

/** The next names that are not folded yet. */
async function unfolded(queries: Queries, behind: string): Promise<string[]> {
	const names = await queries.rows<{ username: string }>(
		sql`select "username" from "Username" where "folded" is null and "username" > ${behind} order by "username" limit ${batch}`,
	);
	return names.map(({ username }) => username);
}

/** Folds the names that are not folded yet, a batch in a statement: what a run that was killed has left, the next one finds. */
export async function foldUsernames(queries: Queries): Promise<void> {
	for (let names = await unfolded(queries, ""); names.length > 0; names = names.length < batch ? [] : await unfolded(queries, "")) {
		const texts = names.map(folded);
		await queries.rows(sql`
			update "Username" n set "folded" = given.folded, "trigrams" = array(select jsonb_array_elements_text(given.trigrams::jsonb))
			from unnest(${names}::text[], ${texts}::text[], ${texts.map((text) => JSON.stringify(trigramsOf(text)))}::text[]) given (name, folded, trigrams)
			where n."username" = given.name
		`);
	}
}

/** As long a removal of names waits for those who write parts, and they for it, in milliseconds; then it is left to the next time. */
const maxWait = 300;

/**
 * Forgets the names of which there is no part any more. Looks at all names, a batch in a statement. Those of a batch go while
 * no transaction writes parts: one that is written, not committed yet, has found its name here. Returns how many went.
 */
export async function forgetUnusedUsernames(database: Database): Promise<number> {
	let gone = 0;
	for (let behind: string | undefined = ""; behind !== undefined; ) {
		const names: { username: string; isUsed: boolean }[] = await database.rows(sql`
			select n."username", exists (${partsOf(sql`n`)}) as "isUsed" from "Username" n
			where n."username" > ${behind} order by n."username" limit ${batch}
		`);
		const unused = names.flatMap(({ username, isUsed }) => (isUsed ? [] : [username]));
		if (unused.length > 0) gone += await removeUnused(database, unused);
		behind = names.length < batch ? undefined : names.at(-1)?.username;
	}
	return gone;
}

function removeUnused(database: Database, names: readonly string[]): Promise<number> {
	const removed = database.transaction(async (tx) => {
		await tx.rows(sql`select set_config('lock_timeout', ${String(maxWait)}, true)`);
		await tx.rows(sql`lock table "ComponentUserUsage" in share mode`);
		const rows = await tx.rows(sql`
			delete from "Username" n where n."username" = any(${names}::text[]) and not exists (${partsOf(sql`n`)}) returning 1
		`);
		return rows.length;
	});
	return removed.catch((error: unknown) => {
		if (error instanceof Error && "code" in error && error.code === "55P03") return 0; // a transaction writes parts for long
		throw error;
	});
}

const partsOf = (name: Sql): Sql => sql`select from "ComponentUserUsage" part where part."username" = ${name}."username"`;
