import type { Database, Queries } from "../../database/database.ts";
import { and, list, name, type Sql, sql } from "../../database/sql.ts";
import { folded, trigramsOf } from "./name.ts";

/** Names that are searched by a part of them, each kept once for all that have it: triggers add them (prisma/migrations). */
export interface Names {
	/** The table that keeps them, and its column. */
	readonly table: string;
	readonly column: string;
	/** What has them, by table: in which column. */
	readonly of: Readonly<Record<string, string>>;
}

/** What parts of usage records go by. */
export const usernames: Names = { table: "Username", column: "username", of: { ComponentUserUsage: "username" } };

/** What objects that are listed are called. */
export const objectNames: Names = {
	table: "SearchedName",
	column: "name",
	of: { Customer: "name", Offering: "name", OfferingUser: "username", Project: "name", Resource: "name" },
};

const kinds = [usernames, objectNames];

/** Names that are read, or folded, at once. */
const batch = 1_000;

/** At most as many names are looked for by themselves; rows of more are found by the list's order. */
const fewNames = 500;

/** The condition that the column of the row "t" contains what is searched for, which is folded (see searchedPart). */
export async function nameContains(queries: Queries, names: Names, column: string, searched: string): Promise<Sql> {
	const [of, kept] = [sql`"t".${name(column)}`, keptIn(names)];
	const holds = sql`n."trigrams" @> ${trigramsOf(searched)}::text[] and strpos(n."folded", ${searched}) > 0`;
	const found = await queries.rows<{ name: string }>(sql`select ${kept.name} as "name" from ${kept.table} n where ${holds} limit ${fewNames + 1}`);
	const others = await unfoldedContaining(queries, names, searched);
	const known = [...found.map(({ name }) => name), ...others];
	if (found.length <= fewNames) return sql`${of} = any(${known}::text[])`;
	return sql`(${of} = any(${others}::text[]) or exists (select from ${kept.table} n where ${kept.name} = ${of} and ${holds}))`;
}

const keptIn = ({ table, column }: Names) => ({ table: name(table), name: sql`n.${name(column)}` });

/** Those of the names that are not folded yet which contain what is searched for. */
async function unfoldedContaining(queries: Queries, names: Names, searched: string): Promise<string[]> {
	const found: string[] = [];
	let unfolded = await unfoldedBehind(queries, names, "");
	while (unfolded.length > 0) {
		found.push(...unfolded.filter((name) => folded(name).includes(searched)));
		unfolded = unfolded.length < batch ? [] : await unfoldedBehind(queries, names, unfolded.at(-1) ?? "");
	}
	return found;
}

/** The next names that are not folded yet. */
async function unfoldedBehind(queries: Queries, names: Names, behind: string): Promise<string[]> {
	const kept = keptIn(names);
	const rows = await queries.rows<{ name: string }>(
		sql`select ${kept.name} as "name" from ${kept.table} n where n."folded" is null and ${kept.name} > ${behind} order by ${kept.name} limit ${batch}`,
	);
	return rows.map(({ name }) => name);
}

/** Folds the names that are not folded yet, a batch in a statement: what a run that was killed has left, the next one finds. */
export async function foldNames(queries: Queries, names: Names): Promise<void> {
	const kept = keptIn(names);
	for (let found = await unfoldedBehind(queries, names, ""); found.length > 0; found = found.length < batch ? [] : await unfoldedBehind(queries, names, "")) {
		const texts = found.map(folded);
		await queries.rows(sql`
			update ${kept.table} n set "folded" = given.folded, "trigrams" = array(select jsonb_array_elements_text(given.trigrams::jsonb))
			from unnest(${found}::text[], ${texts}::text[], ${texts.map((text) => JSON.stringify(trigramsOf(text)))}::text[]) given (name, folded, trigrams)
			where ${kept.name} = given.name
		`);
	}
}

/** As long a removal of names waits for those who write what has them, and they for it, in milliseconds; then it is left to the next time. */
const maxWait = 300;

/**
 * Forgets the names that nothing has any more. Looks at all names, a batch in a statement. Those of a batch go while no
 * transaction writes what has names: one that is written, not committed yet, has found its name here. Returns how many went.
 */
export async function forgetUnusedNames(database: Database, names: Names): Promise<number> {
	const kept = keptIn(names);
	let gone = 0;
	for (let behind: string | undefined = ""; behind !== undefined; ) {
		const found: { name: string; isUsed: boolean }[] = await database.rows(sql`
			select ${kept.name} as "name", not (${unused(names)}) as "isUsed" from ${kept.table} n
			where ${kept.name} > ${behind} order by ${kept.name} limit ${batch}
		`);
		const unusedNames = found.flatMap(({ name, isUsed }) => (isUsed ? [] : [name]));
		if (unusedNames.length > 0) {
			const removed = await removeUnused(database, names, unusedNames);
			if (removed === undefined) return gone; // who writes is not held up batch by batch: the next time goes on
			gone += removed;
		}
		behind = found.length < batch ? undefined : found.at(-1)?.name;
	}
	return gone;
}

/** Forgets the names of each kind that nothing has any more. */
export async function forgetAllUnusedNames(database: Database): Promise<void> {
	for (const names of kinds) await forgetUnusedNames(database, names);
}

/** Folds the names of each kind that have come in. */
export async function foldAllNames(database: Database): Promise<void> {
	for (const names of kinds) await foldNames(database, names);
}

/** Returns how many names went; undefined when it waited too long for those who write. */
function removeUnused(database: Database, names: Names, those: readonly string[]): Promise<number | undefined> {
	const kept = keptIn(names);
	const removed = database.transaction(async (tx) => {
		await tx.rows(sql`select set_config('lock_timeout', ${String(maxWait)}, true)`);
		await tx.rows(sql`lock table ${list(Object.keys(names.of).map(name))} in share mode`);
		const rows = await tx.rows(sql`delete from ${kept.table} n where ${kept.name} = any(${those}::text[]) and ${unused(names)} returning 1`);
		return rows.length;
	});
	return removed.catch((error: unknown) => {
		if (error instanceof Error && "code" in error && error.code === "55P03") return undefined; // a transaction writes what has names for long
		throw error;
	});
}

/** Nothing has the name. */
const unused = (names: Names): Sql =>
	and(Object.entries(names.of).map(([table, column]) => sql`not exists (select from ${name(table)} held where held.${name(column)} = ${keptIn(names).name})`));
