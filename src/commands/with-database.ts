import { type Config, readConfig } from "../config.ts";
import type { Database } from "../database/database.ts";
import { prepareSchema } from "../database/migrations.ts";
import { openDatabase } from "../database/open.ts";
import type { PostgresOptions } from "../database/postgres.ts";

export interface DatabaseUse {
	/** How long statements may take, where it is not the service's usual. */
	readonly waits?: PostgresOptions["waits"];
	/** False for the command that migrates by itself. */
	readonly prepares?: boolean;
	/** Runs before a database is opened, and perhaps made, for nothing. */
	readonly before?: () => Promise<void>;
}

/**
 * Does a command's work on the database that the environment names, at the schema that this version has, and closes it then.
 *
 * @throws Failure when a variable, the database or its schema is not as it must be; and all that the work throws
 */
export async function withDatabase<Result>(
	work: (database: Database, config: Config) => Promise<Result>,
	{ waits, prepares = true, before }: DatabaseUse = {},
): Promise<Result> {
	const config = readConfig(process.env);
	await before?.();
	const database = await openDatabase(config.database, waits === undefined ? {} : { waits });
	try {
		if (prepares) await prepareSchema(database, config.migrate);
		return await work(database, config);
	} finally {
		await database.close();
	}
}
