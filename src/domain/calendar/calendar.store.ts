import type { Queries } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";

/** The moment by the database's clock. */
export type DatabaseClock = (queries: Queries) => Promise<Date>;

/** The clock of the computer that the database runs on. */
export const databaseClock: DatabaseClock = async (queries) => {
	const [row] = await queries.rows<{ now: Date }>(sql`select clock_timestamp() as "now"`);
	if (row === undefined) throw new Error("The database did not tell the time.");
	return row.now;
};

/** The newest moment at which a service ran on the database with a clock that was right; null when none did. */
export async function reachedMoment(queries: Queries): Promise<Date | null> {
	const [row] = await queries.rows<{ reached: Date | null }>(sql`select "reached" from "Calendar"`);
	return row?.reached ?? null;
}

/** How much newer a moment is than the last that was noted, in seconds, before it is noted. */
const noted = 60;

/** Notes that the moment was reached, unless one as late is noted already. */
export async function noteReached(queries: Queries, moment: Date): Promise<void> {
	await queries.rows(sql`
		insert into "Calendar" ("only", "reached") values (true, ${moment}::timestamptz)
		on conflict ("only") do update set "reached" = excluded."reached"
		where "Calendar"."reached" is null or "Calendar"."reached" < excluded."reached" - make_interval(secs => ${noted}::int)
	`);
}

/** Sets the moment, even to an earlier one than is noted. */
export async function setReached(queries: Queries, moment: Date): Promise<void> {
	await queries.rows(sql`
		insert into "Calendar" ("only", "reached") values (true, ${moment}::timestamptz) on conflict ("only") do update set "reached" = excluded."reached"
	`);
}

/** The zone whose calendar makes the months of the database: the first that it was used with, which is this one if there was none. */
export async function firstTimeZone(queries: Queries, timeZone: string): Promise<string> {
	const [row] = await queries.rows<{ timeZone: string }>(sql`
		insert into "Calendar" ("only", "timeZone") values (true, ${timeZone})
		on conflict ("only") do update set "timeZone" = coalesce("Calendar"."timeZone", excluded."timeZone")
		returning "timeZone"
	`);
	return row?.timeZone ?? timeZone;
}

/** Sets the zone. */
export async function setTimeZone(queries: Queries, timeZone: string): Promise<void> {
	await queries.rows(sql`
		insert into "Calendar" ("only", "timeZone") values (true, ${timeZone}) on conflict ("only") do update set "timeZone" = excluded."timeZone"
	`);
}
