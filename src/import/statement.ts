import { quoted, raw, type Sql, sql } from "../database/sql.ts";
import type { Summed, TableImport } from "./list.ts";

/** Rows of the result of writeStatement. */
export interface Written {
	readonly ordinal: number;
	/** Field and reason of a refused row, else null. */
	readonly field: string | null;
	readonly reason: string | null;
	/** True when the row is new, false when it was changed, null when it is as it was (or refused). */
	readonly created: boolean | null;
	/** The stored rows that this one is the same as, when it was left alone for that. */
	readonly same: readonly string[] | null;
	/** The stored row that it is a part of. */
	readonly partOf: string | null;
	readonly mayBeSummed: boolean | null;
	/** What the column that is changed later is to be, where that is not what is stored. */
	readonly later: boolean | null;
}

/**
 * To run before a statement of these, in its transaction: a prepared plan made while a table was empty would scan it as it
 * grows, so that the statement is planned anew. It ends that itself when it begins to run, for the checks of references,
 * one a row, would be planned anew as well, which takes longer than all else.
 */
export const planAnew: Sql = sql`select set_config('plan_cache_mode', 'force_custom_plan', true)`;

/**
 * Writes the rows that have no problem and differ from what is stored, and returns for each what became of it.
 * `rows` is a JSON array of objects with `ordinal` and the table's incoming columns. A row that is the same as stored ones, or
 * a part of one, is left alone unless it has `replaces`, the stored row that it becomes, or `apart`.
 */
export function writeStatement(table: TableImport, rows: string): Sql {
	const columns = Object.keys(table.columns);
	const compared = columns.filter((column) => !table.key.includes(column) && !table.onCreation?.includes(column) && column !== sourceColumn);
	const sourced = columns.includes(sourceColumn);
	const differs = (from: string) => (compared.length === 0 ? "false" : `(${names(compared, "t.")}) is distinct from (${names(compared, `${from}.`)})`);
	const later = table.changedLater === undefined ? undefined : quoted(table.changedLater);
	const changes = (from: string) => [
		...compared.filter((column) => column !== table.changedLater).map((column) => `${quoted(column)} = ${from}.${quoted(column)}`),
		...Object.entries(table.forgets ?? {}).map(
			([column, figure]) => `${quoted(column)} = case when t.${quoted(figure)} = ${from}.${quoted(figure)} then t.${quoted(column)} end`,
		),
		...(sourced ? [`"sourceId" = ${from}."sourceId"`] : []),
		...(table.modified ? [sourced ? `"modified" = case when ${differs(from)} then now() else t."modified" end` : `"modified" = now()`] : []),
	];
	// A row without a source takes it; one of another source is left alone.
	const condition = sourced ? `(t."sourceId" is null or t."sourceId" = excluded."sourceId" and ${differs("excluded")})` : differs("excluded");
	const conflict = compared.length === 0 && !sourced ? "do nothing" : `do update set ${changes("excluded").join(", ")} where ${condition}`;
	const kept = later === undefined ? "" : `, t.${later} as "kept"`;
	const returned = `returning ${names(table.key, "t.")}, false as "created"`;
	const others: [name: string, text: string][] = [
		...(table.sameAs === undefined
			? []
			: [
					[
						"replaced",
						`update ${quoted(table.table)} t set ${table.key.map((column) => `${quoted(column)} = r.${quoted(column)}`).join(", ")}, ${changes("r").join(", ")}
	from resolved r where r."isWritten" and t."uuid" = r."replaces" ${returned}`,
					] as [string, string],
				]),
		...(table.removedWhen === undefined
			? []
			: [
					[
						"removed",
						`delete from ${quoted(table.table)} t using resolved r where r."isDropped" and (${names(table.key, "r.")}) = (${names(table.key, "t.")}) ${returned}`,
					] as [string, string],
				]),
	];
	return sql`${resolved(table, rows)}${raw(`, inserted as (
	insert into ${quoted(table.table)} as t (${names(columns)}) select ${names(columns)} from resolved where "isWritten" and "replaces" is null
	on conflict (${names(table.key)}) ${conflict}
	returning ${names(table.key, "t.")}, t.xmax = 0 as "created"${kept}
)${others.map(([name, text]) => `, ${name} as (${text})`).join("")}, written as (select * from inserted${others.map(([name]) => ` union all select * from ${name}`).join("")})
select r."ordinal", r."problem"[1] as "field", r."problem"[2] as "reason", w."created",
	case when r."problem" is null and not r."isWritten" then r."same" end as "same", case when r."problem" is null then r."partOf" end as "partOf", r."mayBeSummed",
	${later === undefined ? "null" : `case when w."kept" <> r.${later} then r.${later} end`} as "later"
from resolved r left join written w on r."problem" is null and (${names(table.key, "r.")}) = (${names(table.key, "w.")})`)}`;
}

