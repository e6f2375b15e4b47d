import { exitCodes, Failure } from "../shared/failure.ts";
import type { Queries } from "./database.ts";
import { sql } from "./sql.ts";
import { takesNoChanges } from "./states.ts";

/** Does what a start writes. Throws a Failure where the database takes no changes, before or in the midst of it. */
export async function startWriting(queries: Queries, work: () => Promise<void>): Promise<void> {
	const [row] = await queries.rows<{ isReadOnly: boolean }>(
		sql`select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean as "isReadOnly"`,
	);
	if (row?.isReadOnly === true) throw changeless();
	try {
		await work();
	} catch (error) {
		throw takesNoChanges(error) ? changeless() : error;
	}
}

const changeless = () =>
	new Failure("The database takes no changes: it is a standby, read-only, or its disk is full. Start again when it takes them.", exitCodes.databaseUnavailable);
