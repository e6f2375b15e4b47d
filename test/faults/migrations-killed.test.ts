import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { buildSmallIndexes } from "../../src/database/index-builds.ts";
import { readMigrations } from "../../src/database/migration-files.ts";
import { applyMigrations } from "../../src/database/migrations.ts";
import { openDatabase } from "../../src/database/open.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { sql } from "../../src/database/sql.ts";
import { ask, begin, directoriesForFile, type Settings, startService } from "../command/process.ts";
import { bareDatabase, freshDatabase, urlOf } from "../support/database.ts";
import { patient } from "../support/templates.setup.ts";
import { tell } from "./figures.ts";
import { migrationPoints } from "./migration-points.ts";
import { clearServices, migrateDoomed } from "./service.ts";

const directory = directoriesForFile();
const closing: (() => Promise<unknown>)[] = [clearServices];
afterAll(async () => {
	for (const close of closing.reverse()) await close();
});

/** How many kills: of migrations one after the other, each at all its points; and of first starts, spread over their time. */
const migrationKills = Number(process.env["MIGRATION_KILLS"] ?? 6);
const startKills = Number(process.env["START_KILLS"] ?? 2);
const timeout = 120_000 + (migrationKills + startKills) * 60_000;

/** Where a process finds a database of its own, without any table, and how a test looks into it while no process has it. */
interface Place {
	readonly settings: Settings;
	inspect<Result>(work: (database: Database) => Promise<Result>): Promise<Result>;
}

async function place(): Promise<Place> {
	if (inject("templates").engine === "PGlite") {
		const data = await directory();
		const inspect: Place["inspect"] = async (work) => {
			const database = await openDatabase({ kind: "embedded", directory: data });
			return work(database).finally(() => database.close());
		};
		return { settings: { DATA_DIR: data }, inspect };
	}
	const own = await bareDatabase();
	closing.push(() => own.close());
	const url = await urlOf(own);
	const inspect: Place["inspect"] = async (work) => {
		const database = await openPostgres(url, { waits: patient });
		return work(database).finally(() => database.close());
	};
	return { settings: { DATABASE_URL: url }, inspect };
}

/** All that the schema has, by its definitions. */
const schemaOf = (database: Database) =>
	database.tuples(sql`
		select c."relname"::text as "table", a."attname"::text as "name", format_type(a."atttypid", a."atttypmod") || a."attnotnull"::text as "definition"
		from pg_class c join pg_attribute a on a."attrelid" = c."oid" and a."attnum" > 0 and not a."attisdropped"
		where c."relnamespace" = 'public'::regnamespace and c."relkind" = 'r'
		union all select "tablename"::text, "indexname"::text, "indexdef" from pg_indexes where "schemaname" = 'public'
		union all select "conrelid"::regclass::text, "conname"::text, pg_get_constraintdef("oid") from pg_constraint where "connamespace" = 'public'::regnamespace
		union all select "tgrelid"::regclass::text, "tgname"::text, pg_get_triggerdef("oid") from pg_trigger where not "tgisinternal"
		union all select 'function', "proname"::text, pg_get_functiondef("oid") from pg_proc where "pronamespace" = 'public'::regnamespace
		order by 1, 2, 3
	`);

let complete: unknown[][];
beforeAll(async () => {
	const database = await freshDatabase("empty");
	complete = await schemaOf(database);
	await database.close();
});

describe(`migrations whose process is killed ${migrationKills} times`, () => {
	test(
		"are applied by the next one, each as a whole",
		async () => {
			const { settings, inspect } = await place();
			const [names, kills] = [(await readMigrations()).map(({ name }) => name), [] as string[]];
			// Only what was committed stays: after the last point of each migration, the next one's turn has come.
			const moments = names.flatMap((name) => migrationPoints.map((point) => ({ name, point })));
			for (const { name, point } of moments.slice(0, migrationKills)) {
				expect(await migrateDoomed(settings, point)).toBe("SIGKILL");
				kills.push(`${name}: ${point}`);
			}
			tell(kills.join("\n"));
			const committed = kills.filter((kill) => kill.endsWith(": committed")).length;
			await inspect(async (database) => {
				expect(await applyMigrations(database)).toEqual(names.slice(committed));
				await buildSmallIndexes(database);
				expect(await schemaOf(database)).toEqual(complete);
			});
		},
		timeout,
	);
});

describe(`a service that is killed at ${startKills} moments of its first start`, () => {
	test(
		"starts again, with all of its schema",
		async () => {
			// How long a start takes that nobody kills: the moments are spread over it.
			const first = await place();
			const begun = performance.now();
			await (await startService(first.settings)).kill();
			const whole = performance.now() - begun;
			for (let kill = 0; kill < startKills; kill++) {
				const { settings, inspect } = await place();
				const { child, ended } = begin("service", { PORT: "0", LOG: "off", ...settings });
				await Promise.race([pause((whole * (kill + 1)) / (startKills + 1)), ended]);
				child.kill("SIGKILL");
				expect(await ended).toMatchObject({ exitCode: null });
				const service = await startService(settings);
				expect(await ask(service, "nobody", "{ viewer { username } }")).toMatchObject({ errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
				expect(await service.stop()).toMatchObject({ exitCode: 0 });
				expect(await inspect(schemaOf)).toEqual(complete);
				tell(`a first start killed after ${((whole * (kill + 1)) / (startKills + 1)).toFixed(0)} of ${whole.toFixed(0)} ms starts again`);
			}
		},
		timeout,
	);
});
