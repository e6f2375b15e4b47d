import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { LogAges } from "../shared/metrics.ts";
import type { Position } from "./position.ts";

/** Holes that are looked into, at most: the oldest come first. */
const maxHoles = 1_000;

/**
 * How old the oldest entry without a number is, and the oldest one that has a number after the position. Looks at the first
 * entry of each place where one may be, however long the log is, and waits for no lock of a row.
 */
export async function logAges(queries: Queries, { number }: Position): Promise<LogAges> {
	const [row] = await queries.rows<{ unnumbered: number | null; unread: number | null }>(sql`
		select extract(epoch from clock_timestamp() - least(hole."created", later."created"))::float8 as "unnumbered",
			extract(epoch from clock_timestamp() - unread."created")::float8 as "unread"
		from "LogHead" h
		left join lateral (
			select e."created" from (select given from unnest(h."holes") given order by given limit ${maxHoles}::int) hole cross join lateral (
				select l."id", l."created" from "LogEntry" l where l."id" >= lower(hole.given) and l."id" < upper(hole.given) order by l."id" limit 1
			) e order by e."id" limit 1
		) hole on true
		left join lateral (select l."created" from "LogEntry" l where l."id" > h."high" order by l."id" limit 1) later on true
		left join lateral (select n."entryId" from "LogNumber" n where n."number" > ${String(number)}::bigint order by n."number" limit 1) next on true
		left join "LogEntry" unread on unread."id" = next."entryId"
	`);
	return { unnumbered: row?.unnumbered ?? undefined, unread: row?.unread ?? undefined };
}
