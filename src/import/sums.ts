import type { Queries } from "../database/database.ts";
import { quoted, raw, type Sql, sql } from "../database/sql.ts";
import type { AroundSums, Attempt, Summed, TableImport } from "./list.ts";
import type { SeenKeys } from "./seen-keys.ts";

/** Stored rows in a step, which is a transaction of its own. */
const stepSize = 1_000;

type SummedTable = Pick<TableImport, "table" | "forgets"> & { readonly summed: Summed };

/**
 * Makes the stored rows that several of the source's records are the sum of these again, once all of the source has been read.
 * Records that the source has no more are left out; a row of which one is left is that one. Rows of which the source has
 * none any more stay as they are. `around` surrounds what changes rows, of those alone that would change.
 */
export async function settleSums(
	attempt: Attempt,
	table: SummedTable,
	seen: Pick<SeenKeys, "has">,
	around: AroundSums = (_, wholes, settle) => settle(wholes),
): Promise<void> {
	for (let after: string | undefined = "00000000-0000-0000-0000-000000000000"; after !== undefined; ) {
		const from: string = after;
		after = await attempt((tx) => settleSome(tx, table, seen, around, from));
	}
}

/** Settles the next rows in the order of their uuids, and returns the last one's; undefined when there are no more. */
async function settleSome(tx: Queries, table: SummedTable, seen: Pick<SeenKeys, "has">, around: AroundSums, after: string): Promise<string | undefined> {
	const [parts, whole] = [raw(quoted(table.summed.parts)), raw(quoted(table.summed.whole))];
	const rows = await tx.rows<{ uuid: string; whole: string }>(sql`
		select s."uuid", s.${whole} as "whole" from ${parts} s where s.${whole} in (
			select distinct next.${whole} from ${parts} next where next.${whole} > ${after}::uuid order by 1 limit ${stepSize}
		) order by 2
	`);
	const present = [...new Set(rows.filter(({ uuid }) => seen.has(uuid)).map((row) => row.whole))];
	const isPresent = new Set(present);
	const gone = rows.filter((row) => isPresent.has(row.whole) && !seen.has(row.uuid));
	const { sums, differs } = sumsOf(table);
	const unequal = await tx.rows<{ uuid: string }>(sql`
		select t."uuid" from ${raw(quoted(table.table))} t join (${sums(present)}) p on t."uuid" = p."whole" where ${differs}
	`);
	const changing = new Set([...gone.map((row) => row.whole), ...unequal.map(({ uuid }) => uuid)]);
	if (changing.size > 0) await around(tx, [...changing], (some) => settle(tx, table, some, gone));
	return rows.at(-1)?.whole;
}

/** Makes the rows the sums of their parts, without those that are gone. */
async function settle(tx: Queries, table: SummedTable, wholes: readonly string[], all: readonly { uuid: string; whole: string }[]): Promise<void> {
	if (wholes.length === 0) return;
	const [parts, whole] = [raw(quoted(table.summed.parts)), raw(quoted(table.summed.whole))];
	const isSettled = new Set(wholes);
	const gone = all.filter((row) => isSettled.has(row.whole)).map(({ uuid }) => uuid);
	if (gone.length > 0) await tx.rows(sql`delete from ${parts} where "uuid" = any(${gone}::uuid[])`);
	const { sums, differs, settings } = sumsOf(table);
	await tx.rows(sql`
		update ${raw(quoted(table.table))} t set ${settings}, "modified" = now() from (${sums(wholes)}) p where t."uuid" = p."whole" and ${differs}
	`);
	// One that is left is the row itself.
	if (gone.length > 0) {
		await tx.rows(sql`
			delete from ${parts} s where s.${whole} = s."uuid" and not exists (
				select from ${parts} other where other.${whole} = s.${whole} and other."uuid" <> s."uuid"
			)
		`);
	}
}

/** SQL of the sums `p` of rows `t`, by `whole`: where the row differs from its sum, and what it becomes then. */
function sumsOf({ summed: { parts, whole, latest, by }, forgets = {} }: SummedTable) {
	const columns = ["uuid", "usage", ...latest];
	const figures = latest.map((column) => `(array_agg(s.${quoted(column)} order by s.${quoted(by)} desc, s."uuid"))[1] as ${quoted(column)}`);
	const settings = [
		...columns.map((column) => `${quoted(column)} = p.${quoted(column)}`),
		...Object.entries(forgets).map(
			([column, figure]) => `${quoted(column)} = case when t.${quoted(figure)} = p.${quoted(figure)} then t.${quoted(column)} end`,
		),
	];
	const named = (alias: string) => columns.map((column) => `${alias}.${quoted(column)}`).join(", ");
	return {
		// The row goes by the uuid of the record that was created first: one that comes later does not change it.
		sums: (wholes: readonly string[]): Sql => sql`
			select s.${raw(quoted(whole))} as "whole", (array_agg(s."uuid" order by s."created", s."uuid"))[1] as "uuid",
				sum(s."usage") as "usage"${raw(figures.map((figure) => `, ${figure}`).join(""))}
			from ${raw(quoted(parts))} s where s.${raw(quoted(whole))} = any(${[...wholes]}::uuid[]) group by 1 having sum(s."usage") < 1e18
		`,
		differs: raw(`(${named("t")}) is distinct from (${named("p")})`),
		settings: raw(settings.join(", ")),
	};
}
