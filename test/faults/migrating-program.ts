import { parseConfig } from "../../src/config.ts";
import { applyMigrations } from "../../src/database/migrations.ts";
import { openDatabase } from "../../src/database/open.ts";
import { killingMigrations, type MigrationPoint } from "./migration-points.ts";

/** Applies the migrations and kills itself when the first of them comes to the point: `migrating-program.ts POINT`. */

const database = await openDatabase(parseConfig(process.env).database);
await applyMigrations(killingMigrations(database, process.argv[2] as MigrationPoint));
await database.close();
process.exit(0);
