import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "../database/database.ts";
import { lockMembership } from "../database/lock.ts";
import { type Sql, sql } from "../database/sql.ts";

/** How long a change waits for those who write, and how long these may go on before it waits again, in milliseconds. */
const maxWait = 300;
const betweenWaits = 700;

/**
 * Changes what decides who counts or what is seen, alone. Writers that come while this waits wait behind it: where a writer takes
 * long, such as another import, it gives way to the others again and again, until it has its turn. Calls back before each time
 * that it waits again.
 */
export async function changeAlone(database: Database, change: Sql, onWait: () => void = () => {}): Promise<void> {
	const once = () =>
		database.transaction(async (tx) => {
			await tx.rows(sql`select set_config('lock_timeout', ${String(maxWait)}, true)`);
			await lockMembership(tx);
			await tx.rows(sql`select set_config('lock_timeout', '0', true)`);
			await tx.rows(change);
			return true;
		});
	while (!(await once().catch(lockedFalse))) {
		onWait();
		await pause(betweenWaits);
	}
}

/** False when a lock was waited for too long; throws any other error. */
function lockedFalse(error: unknown): false {
	if (error instanceof Error && "code" in error && error.code === "55P03") return false;
	throw error;
}
