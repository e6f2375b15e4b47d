import type { Database, Queries } from "../../src/database/database.ts";

/** Where a service ends itself: within a transaction that writes, by a part of the statement that it has just done, or around one. */
export const points = {
	"before the transaction": "begin",
	"after the records are stored": 'insert into "ComponentUsage"',
	"before the commit": "written",
	"after the commit, before the answer": "committed",
	"while it commits": "committing",
	"after the log is written": 'insert into "LogEntry"',
	"after a policy has turned": 'insert into "PolicyFiring"',
	"after the parts are stored": 'insert into "ComponentUserUsage"',
	"after the answer is kept": 'insert into "IdempotencyKey"',
	"after the locks are taken": "pg_advisory_xact_lock",
	"after the notifications are written": 'insert into "Notification"',
} as const;

export type Point = keyof typeof points;

/** The same database, but that the process is killed when it has come to the point for the given time. */
export function killingAt(database: Database, point: Point, time: number): Database {
	let left = time;
	const reached = (place: string) => {
		if (place.includes(points[point]) && --left === 0) process.kill(process.pid, "SIGKILL");
	};
	const watched = (tx: Queries): Queries => ({
		rows: async (statement) => {
			const rows = await tx.rows<never>(statement);
			reached(statement.text);
			return rows;
		},
		tuples: (statement) => tx.tuples(statement),
	});
	const killing = (database: Database): Database => ({
		...database,
		onBehalfOf: (caller) => killing(database.onBehalfOf(caller)),
		transaction: async (work) => {
			reached("begin");
			const result = await database.transaction(async (tx) => {
				const written = await work(watched(tx));
				reached("written");
				setImmediate(() => reached("committing"));
				return written;
			});
			reached("committed");
			return result;
		},
	});
	return killing(database);
}
