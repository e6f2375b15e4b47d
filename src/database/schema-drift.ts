import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as engineModule from "@prisma/schema-engine-wasm/schema_engine_bg";
import { projectPath } from "../shared/project-root.ts";
import { readIndexScript } from "./index-files.ts";
import { migrationsDirectory, readMigrations } from "./migration-files.ts";
import type { PGliteDatabase } from "./pglite.ts";

/** The SQL that leads from prisma/migrations and prisma/indexes.sql to prisma/schema.prisma, undefined when they agree. Needs a database to try them on. */
export async function pendingMigration(scratch: PGliteDatabase): Promise<string | undefined> {
	const schema = projectPath("prisma", "schema.prisma");
	const files = [{ path: schema, content: await readFile(schema, "utf8") }];
	const migrations = {
		baseDir: migrationsDirectory,
		lockfile: { path: "migration_lock.toml", content: await readFile(`${migrationsDirectory}/migration_lock.toml`, "utf8") },
		shadowDbInitScript: "",
		migrationDirectories: [...(await readMigrations()), { name: "99991231235959_indexes", script: await readIndexScript() }].map(({ name, script }) => ({
			path: name,
			migrationFile: { path: "migration.sql", content: { tag: "ok" as const, value: script } },
		})),
	};
	return withEngine(scratch, async (engine) => {
		const { exitCode, stdout } = await engine.diff({
			from: { tag: "migrations", ...migrations },
			to: { tag: "schemaDatamodel", files },
			script: true,
			exitCode: true,
			filters: { externalTables: [], externalEnums: [] },
		});
		return exitCode === 0 ? undefined : (stdout ?? undefined);
	});
}

/** Runs the schema engine, compiled to WebAssembly: nothing is downloaded and no other process is started. */
async function withEngine<Result>(database: PGliteDatabase, work: (engine: engineModule.SchemaEngine) => Promise<Result>): Promise<Result> {
	await loadEngine();
	const engine = await engineModule.SchemaEngine.new({ datamodels: undefined }, () => {}, bindMigrationAwareSqlAdapterFactory(await database.adapter()));
	try {
		return await work(engine);
	} finally {
		engine.free();
	}
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
