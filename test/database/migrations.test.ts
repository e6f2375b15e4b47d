import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { checksumOf, type Migration, readMigrations } from "../../src/database/migration-files.ts";
import { applyMigrations, prepareSchema } from "../../src/database/migrations.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { raw, sql } from "../../src/database/sql.ts";
import { exitCodes } from "../../src/shared/failure.ts";
import { bareDatabase, urlOf } from "../support/database.ts";
import { patient } from "../support/templates.setup.ts";

let emptied: Database;
beforeAll(async () => {
	emptied = await bareDatabase();
});
afterAll(() => emptied.close());

/** The file's database, without any table. */
async function bare(): Promise<Database> {
	await emptied.withSession((session) => session.script("drop schema public cascade; create schema public"));
	return emptied;
}

const jars: Migration = { name: "20260101000000_jars", script: `CREATE TABLE "Jar" ("name" TEXT NOT NULL);\nINSERT INTO "Jar" VALUES ('red');\n` };
const coins: Migration = { name: "20260102000000_coins", script: `ALTER TABLE "Jar" ADD COLUMN "coins" INTEGER;\nUPDATE "Jar" SET "coins" = 1;\n` };
const lids: Migration = { name: "20260103000000_lids", script: `CREATE TABLE "Lid" ("name" TEXT);\nUPDATE "Jar" SET "coins" = 1 / ("coins" - 1);\n` };
const unavailable = { name: "Failure", exitCode: exitCodes.databaseUnavailable };

const recorded = (database: Database) =>
	database.rows<{ name: string; finished: boolean; checksum: string }>(sql`
		select "migration_name" as "name", "finished_at" is not null as "finished", "checksum"
		from "_prisma_migrations" where "rolled_back_at" is null order by "migration_name"
	`);
const asApplied = ({ name, script }: Migration) => ({ name, finished: true, checksum: checksumOf(script) });
const exists = async (database: Database, table: string) =>
	(await database.rows<{ exists: boolean }>(sql`select to_regclass(quote_ident(${table})) is not null as "exists"`))[0]?.exists;

/** Leaves what earlier versions left that were killed before they could note the end of a migration. */
const begin = ({ name, script }: Migration, database: Database) =>
	database.rows(sql`insert into "_prisma_migrations" ("id", "checksum", "migration_name") values (${name.slice(0, 36)}, ${checksumOf(script)}, ${name})`);

describe("a migration", () => {
	test("is applied as a whole, with its row, and those after it", async () => {
		const database = await bare();
		expect(await applyMigrations(database, { migrations: [jars, coins] })).toEqual([jars.name, coins.name]);
		expect(await recorded(database)).toEqual([jars, coins].map(asApplied));
	});

	test("that fails leaves nothing of itself, and all before it", async () => {
		const database = await bare();
		await expect(applyMigrations(database, { migrations: [jars, coins, lids] })).rejects.toMatchObject({
			...unavailable,
			message: `The migration ${lids.name} cannot be applied: division by zero (22012). Nothing of it was stored: mend what it says, and start again.`,
		});
		expect(await exists(database, "Lid")).toBe(false);
		expect(await recorded(database)).toEqual([jars, coins].map(asApplied));
	});

	test("is applied at the next start when it has been mended", async () => {
		const database = await bare();
		await applyMigrations(database, { migrations: [jars, coins, lids] }).catch(() => {});
		const mended = { ...lids, script: `CREATE TABLE "Lid" ("name" TEXT)` };
		expect(await applyMigrations(database, { migrations: [jars, coins, mended] })).toEqual([lids.name]);
	});

	test("that was changed after the database had got it is noticed", async () => {
		const database = await bare();
		await applyMigrations(database, { migrations: [jars] });
		const changed = { ...jars, script: `${jars.script}-- more` };
		await expect(applyMigrations(database, { migrations: [changed, coins] })).rejects.toMatchObject({
			...unavailable,
			message: expect.stringContaining(`${jars.name} was changed after this database had got it`),
		});
		expect(await recorded(database)).toEqual([asApplied(jars)]);
	});

	test("is the same when a checkout has turned the ends of its lines", async () => {
		const database = await bare();
		await applyMigrations(database, { migrations: [jars] });
		expect(await applyMigrations(database, { migrations: [{ ...jars, script: jars.script.replaceAll("\n", "\r\n") }] })).toEqual([]);
	});

	test("that this version does not know makes it refuse the database, which a newer version has used", async () => {
		const database = await bare();
		await applyMigrations(database, { migrations: [jars, coins] });
		await expect(applyMigrations(database, { migrations: [jars] })).rejects.toMatchObject({
			...unavailable,
			message: expect.stringMatching(`newer version of this program: it has ${coins.name}, which this version does not know. Start that version`),
		});
	});

	test("is not mixed with the tables of another program", async () => {
		const database = await bare();
		await database.rows(raw(`create table "Theirs" ("x" int)`));
		await expect(applyMigrations(database, { migrations: [jars] })).rejects.toMatchObject({ ...unavailable, message: expect.stringContaining('"Theirs"') });
		expect(await exists(database, "_prisma_migrations")).toBe(false);
	});

	test("that is missing makes a start with MIGRATE=off say what to run", async () => {
		const database = await bare();
		await expect(prepareSchema(database, "off")).rejects.toMatchObject({
			...unavailable,
			message: expect.stringContaining("run «npm run migrate» as the owner"),
		});
		expect(await exists(database, "_prisma_migrations")).toBe(false);
		await applyMigrations(database);
		await prepareSchema(database, "off");
	});
});

