import { quoted, raw, type Sql, sql } from "../database/sql.ts";
import type { TableImport } from "./list.ts";

/** Rows of the result of writeStatement. */
export interface Written {
	readonly ordinal: number;
	/** Field and reason of a refused row, else null. */
	readonly field: string | null;
	readonly reason: string | null;
	/** True when the row is new, false when it was changed, null when it is as it was (or refused). */
	readonly created: boolean | null;
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
 * `rows` is a JSON array of objects with `ordinal` and the table's incoming columns.
 */
export function writeStatement(table: TableImport, rows: string): Sql {
	const columns = Object.keys(table.columns);
	const compared = columns.filter((column) => !table.key.includes(column) && !table.onCreation?.includes(column) && column !== sourceColumn);
	const sourced = columns.includes(sourceColumn);
	const differs = compared.length === 0 ? "false" : `(${names(compared, "t.")}) is distinct from (${names(compared, "excluded.")})`;
	const later = table.changedLater === undefined ? undefined : quoted(table.changedLater);
	const settings = [
		...compared.filter((column) => column !== table.changedLater).map((column) => `${quoted(column)} = excluded.${quoted(column)}`),
		...(sourced ? [`"sourceId" = excluded."sourceId"`] : []),
		...(table.modified ? [sourced ? `"modified" = case when ${differs} then now() else t."modified" end` : `"modified" = now()`] : []),
	];
	// A row without a source takes it; one of another source is left alone.
	const changes = sourced ? `(t."sourceId" is null or t."sourceId" = excluded."sourceId" and ${differs})` : differs;
	const conflict = compared.length === 0 && !sourced ? "do nothing" : `do update set ${settings.join(", ")} where ${changes}`;
	const replacing = table.replaced !== undefined;
	const replaced = `, replaced as (
	update ${quoted(table.table)} t set ${[...table.key, ...compared, ...(sourced ? [sourceColumn] : [])].map((column) => `${quoted(column)} = r.${quoted(column)}`).join(", ")}, "modified" = now()
	from resolved r where r."problem" is null and t."uuid" = r."replaced"
	returning ${names(table.key, "t.")}, false as "created"
)`;
	return sql`${resolved(table, rows)}${raw(`, inserted as (
	insert into ${quoted(table.table)} as t (${names(columns)}) select ${names(columns)} from resolved where "problem" is null and "replaced" is null
	on conflict (${names(table.key)}) ${conflict}
	returning ${names(table.key, "t.")}, t.xmax = 0 as "created"${later === undefined ? "" : `, t.${later} as "kept"`}
)${replacing ? replaced : ""}, written as (select * from inserted${replacing ? " union all select * from replaced" : ""})
select r."ordinal", r."problem"[1] as "field", r."problem"[2] as "reason", w."created",
	${later === undefined ? "null" : `case when w."kept" <> r.${later} then r.${later} end`} as "later"
from resolved r left join written w on r."problem" is null and (${names(table.key, "r.")}) = (${names(table.key, "w.")})`)}`;
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
	return sql`${raw(`with incoming as materialized (
	select i.* from (select set_config('plan_cache_mode', 'auto', true)) planned, json_to_recordset(`)}${rows}${raw(`::json) as i("ordinal" integer, ${incoming.join(", ")})
),
resolved as materialized (
	select i."ordinal", ${problem} as "problem", ${table.replaced ?? "null"} as "replaced", ${columns.join(", ")}
	from incoming i ${table.joins ?? ""}
)`)}`;
}

/** The column of a row that says where it was imported from. */
const sourceColumn = "sourceId";

/** The table whose rows take the source. Without a source, or without such a column, the table as it is. */
export const withSource = (table: TableImport, sourceId: number | undefined): TableImport =>
	sourceId === undefined || table.sourced !== true ? table : { ...table, columns: { ...table.columns, [sourceColumn]: `${sourceId}::smallint` } };

const names = (columns: readonly string[], prefix = "") => columns.map((column) => prefix + quoted(column)).join(", ");
