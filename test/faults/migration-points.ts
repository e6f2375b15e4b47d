import type { Database, Session } from "../../src/database/database.ts";

/** Where a process that migrates ends itself, in the transaction of a migration. */
export const migrationPoints = ["locked", "under way", "done, not recorded", "recorded, not committed", "committed"] as const;
export type MigrationPoint = (typeof migrationPoints)[number];

const kill = () => process.kill(process.pid, "SIGKILL");

/** The same database, but that the process is killed when a migration comes to the point. */
export function killingMigrations(database: Database, point: MigrationPoint): Database {
	let isRecorded = false;
	const watched = (session: Session): Session => ({
		...session,
		rows: async (statement) => {
			const rows = await session.rows<never>(statement);
			if (point === "locked" && statement.text.includes("pg_try_advisory_xact_lock")) kill();
			isRecorded ||= statement.text.includes('insert into "_prisma_migrations"');
			if (point === "recorded, not committed" && isRecorded) kill();
			return rows;
		},
		script: async (statements) => {
			const isMigration = /^\s*(--.*\n|CREATE (TABLE|TYPE)|CREATE (UNIQUE )?INDEX|ALTER|DROP)/.test(statements) && !statements.includes('"_prisma_migrations"');
			if (point === "under way" && isMigration) setImmediate(kill);
			await session.script(statements);
			if (point === "under way" && isMigration) await new Promise(() => {}); // the embedded database does it all at once
			if (point === "done, not recorded" && isMigration) kill();
			if (point === "committed" && isRecorded) kill();
		},
	});
	return { ...database, withSession: (work) => database.withSession((session) => work(watched(session))) };
}