describe("a migration whose text was another one in an earlier version", () => {
	const changed = "20261130190000_derived_current_usages";
	/** What stood there instead of the present text's last lines. */
	const earlierEnd = `-- What is stored already. The triggers hold off those who write meanwhile.
UPDATE "Resource" r SET "currentUsages" = r."currentUsages" || derived."usages"
FROM (
	SELECT "resourceUuid", jsonb_object_agg("type", trim_scale("usage")::text) AS "usages"
	FROM (SELECT DISTINCT ON ("resourceUuid", "type") "resourceUuid", "type", "usage" FROM "ComponentUsage" ORDER BY "resourceUuid", "type", "billingPeriod" DESC) latest
	GROUP BY "resourceUuid"
) derived
WHERE r."uuid" = derived."resourceUuid" AND NOT r."currentUsages" @> derived."usages";
`;
	const withEnd = async (end: string) =>
		(await readMigrations())
			.filter(({ name }) => name <= changed)
			.map(({ name, script }) => ({ name, script: name === changed ? script.replace(/-- What is stored already[\s\S]*$/, end) : script }));

	test("is the same for databases that have it with that text, which get those after it", async () => {
		const database = await bare();
		await applyMigrations(database, { migrations: await withEnd(earlierEnd) });
		const later = (await readMigrations()).map(({ name }) => name).filter((name) => name > changed);
		expect(await applyMigrations(database)).toEqual(later);
		await prepareSchema(database, "off");
	});

	test("is noticed to be changed with any other text", async () => {
		const database = await bare();
		await applyMigrations(database, { migrations: await withEnd("-- Nothing.\n") });
		await expect(applyMigrations(database)).rejects.toThrow(`The migration ${changed} was changed after this database had got it`);
	});
});

