import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { exitCodes, Failure } from "../shared/failure.ts";
import { type Database, watchedDatabase } from "./database.ts";
import { parseDatabaseUrl } from "./database-url.ts";
import { type DirectoryLock, lockDirectory } from "./directory-lock.ts";
import { bytesLeft, reservedBytes, spaceLacking, watchDiskSpace } from "./disk-space.ts";
import { openPGlite } from "./pglite.ts";
import { openPostgres, type PostgresOptions } from "./postgres.ts";
import { reason, unusable } from "./unusable.ts";
import { usualWaits } from "./waits.ts";

/** Where the figures are kept: in this process (`directory`), or on a PostgreSQL server (`url`). */
export type DatabaseConfig =
	| { kind: "embedded"; directory: string }
	| {
			kind: "server";
			url: string;
			/** The server itself, where `url` is a pooler's that has no sessions. */
			listenUrl: string | undefined;
			/** Whether statements are prepared, which some poolers have not. */
			preparedStatements: boolean;
			/** Connections for statements at most. */
			poolSize: number;
			/** How long a statement may take, in milliseconds. */
			statementTimeout: number;
	  };

/** Opens the configured database. Throws a Failure that says what is wrong with it; the password is never in the message. */
export function openDatabase(config: DatabaseConfig, options: Pick<PostgresOptions, "waits" | "onRetry" | "onStatement"> = {}): Promise<Database> {
	return config.kind === "embedded" ? openEmbedded(config.directory, options.onStatement) : openServer(config, options);
}

async function openEmbedded(directory: string, onStatement: PostgresOptions["onStatement"]): Promise<Database> {
	const lock = await lockedOrFailure(directory);
	try {
		const database = await openPGlite(join(directory, "pglite"), undefined, watchDiskSpace(directory, tell), onStatement);
		const guarded = watchedDatabase(database, (_statement, run) => {
			lock.check();
			return run();
		});
		return {
			...guarded,
			close: async () => {
				await database.close();
				await lock.release();
			},
		};
	} catch (error) {
		await lock.release();
		throw new Failure(`The database in ${directory} cannot be opened: ${reason(error)}`, exitCodes.databaseUnavailable);
	}
}

async function lockedOrFailure(directory: string): Promise<DirectoryLock> {
	try {
		mkdirSync(directory, { recursive: true });
		if (bytesLeft(directory) < reservedBytes) throw new Failure(spaceLacking(directory), exitCodes.databaseUnavailable);
		return await lockDirectory(directory, { tell });
	} catch (error) {
		if (error instanceof Failure) throw error;
		throw new Failure(`The data directory ${directory} cannot be used: ${reason(error)}`, exitCodes.databaseUnavailable);
	}
}

const tell = (line: string): void => void process.stderr.write(`${line}\n`);

async function openServer(config: DatabaseConfig & { kind: "server" }, options: PostgresOptions): Promise<Database> {
	const { url, listenUrl, preparedStatements, poolSize, statementTimeout } = config;
	const waits = { ...usualWaits, statement: statementTimeout };
	try {
		return await openPostgres(url, { connections: poolSize, waits, ...options, listenUrl, preparedStatements });
	} catch (error) {
		throw error instanceof Failure ? error : unusable("DATABASE_URL", parseDatabaseUrl(url), error);
	}
}
