import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { buildIndexes, buildSmallIndexes, missingIndexes } from "../../src/database/index-builds.ts";
import { indexesIn } from "../../src/database/index-files.ts";
import { finishIndexJobs, startIndexJobs } from "../../src/database/index-jobs.ts";
import { prepareSchema } from "../../src/database/migrations.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { raw, sql } from "../../src/database/sql.ts";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { freshDatabase, urlOf } from "../support/database.ts";
import { patient } from "../support/templates.setup.ts";

const indexes = indexesIn(`-- Jars.\nCREATE INDEX "Jar_coins_idx" ON "Jar" ("coins");\nCREATE INDEX "Jar_half_idx" ON "Jar" (("coins" / 2));\n`);
const names = indexes.map(({ name }) => name);

let database: Database;
let lines: string[];
const tell = (line: string) => void lines.push(line);

beforeAll(async () => {
	database = await freshDatabase("empty");
});
afterAll(() => database.close());
beforeEach(async () => {
	lines = [];
	await database.rows(raw(`drop table if exists "Jar"`));
	await database.rows(raw(`create table "Jar" as select "coins", repeat('x', 100) as "label" from generate_series(1, 1000) "coins"`));
});

const missing = async () => (await missingIndexes(database, indexes)).map(({ name }) => name);
const jobOf = (name: string) =>
	database.rows(
		sql`select "done" = "total" as "isDone", "total" > 0 as "isCounted", "finished" is not null as "isFinished", "error" from "BackgroundJob" where "name" = ${name}`,
	);
const whole = { isDone: true, isCounted: true, isFinished: true, error: null };

describe("the indexes of large tables", () => {
	test("are built after the start, with lines, a row and metrics about each", async () => {
		const metrics = createMetrics();
		expect(await missing()).toEqual(names);
		await buildIndexes(database, { indexes, tell, progress: (name, { done, total }) => metrics.job(name, done, total) });
		expect(await missing()).toEqual([]);
		expect(lines.map((line) => line.replace(/[\d.]+ s/, "…"))).toEqual(
			names.flatMap((name) => [`Building the index ${name}.`, `Built the index ${name} in ….`]),
		);
		expect(await jobOf("Jar_half_idx")).toEqual([whole]);
		expect(await metrics.text()).toContain('usage_gateway_job_done{job="Jar_half_idx"} 1');
	});

	test("are built once: the next start does nothing and says nothing", async () => {
		await buildIndexes(database, { indexes, tell });
		lines = [];
		expect(await buildIndexes(database, { indexes, tell })).toBe("built");
		expect(lines).toEqual([]);
	});

	test("are built anew when whoever built one was killed", async () => {
		await database.rows(raw(`create index "Jar_coins_idx" on "Jar" ("coins")`));
		await database.rows(sql`update pg_index set "indisvalid" = false, "indisready" = false where "indexrelid" = '"Jar_coins_idx"'::regclass`);
		expect(await missing()).toEqual(names);
		await finishIndexJobs(database, { indexes, tell });
		expect(await missing()).toEqual([]);
	});

	test("that cannot be built keep nothing from the others, and say why", async () => {
		await database.rows(raw(`insert into "Jar" values (0)`));
		const [impossible, ...others] = indexesIn(`CREATE INDEX "Jar_share_idx" ON "Jar" ((1 / "coins")); CREATE INDEX "Jar_coins_idx" ON "Jar" ("coins")`);
		if (impossible === undefined) throw new Error("There are indexes.");
		expect(await buildIndexes(database, { indexes: [impossible, ...others], tell })).toBe("failed");
		expect((await missingIndexes(database, [impossible, ...others])).map(({ name }) => name)).toEqual(["Jar_share_idx"]);
		expect(lines[1]).toMatch(/^The index Jar_share_idx cannot be built: division by zero\. .*run «npm run migrate»/);
		expect(await jobOf("Jar_share_idx")).toMatchObject([{ isFinished: false, error: "division by zero" }]);
	});

	test("are only named where the service is not to change the schema", async () => {
		const told = new Promise<string>((resolve) => void startIndexJobs(database, { migrate: "off", indexes, tell: resolve }));
		expect(await told).toBe("Indexes are left to build: Jar_coins_idx, Jar_half_idx. MIGRATE is off: run «npm run migrate» as the owner of the tables.");
		expect(await missing()).toEqual(names);
	});

	test("are built by the service itself elsewhere", async () => {
		const built = new Promise<void>((resolve) => {
			startIndexJobs(database, { migrate: "on", indexes, tell: (line) => line.startsWith("Built the index Jar_half_idx") && resolve() });
		});
		await built;
		expect(await missing()).toEqual([]);
	});

	test("over small tables are built before anything is served", async () => {
		await database.rows(raw(`drop index "ComponentUsage_year_date_type_uuid_idx"`));
		await prepareSchema(database, "on");
		expect(await missingIndexes(database)).toEqual([]);
	});

	test("over large ones are not", async () => {
		await database.rows(raw(`insert into "Jar" select 1, repeat('x', 1000) from generate_series(1, 8000)`));
		await buildSmallIndexes(database, indexes);
		expect(await missing()).toEqual(names);
	});
});

describe.skipIf(inject("templates").engine !== "PostgreSQL")("several processes on one server (skipped without PostgreSQL)", () => {
	let other: Database;
	beforeAll(async () => {
		other = await openPostgres(await urlOf(database), { waits: patient });
	});
	afterAll(() => other.close());

	test("build each index once", async () => {
		await Promise.all([database, other].map((one) => finishIndexJobs(one, { indexes, tell })));
		expect(await missing()).toEqual([]);
		expect(lines.filter((line) => line.startsWith("Building")).sort()).toEqual(names.map((name) => `Building the index ${name}.`));
	});

	test("write while an index is built, which shows how far it is", async () => {
		const phases: string[] = [];
		let building: Promise<unknown> = Promise.resolve();
		await other.withSession(async (writer) => {
			await writer.script(`begin; insert into "Jar" values (1)`);
			const seen = new Promise<void>((resolve) => {
				building = buildIndexes(database, { indexes, tell, progress: (name) => resolve(void phases.push(name)) });
			});
			await seen; // the build waits for the writer, and nobody for the build
			await other.rows(raw(`insert into "Jar" values (2)`));
			expect(await buildIndexes(other, { indexes, tell })).toBe("elsewhere");
			await writer.script("commit");
		});
		expect(await building).toBe("built");
		expect(phases[0]).toBe("Jar_coins_idx");
	});
});
