import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { quoted, raw } from "../../src/database/sql.ts";
import { folderSource } from "../../src/import/folder.source.ts";
import { importDataset } from "../../src/import/import.ts";
import type { ImportOptions, ImportSummary } from "../../src/import/import-types.ts";
import type { ListName } from "../../src/import/source.ts";
import { freshDatabase } from "../support/database.ts";

/** A list that a test writes: records, or the text of the whole file. */
export type Lists = Partial<Record<ListName, readonly object[] | string>>;

/** One migrated database for the tests of a file, emptied before each. */
export function testDatabase(): () => Database {
	let database: Database | undefined;
	const opened = () => {
		if (database === undefined) throw new Error("The database is opened before the first test.");
		return database;
	};
	beforeAll(async () => {
		database = await freshDatabase("empty");
	});
	beforeEach(() => emptied(opened()));
	afterAll(() => database?.close());
	return opened;
}

async function emptied(database: Database): Promise<void> {
	await database.rows(raw(`truncate ${(await tableNames(database)).map(quoted).join(", ")} restart identity cascade`));
}

export async function tableNames(database: Database): Promise<string[]> {
	const tables = await database.rows<{ name: string }>(
		raw(`select table_name::text as name from information_schema.tables where table_schema = 'public' and table_name <> '_prisma_migrations' order by 1`),
	);
	return tables.map(({ name }) => name);
}

/** Folders of the tests of a file, removed after the last one. */
export function testFolders() {
	let root: string | undefined;
	let made = 0;
	beforeAll(async () => {
		root = await mkdtemp(join(tmpdir(), "usage-gateway-"));
	});
	afterAll(async () => {
		if (root !== undefined) await rm(root, { recursive: true });
	});
	/** A new folder with a file per list. */
	return async (lists: Lists = {}): Promise<string> => {
		const folder = join(root ?? "", String(made++));
		await mkdir(folder);
		for (const [list, records] of Object.entries(lists)) {
			await writeFile(join(folder, `${list}.json`), typeof records === "string" ? records : JSON.stringify(records));
		}
		return folder;
	};
}

/** Imports a folder in UTC; policies are left alone unless the test gives an evaluation. */
export const importFolder = (database: Database, folder: string, options: Partial<ImportOptions> = {}): Promise<ImportSummary> =>
	importDataset({ database, source: folderSource(folder), timeZone: "UTC", evaluatePolicies: async () => {}, ...options });

/** Everything that is stored, but when, and but the uuids that are made where the source has none. */
export async function contents(database: Database): Promise<Record<string, string[]>> {
	const tables: [string, string[]][] = [];
	for (const table of await tableNames(database)) {
		const left = ["created", "modified", ...(madeUuids[table] ?? [])].map((column) => ` - '${column}'`).join("");
		const rows = await database.rows<{ row: string }>(raw(`select (to_jsonb(t)${left})::text as row from ${quoted(table)} t order by 1`));
		tables.push([table, rows.map(({ row }) => row)]);
	}
	return Object.fromEntries(tables);
}

const madeUuids: Readonly<Record<string, readonly string[]>> = {
	CustomerRole: ["uuid"],
	ProjectRole: ["uuid"],
	OfferingRole: ["uuid"],
	CategoryComponent: ["uuid"],
	OfferingComponent: ["categoryComponentUuid"],
	PlanComponent: ["uuid"],
	OfferingUsagePolicyComponentLimit: ["uuid"],
};
