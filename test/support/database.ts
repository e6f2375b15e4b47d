import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { inject } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { openPGlite } from "../../src/database/pglite.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { raw, sql } from "../../src/database/sql.ts";
import type { Template } from "./moments.ts";
import { named, patient, type Templates } from "./templates.setup.ts";

/** A database of its own for a test file, cloned from a template; closing it leaves nothing behind. */
export async function freshDatabase(template: Template): Promise<Database> {
	const templates = inject("templates");
	if (templates.engine === "PGlite") return openPGlite(undefined, new Blob([await readFile(join(templates.folder, `${template}.tar`))]));
	return onServerFrom(templates, `${templates.prefix}_${template}`);
}

/** The same without any table. */
export async function bareDatabase(): Promise<Database> {
	const templates = inject("templates");
	return templates.engine === "PGlite" ? openPGlite() : onServerFrom(templates, "template0");
}

async function onServerFrom(templates: Extract<Templates, { engine: "PostgreSQL" }>, template: string): Promise<Database> {
	const name = `${templates.prefix}_${randomBytes(6).toString("hex")}`;
	await onServer(templates.url, `create database "${name}" template "${template}"`);
	const database = await openPostgres(named(templates.url, name), { waits: patient });
	return {
		...database,
		close: async () => {
			await database.close();
			await onServer(templates.url, `drop database "${name}" with (force)`);
		},
	};
}

/** Where a database on the server is, for processes and connections of their own. */
export async function urlOf(database: Database): Promise<string> {
	const templates = inject("templates");
	const [row] = await database.rows<{ name: string }>(sql`select current_database() as "name"`);
	if (row === undefined || templates.engine === "PGlite") throw new Error("The database is on a server.");
	return named(templates.url, row.name);
}

async function onServer(url: string, statement: string): Promise<void> {
	const server = await openPostgres(url, { connections: 1, waits: patient });
	await server.rows(raw(statement)).finally(() => server.close());
}
