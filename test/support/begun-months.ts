import type { Queries } from "../../src/database/database.ts";
import { sql } from "../../src/database/sql.ts";

/** Leaves nothing to begin for the offerings that are there, so that a turn of the month is about later ones alone. */
export async function beginAllMonths(queries: Queries): Promise<void> {
	await queries.rows(sql`insert into "MonthTurn" ("offeringUuid", "billingPeriod") select "uuid", '9999-12-01' from "Offering" on conflict do nothing`);
}
