import type { Database, Queries } from "../../src/database/database.ts";
import { raw } from "../../src/database/sql.ts";

/** A database on which what is done can be undone. */
export interface Rehearsed {
	readonly database: Database;
	/** Does the work, and undoes all that it wrote. One at a time. */
	rehearse<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** The same database; during a rehearsal all statements go through one transaction, which is rolled back. */
export function rehearsed(database: Database): Rehearsed {
	let stage: Queries | undefined;
	const undone = new Error("The rehearsal is over.");
	const staged: Database = {
		...database,
		onBehalfOf: () => staged,
		// Entries of the log are numbered once they are committed, which those of a rehearsal never are.
		rows: (statement) => (statement.text.includes("number_log_entries") ? database : (stage ?? database)).rows(statement),
		tuples: (statement) => (stage ?? database).tuples(statement),
		transaction: async (work) => {
			const tx = stage;
			if (tx === undefined) return database.transaction(work);
			await tx.rows(raw("savepoint rehearsed"));
			try {
				return await work(tx);
			} catch (error) {
				await tx.rows(raw("rollback to savepoint rehearsed"));
				throw error;
			}
		},
	};
	return {
		database: staged,
		rehearse: async (work) => {
			const done: Awaited<ReturnType<typeof work>>[] = [];
			const rolledBack = database.transaction(async (tx) => {
				stage = tx;
				try {
					done.push(await work());
				} finally {
					stage = undefined;
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
