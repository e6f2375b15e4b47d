import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";
import type { Difference } from "./verify.ts";

/** What of the log is compared: the numbers after `pruned` that are kept, and the ids of entries from `first` that were looked at. */
export interface LogBounds {
	readonly pruned: string;
	readonly last: string;
	readonly first: string;
	readonly high: string;
}

export async function logBounds(queries: Queries): Promise<LogBounds> {
	const [bounds] = await queries.rows<LogBounds>(sql`
		select "pruned"::text, "last"::text, coalesce((select min("id") from "LogEntry"), "high" + 1)::text as "first", "high"::text from "LogHead"
	`);
	if (bounds === undefined) throw new Error("The log has no head.");
	return bounds;
}

/** Numbers of the log, of so many after that one, that are kept and lead to no entry. */
export const numbersWithoutEntry = (queries: Queries, after: bigint, size: number): Promise<Difference[]> =>
	queries.rows<Difference>(sql`
		select 'LOG_NUMBER' as "figure", given."number"::text as "uuid", '' as "part", n."entryId"::text as "stored", 'an entry' as "computed"
		from "LogHead" h cross join lateral generate_series(
			greatest(h."pruned", ${String(after)}::bigint) + 1, least(h."last", ${String(after)}::bigint + ${size}::int)
		) given ("number")
		left join "LogNumber" n on n."number" = given."number" left join "LogEntry" e on e."id" = n."entryId"
		where e."id" is null order by given."number"
	`);

/** Entries of the log, of so many ids after that one, that were passed over: no process numbers them any more. */
export const entriesWithoutNumber = (queries: Queries, after: bigint, size: number): Promise<Difference[]> =>
	queries.rows<Difference>(sql`
		select 'LOG_ENTRY' as "figure", e."id"::text as "uuid", '' as "part", null as "stored", 'a number' as "computed"
		from "LogHead" h join "LogEntry" e on e."id" > ${String(after)}::bigint and e."id" <= least(h."high", ${String(after)}::bigint + ${size}::int) and not h."holes" @> e."id"
		where not exists (select from "LogNumber" n where n."entryId" = e."id") order by e."id"
	`);
