import type { Queries } from "../database/database.ts";
import { quoted, raw, sql } from "../database/sql.ts";
import type { Attempt, Summed, TableImport } from "./list.ts";
import type { SeenKeys } from "./seen-keys.ts";

/** Stored rows in a step, which is a transaction of its own. */
const stepSize = 1_000;

/**
 * Makes the stored rows that several of the source's records are the sum of these again, once all of the source has been read.
 * Records that the source has no more are left out; a row of which one is left is that one. Rows of which the source has
 * none any more stay as they are.
 */
export async function settleSums(
	attempt: Attempt,
	{ table, summed, forgets = {} }: Pick<TableImport, "table" | "summed" | "forgets">,
	seen: Pick<SeenKeys, "has">,
): Promise<void> {
	if (summed === undefined) return;
	for (let after: string | undefined = "00000000-0000-0000-0000-000000000000"; after !== undefined; ) {
		const from: string = after;
		after = await attempt((tx) => settleSome(tx, table, summed, forgets, seen, from));
	}
}

/** Settles the next rows in the order of their uuids, and returns the last one's; undefined when there are no more. */
async function settleSome(
	tx: Queries,
	table: string,
	{ parts, whole, latest, by }: Summed,
	forgets: Readonly<Record<string, string>>,
	seen: Pick<SeenKeys, "has">,
	after: string,
): Promise<string | undefined> {
	const [partTable, wholeColumn] = [raw(quoted(parts)), raw(quoted(whole))];
	const rows = await tx.rows<{ uuid: string; whole: string }>(sql`
		select s."uuid", s.${wholeColumn} as "whole" from ${partTable} s where s.${wholeColumn} in (
			select distinct next.${wholeColumn} from ${partTable} next where next.${wholeColumn} > ${after}::uuid order by 1 limit ${stepSize}
		) order by 2
	`);
	const present = [...new Set(rows.filter(({ uuid }) => seen.has(uuid)).map((row) => row.whole))];
	const isPresent = new Set(present);
	const gone = rows.filter((row) => isPresent.has(row.whole) && !seen.has(row.uuid)).map(({ uuid }) => uuid);
	if (gone.length > 0) await tx.rows(sql`delete from ${partTable} where "uuid" = any(${gone}::uuid[])`);
	const columns = ["uuid", "usage", ...latest];
	const figures = latest.map((column) => `(array_agg(s.${quoted(column)} order by s.${quoted(by)} desc, s."uuid"))[1] as ${quoted(column)}`);
	const settings = [
		...columns.map((column) => `${quoted(column)} = p.${quoted(column)}`),
		...Object.entries(forgets).map(
			([column, figure]) => `${quoted(column)} = case when t.${quoted(figure)} = p.${quoted(figure)} then t.${quoted(column)} end`,
		),
	];
	const named = (alias: string) => columns.map((column) => `${alias}.${quoted(column)}`).join(", ");
	// The row goes by the uuid of the record that was created first: one that comes later does not change it.
	await tx.rows(sql`
		update ${raw(quoted(table))} t set ${raw(settings.join(", "))}, "modified" = now()
		from (
			select s.${wholeColumn} as "whole", (array_agg(s."uuid" order by s."created", s."uuid"))[1] as "uuid",
				sum(s."usage") as "usage"${raw(figures.map((figure) => `, ${figure}`).join(""))}
			from ${partTable} s where s.${wholeColumn} = any(${present}::uuid[]) group by 1 having sum(s."usage") < 1e18
		) p
		where t."uuid" = p."whole" and (${raw(named("t"))}) is distinct from (${raw(named("p"))})
	`);
	// One that is left is the row itself.
	if (gone.length > 0) {
		await tx.rows(sql`
			delete from ${partTable} s where s.${wholeColumn} = s."uuid" and not exists (
				select from ${partTable} other where other.${wholeColumn} = s.${wholeColumn} and other."uuid" <> s."uuid"
			)
		`);
	}
	return rows.at(-1)?.whole;
}
