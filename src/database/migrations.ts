import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as engineModule from "@prisma/schema-engine-wasm/schema_engine_bg";
import { projectPath } from "../shared/project-root.ts";
import type { Database } from "./database.ts";

const directory = projectPath("prisma", "migrations");
const filters = { externalTables: [], externalEnums: [] };

/** Applies the migrations of prisma/migrations that the database does not have yet, and answers their names. */
export async function applyMigrations(database: Database): Promise<string[]> {
	const migrationsList = await readMigrations();
	return withEngine(database, async (engine) => (await engine.applyMigrations({ migrationsList, filters })).appliedMigrationNames);
}

/** The SQL that leads from prisma/migrations to prisma/schema.prisma, undefined when they agree. Needs a database to try them on. */
export async function pendingMigration(scratch: Database): Promise<string | undefined> {
	const schema = projectPath("prisma", "schema.prisma");
	const files = [{ path: schema, content: await readFile(schema, "utf8") }];
	const migrationsList = await readMigrations();
	return withEngine(scratch, async (engine) => {
		const { exitCode, stdout } = await engine.diff({
			from: { tag: "migrations", ...migrationsList },
			to: { tag: "schemaDatamodel", files },
			script: true,
			exitCode: true,
			filters,
		});
		return exitCode === 0 ? undefined : (stdout ?? undefined);
	});
}

async function readMigrations() {
	const entries = await readdir(directory, { withFileTypes: true });
	const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
	return {
		baseDir: directory,
		lockfile: { path: "migration_lock.toml", content: await readFile(`${directory}/migration_lock.toml`, "utf8") },
		shadowDbInitScript: "",
		migrationDirectories: await Promise.all(
			names.sort().map(async (name) => ({
				path: name,
				migrationFile: { path: "migration.sql", content: { tag: "ok" as const, value: await readFile(`${directory}/${name}/migration.sql`, "utf8") } },
			})),
		),
	};
}

/** Runs the schema engine, compiled to WebAssembly: nothing is downloaded and no other process is started. */
async function withEngine<Result>(database: Database, work: (engine: engineModule.SchemaEngine) => Promise<Result>): Promise<Result> {
	await loadEngine();
	return database.withAdapter(async (factory) => {
		const engine = await engineModule.SchemaEngine.new({ datamodels: undefined }, () => {}, bindMigrationAwareSqlAdapterFactory(factory));
		try {
			return await work(engine);
		} finally {
			engine.free();
		}
	});
}

let loaded: Promise<void> | undefined;

function loadEngine(): Promise<void> {
	loaded ??= (async () => {
		const script = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
		const wasm = await readFile(script.replace(/\.js$/, ".wasm"));
		const { instance } = await WebAssembly.instantiate(wasm, { "./schema_engine_bg.js": engineModule as unknown as WebAssembly.ModuleImports });
		engineModule.__wbg_set_wasm(instance.exports);
		(instance.exports["__wbindgen_start"] as () => void)();
	})();
	return loaded;
}
