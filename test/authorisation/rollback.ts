import type { Database, Queries } from "../../src/database/database.ts";
import { raw } from "../../src/database/sql.ts";

/** A database on which what is done can be undone. */
export interface RollbackDatabase {
	readonly database: Database;
	/** Does the work, and undoes all that it wrote. One at a time. */
	rollBackAfter<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** The same database; while work is done that will be undone, all statements go through one transaction, which is rolled back. */
export function withRollback(database: Database): RollbackDatabase {
	let open: Queries | undefined;
	const undone = new Error("Rolled back.");
	const wrapped: Database = {
		...database,
		onBehalfOf: () => wrapped,
		// Entries of the log are numbered once they are committed, which those that are rolled back never are.
		rows: (statement) => (statement.text.includes("number_log_entries") ? database : (open ?? database)).rows(statement),
		tuples: (statement) => (open ?? database).tuples(statement),
		transaction: async (work) => {
			const tx = open;
			if (tx === undefined) return database.transaction(work);
			await tx.rows(raw("savepoint nested"));
			try {
				return await work(tx);
			} catch (error) {
				await tx.rows(raw("rollback to savepoint nested"));
				throw error;
			}
		},
	};
	return {
		database: wrapped,
		rollBackAfter: async (work) => {
			const done: Awaited<ReturnType<typeof work>>[] = [];
			const rolledBack = database.transaction(async (tx) => {
				open = tx;
				try {
					done.push(await work());
				} finally {
					open = undefined;
				}
				throw undone;
			});
			await rolledBack.catch((error: unknown) => {
				if (error !== undone) throw error;
			});
			return done[0] as Awaited<ReturnType<typeof work>>;
		},
	};
}
