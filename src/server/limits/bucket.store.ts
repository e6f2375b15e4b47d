import type { Queries } from "../../database/database.ts";
import { type Sql, sql } from "../../database/sql.ts";
import type { Rate } from "./bucket.ts";

/** What was taken out of a bucket, and what it holds then. */
export interface Taken {
	readonly taken: number;
	readonly level: number;
}

/** What the bucket b holds now. */
const filled = ({ size, perSecond }: Rate): Sql =>
	sql`least(${size}::float8, b."level" + greatest(0, extract(epoch from clock_timestamp() - b."at")) * ${perSecond}::float8)`;

/**
 * Takes as much as `wanted` out of the token's bucket, which all instances share, or all that there is if that is at least
 * `needed`; nothing when it is less. One statement; the database's clock counts, for instances' clocks differ.
 */
export async function takeFromBucket(queries: Queries, hash: string, needed: number, wanted: number, { size, perSecond }: Rate): Promise<Taken> {
	const full = filled({ size, perSecond });
	const taken = sql`case when ${full} >= ${needed}::float8 then least(${full}, ${wanted}::float8) else 0 end`;
	const first = Math.min(wanted, size);
	const [row] = await queries.rows<Taken>(sql`
		insert into "RateBucket" as b ("hash", "level", "taken", "at") values (${hash}, ${size - first}::float8, ${first}::float8, clock_timestamp())
		on conflict ("hash") do update set "level" = ${full} - ${taken}, "taken" = ${taken}, "at" = clock_timestamp()
		returning "taken", "level"
	`);
	return row ?? { taken: 0, level: 0 };
}

/** Takes a debt out of the token's bucket, which may leave it empty and as much below; returns what it holds then. */
export async function takeDebtFromBucket(queries: Queries, hash: string, debt: number, rate: Rate): Promise<number> {
	const { size } = rate;
	const full = filled(rate);
	const [row] = await queries.rows<{ level: number }>(sql`
		insert into "RateBucket" as b ("hash", "level", "taken", "at") values (${hash}, ${Math.max(-size, size - debt)}::float8, ${debt}::float8, clock_timestamp())
		on conflict ("hash") do update set "level" = greatest(-${size}::float8, ${full} - ${debt}::float8), "taken" = ${debt}::float8, "at" = clock_timestamp()
		returning "level"
	`);
	return row?.level ?? 0;
}

/** Forgets the buckets that are full by now: one that is not there is full. */
export async function forgetFullBuckets(queries: Queries): Promise<void> {
	await queries.rows(sql`delete from "RateBucket" where "at" < clock_timestamp() - interval '1 hour'`);
}