/** Writes the rows as parts of the stored ones that `joins` of each names, which become the first of their own parts. */
export function joinStatement(table: TableImport, { parts, whole, latest }: Summed, rows: string): Sql {
	const figures = [...new Set(["usage", "created", ...latest])];
	const changing = figures.filter((column) => column !== "created");
	return sql`${resolved(table, rows)}${raw(`, firsts as (
	insert into ${quoted(parts)} ("uuid", ${quoted(whole)}, ${names(figures)})
	select t."uuid", t."uuid", ${names(figures, "t.")} from ${quoted(table.table)} t
	where t."uuid" in (select r."joins" from resolved r where r."problem" is null)
		and not exists (select from ${quoted(parts)} known where known.${quoted(whole)} = t."uuid")
	on conflict do nothing
), joined as (
	insert into ${quoted(parts)} as t ("uuid", ${quoted(whole)}, ${names(figures)})
	select r."uuid", r."joins", ${names(figures, "r.")} from resolved r where r."problem" is null
	on conflict ("uuid") do update set ${changing.map((column) => `${quoted(column)} = excluded.${quoted(column)}`).join(", ")}
	where (${names(changing, "t.")}) is distinct from (${names(changing, "excluded.")})
	returning t."uuid", t.xmax = 0 as "created"
)
select r."ordinal", r."problem"[1] as "field", r."problem"[2] as "reason", w."created", null as "same", null as "partOf", null as "mayBeSummed", null as "later"
from resolved r left join joined w on w."uuid" = r."uuid"`)}`;
}

/** Removes the rows of these owners that are not among the given ones, and returns the owners that lost some. */
export function removeStatement(table: TableImport, owner: string, rows: string, owners: readonly string[]): Sql {
	return sql`${resolved(table, rows)}${raw(` delete from ${quoted(table.table)} t where t.${quoted(owner)} = any(`)}${owners}${raw(`::uuid[])
and not exists (select from resolved r where r."problem" is null and (${names(table.key, "r.")}) = (${names(table.key, "t.")}))
returning t.${quoted(owner)} as "owner"`)}`;
}

/** Locks the stored rows that the given ones would change, in the order in which others lock them. */
export const lockStatement = (table: TableImport, rows: string): Sql =>
	sql`select from ${raw(quoted(table.table))} where "uuid" in (select (row ->> 'uuid')::uuid from json_array_elements(${rows}::json) row) order by "uuid" for no key update`;

/** The incoming rows with their problem and their stored columns; `modified` of new rows is the moment of the import. */
function resolved(table: TableImport, rows: string): Sql {
	const incoming = Object.entries(table.incoming).map(([column, type]) => `${quoted(column)} ${type}`);
	const cases = (table.problems ?? []).map(({ when, field, reason }) => `when ${when} then array['${field}', ${reason}]`);
	const problem = cases.length === 0 ? "null::text[]" : `case ${cases.join(" ")} end`;
	const columns = Object.entries(table.columns).map(([column, expression]) => `${expression} as ${quoted(column)}`);
	const same = table.sameAs?.uuids ?? "null::uuid[]";
	const partOf = table.summed?.partOf ?? "null::uuid";
	return sql`${raw(`with incoming as materialized (
	select i.* from (select set_config('plan_cache_mode', 'auto', true)) planned, json_to_recordset(`)}${rows}${raw(`::json) as i("ordinal" integer, "replaces" uuid, "apart" boolean, "joins" uuid, ${incoming.join(", ")})
),
found as materialized (
	select i."ordinal", i."replaces", i."apart", i."joins", ${problem} as "problem", ${same} as "same", ${partOf} as "partOf",
		${table.summed?.when ?? "false"} as "mayBeSummed", ${table.removedWhen ?? "false"} as "isNothing", ${columns.join(", ")}
	from incoming i ${table.joins ?? ""}
),
resolved as materialized (
	select found.*, "problem" is null and "isNothing" as "isDropped",
		"problem" is null and not "isNothing" and "partOf" is null and ("same" is null or "replaces" is not null or "apart" is true) as "isWritten"
	from found
)`)}`;
}

/** The column of a row that says where it was imported from. */
const sourceColumn = "sourceId";

/** The table whose rows take the source. Without a source, or without such a column, the table as it is. */
export const withSource = (table: TableImport, sourceId: number | undefined): TableImport =>
	sourceId === undefined || table.sourced !== true ? table : { ...table, columns: { ...table.columns, [sourceColumn]: `${sourceId}::smallint` } };

const names = (columns: readonly string[], prefix = "") => columns.map((column) => prefix + quoted(column)).join(", ");
