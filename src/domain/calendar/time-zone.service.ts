import type { Queries } from "../../database/database.ts";
import { canonicalTimeZone } from "../../shared/billing-period.ts";
import { exitCodes, Failure } from "../../shared/failure.ts";
import { firstTimeZone } from "./calendar.store.ts";

/** The database is used with this zone from its first use on. Throws a Failure when it was used with another one. */
export async function requireTimeZone(queries: Queries, timeZone: string): Promise<void> {
	const used = await firstTimeZone(queries, timeZone);
	if (canonicalTimeZone(used) === canonicalTimeZone(timeZone)) return;
	throw new Failure(
		`TIME_ZONE is ${timeZone}, but the database's billing months are those of ${used}: set TIME_ZONE=${used}. ` +
			`To change the zone of months that are still to come, run npm run turn-month -- --time-zone ${timeZone}.`,
		exitCodes.badConfig,
	);
}