describe("what earlier versions left that were killed during a migration", () => {
	/** Those that such a version had. */
	let migrations: Migration[];
	beforeAll(async () => {
		migrations = (await readMigrations()).filter(({ name }) => name < "20261130");
	});

	// Each migration in turn, with all before it in place: every other one had been applied, the others not, and the other way round.
	test.each([0, 1])("is taken up: nothing of the migration, or all of it (%i)", async (parity) => {
		const database = await bare();
		const [first, ...others] = migrations;
		if (first === undefined) throw new Error("There are migrations.");
		await applyMigrations(database, { migrations: [first] });
		for (const [index, migration] of others.entries()) {
			const wasApplied = index % 2 === parity;
			if (wasApplied) await database.withSession((session) => session.script(migration.script));
			await begin(migration, database);
			const upToIt = migrations.slice(0, index + 2);
			expect(await applyMigrations(database, { migrations: upToIt })).toEqual(wasApplied ? [] : [migration.name]);
			expect(await recorded(database)).toEqual(upToIt.map(asApplied));
		}
	});

	test("is taken up when it was the first one", async () => {
		const database = await bare();
		await applyMigrations(database, { migrations: [] });
		await database.withSession(async (session) => {
			await session.script(`create table if not exists "_prisma_migrations" ("id" varchar(36) primary key not null, "checksum" varchar(64) not null,
				"finished_at" timestamptz, "migration_name" varchar(255) not null, "logs" text, "rolled_back_at" timestamptz,
				"started_at" timestamptz not null default now(), "applied_steps_count" integer not null default 0)`);
		});
		await begin(jars, database);
		expect(await applyMigrations(database, { migrations: [jars] })).toEqual([jars.name]);
	});

	test("is refused when it does not show what became of it", async () => {
		const database = await bare();
		const double: Migration = { name: "20260104000000_double", script: `UPDATE "Jar" SET "coins" = "coins" * 2` };
		await applyMigrations(database, { migrations: [jars, coins] });
		await begin(double, database);
		await expect(applyMigrations(database, { migrations: [jars, coins, double] })).rejects.toMatchObject({
			...unavailable,
			message: expect.stringContaining(`npx prisma migrate resolve --applied ${double.name}`),
		});
	});
});

describe.skipIf(inject("templates").engine !== "PostgreSQL")("processes that start at once (skipped without PostgreSQL)", () => {
	const opened: Database[] = [];
	afterEach(async () => {
		for (const database of opened.splice(0)) await database.close();
	});

	async function another(database: Database): Promise<Database> {
		const other = await openPostgres(await urlOf(database), { waits: patient });
		opened.push(other);
		return other;
	}

	test("apply each migration once", async () => {
		const database = await bare();
		const all = await Promise.all([database, await another(database), await another(database)].map((one) => applyMigrations(one)));
		expect(all.flat().sort()).toEqual((await readMigrations()).map(({ name }) => name));
	});

	test("wait for the one that migrates, be it Prisma's, and say so", async () => {
		const database = await bare();
		const lines: string[] = [];
		const prisma = await another(database);
		let end = () => {};
		const held = prisma.withSession(async (session) => {
			await session.rows(sql`select pg_advisory_lock(72707369)`);
			await new Promise<void>((resolve) => {
				end = resolve;
				applying = applyMigrations(database, {
					migrations: [jars],
					tell: (line) => {
						lines.push(line);
						end();
					},
				});
			});
		});
		let applying: Promise<string[]> = Promise.resolve([]);
		await held;
		expect(await applying).toEqual([jars.name]);
		expect(lines).toEqual(["Another process migrates the database: waiting for its end."]);
	});

	test("do not wait for ever", async () => {
		const database = await bare();
		const prisma = await another(database);
		await prisma.withSession(async (session) => {
			await session.rows(sql`select pg_advisory_lock(72707369)`);
			await expect(applyMigrations(database, { migrations: [jars], timeout: 0 })).rejects.toMatchObject({
				...unavailable,
				message: expect.stringContaining("holds the lock of the migrations"),
			});
		});
	});

	test("lets others by while somebody uses what it changes, gives up in one sentence, and is applied once they have ended", async () => {
		const database = await bare();
		await applyMigrations(database, { migrations: [jars] });
		const reader = await another(database);
		await reader.withSession(async (session) => {
			await session.script('begin; select * from "Jar"');
			await expect(applyMigrations(database, { migrations: [jars, coins], timeout: 0 })).rejects.toMatchObject({
				...unavailable,
				message: expect.stringContaining("Somebody uses what the migrations change"),
			});
			await session.script("commit");
		});

		expect(await applyMigrations(database, { migrations: [jars, coins] })).toEqual([coins.name]);
	});
});
