import { randomBytes } from "node:crypto";
import { openPostgres } from "../../src/database/postgres.ts";
import { raw } from "../../src/database/sql.ts";
import { startOwnServer } from "../support/postgres-server.ts";

/** An empty database. */
export interface EmptyDatabase {
	readonly url: string;
	/** Drops it, and stops the server unless it was given. */
	drop(): Promise<void>;
}

/** Makes an empty database on the server, or on one of its own when none is given. */
export async function emptyDatabase(serverUrl: string | undefined): Promise<EmptyDatabase> {
	const server = serverUrl === undefined ? startOwnServer("bench") : { url: serverUrl, stop: async () => {} };
	const name = `bench_${randomBytes(6).toString("hex")}`;
	const run = async (statement: string) => {
		const database = await openPostgres(server.url, { connections: 1 });
		await database.rows(raw(statement)).finally(() => database.close());
	};
	try {
		await run(`create database "${name}"`);
	} catch (error) {
		await server.stop();
		throw error;
	}
	const url = new URL(server.url);
	url.pathname = `/${name}`;
	return {
		url: url.href,
		drop: () => run(`drop database "${name}" with (force)`).finally(() => server.stop()),
	};
}
