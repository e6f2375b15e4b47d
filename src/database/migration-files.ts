import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { projectPath } from "../shared/project-root.ts";

/** A step of the schema: a folder of prisma/migrations, which is never changed once a database may have it. */
export interface Migration {
	/** Orders the migrations, for it begins with a moment. */
	readonly name: string;
	/** Statements that are run in one transaction. */
	readonly script: string;
}

export const migrationsDirectory = projectPath("prisma", "migrations");

/** The migrations of this version of the program, in their order. */
export async function readMigrations(): Promise<Migration[]> {
	const entries = await readdir(migrationsDirectory, { withFileTypes: true });
	const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
	return Promise.all(names.sort().map(async (name) => ({ name, script: await readFile(`${migrationsDirectory}/${name}/migration.sql`, "utf8") })));
}

/** What Prisma keeps of a script, to notice that it was changed: SHA-256 in hexadecimal digits. */
export const checksumOf = (script: string): string => createHash("sha256").update(script).digest("hex");
