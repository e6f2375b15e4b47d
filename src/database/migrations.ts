import { setTimeout as pause } from "node:timers/promises";
import { exitCodes, Failure } from "../shared/failure.ts";
import type { Database, Queries, Session } from "./database.ts";
import { buildSmallIndexes } from "./index-builds.ts";
import { checksumOf, type Migration, readMigrations } from "./migration-files.ts";
import { objectsMadeBy, presentOf } from "./migration-objects.ts";
import { listed, nextStep, type RecordedMigration } from "./migration-plan.ts";
import { sql } from "./sql.ts";
import { stateOf } from "./states.ts";

export interface MigrationOptions {
	/** The program's own unless they are given. */
	readonly migrations?: readonly Migration[];
	/** Takes a line about what is waited for. */
	readonly tell?: (line: string) => void;
	/** How long another process may hold the migrations' lock, in milliseconds. */
	readonly timeout?: number;
}

/** Prisma takes the same lock: `prisma migrate deploy` may run beside this. */
const migrationsLock = 72_707_369;

const defaultTimeout = 600_000;
const betweenAttempts = 200;

/** Prisma's own definition. */
const createRecord = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
	"id" VARCHAR(36) PRIMARY KEY NOT NULL,
	"checksum" VARCHAR(64) NOT NULL,
	"finished_at" TIMESTAMPTZ,
	"migration_name" VARCHAR(255) NOT NULL,
	"logs" TEXT,
	"rolled_back_at" TIMESTAMPTZ,
	"started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
	"applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Applies the migrations that the database does not have yet, and returns their names. Each is one transaction with its
 * row in "_prisma_migrations", under a lock that one process has at a time: a process that is killed leaves it applied or not.
 *
 * @throws Failure, in a sentence that says what to do, when one cannot be applied or the database is not of this version
 */
export async function applyMigrations(database: Database, options: MigrationOptions = {}): Promise<string[]> {
	const migrations = options.migrations ?? (await readMigrations());
	if ((await missingIn(database, migrations)).length === 0) return []; // nothing is locked, and no more is needed than to read
	return database.withSession(async (session) => {
		const applied: string[] = [];
		for (;;) {
			const done = await whenLocked(session, options, () => step(session, migrations));
			if (done === "nothing") return applied;
			if (done !== "settled") applied.push(done);
		}
	});
}

/**
 * Applies the migrations that the database lacks, and builds the indexes of what is small; or, for those who migrate apart, only
 * refuses a database that lacks migrations. Throws a Failure that says what to do.
 */
export async function prepareSchema(database: Database, migrate: "on" | "off"): Promise<void> {
	if (migrate === "off") {
		await refuseMissing(database);
	} else {
		await applyMigrations(database, { tell: (line) => process.stderr.write(`${line}\n`) });
		await buildSmallIndexes(database);
	}
}

async function refuseMissing(database: Database): Promise<void> {
	const missing = await missingIn(database, await readMigrations());
	if (missing.length === 0) return;
	throw failure(`The database lacks ${listed(missing)}. MIGRATE is off: run «npm run migrate» as the owner of its tables, then start again.`);
}

/** The names of the migrations that the database lacks. Throws a Failure when they do not go together. */
async function missingIn(queries: Queries, migrations: readonly Migration[]): Promise<readonly string[]> {
	const next = nextStep(migrations, (await isRecorded(queries)) ? await recordedIn(queries) : []);
	if (next.kind === "refuse") throw failure(next.reason);
	if (next.kind === "settle") return [next.migration.name];
	return next.kind === "apply" ? next.pending : [];
}

/**
 * A change of a table waits no longer for those who use it: statements after it wait behind it, and the version before
 * goes on meanwhile. It is tried again.
 */
const maxLockWait = "2s";

/** Whether another transaction kept a lock for too long, or waited for one that this one had. */
const isInTheWay = (error: unknown): boolean => /^(55P03|40P01)$/.test(stateOf(error));

/** Runs the work in a transaction that alone may migrate. */
async function whenLocked<Result>(session: Session, { tell, timeout = defaultTimeout }: MigrationOptions, work: () => Promise<Result>): Promise<Result> {
	const since = performance.now();
	for (let tries = 1; ; tries++) {
		await session.script("begin");
		try {
			await session.script(`set local lock_timeout = '${maxLockWait}'`);
			const [row] = await session.rows<{ locked: boolean }>(sql`select pg_try_advisory_xact_lock(${migrationsLock}::bigint) as "locked"`);
			if (row?.locked === true) {
				const result = await work();
				await session.script("commit");
				return result;
			}
			await session.script("rollback");
		} catch (error) {
			await session.script("rollback").catch(() => {}); // or there is no connection any more
			if (!isInTheWay(error)) throw error;
			if (performance.now() - since > timeout)
				throw failure("Somebody uses what the migrations change. Look in pg_stat_activity who does, end it, and start again.");
			if (tries === 1) tell?.("Somebody uses what is to be changed: trying again until they have ended.");
			await pause(betweenAttempts);
			continue;
		}
		if (performance.now() - since > timeout)
			throw failure("Another process holds the lock of the migrations. Look what it waits for in pg_stat_activity, end it, and start again.");
		if (tries === 1) tell?.("Another process migrates the database: waiting for its end.");
		await pause(betweenAttempts);
	}
}

/** Does what is next, and returns the name of the migration that this applied. */
async function step(session: Session, migrations: readonly Migration[]): Promise<string> {
	if (!(await isRecorded(session))) {
		await refuseForeign(session);
		await applied(session.script(createRecord), "The list of migrations cannot be made");
	}
	const next = nextStep(migrations, await recordedIn(session));
	if (next.kind === "refuse") throw failure(next.reason);
	if (next.kind === "nothing") return "nothing";
	const { migration } = next;
	if (next.kind === "settle") {
		await settle(session, migration, next.row);
		return "settled";
	}
	await applied(session.script(migration.script), `The migration ${migration.name} cannot be applied`);
	await session.rows(sql`
		insert into "_prisma_migrations" ("id", "checksum", "finished_at", "migration_name", "started_at", "applied_steps_count")
		values (gen_random_uuid()::text, ${checksumOf(migration.script)}, clock_timestamp(), ${migration.name}, now(), 1)
	`);
	return migration.name;
}

/**
 * Earlier versions, as Prisma does, recorded that they begin before they ran the script, and that they had ended after it;
 * the script itself was one transaction. So all that it makes is there, or nothing of it.
 */
async function settle(session: Session, { name, script }: Migration, { id }: RecordedMigration): Promise<void> {
	const made = objectsMadeBy(script);
	const [row] = made.length === 0 ? [] : await session.rows<{ present: number }>(presentOf(made));
	if (row?.present === made.length) {
		await session.rows(sql`update "_prisma_migrations" set "finished_at" = clock_timestamp(), "applied_steps_count" = 1, "logs" = null where "id" = ${id}`);
	} else if (row?.present === 0) {
		await session.rows(sql`update "_prisma_migrations" set "rolled_back_at" = clock_timestamp() where "id" = ${id}`);
	} else {
		throw failure(
			`The migration ${name} was begun and has not ended, and it does not show whether it was applied. ` +
				`Compare the schema with its file, then run «npx prisma migrate resolve --applied ${name}» or «--rolled-back ${name}» with DATABASE_URL.`,
		);
	}
}

/** Tables of another program are not mixed with ours. */
async function refuseForeign(queries: Queries): Promise<void> {
	const [table] = await queries.rows<{ name: string }>(sql`
		select "relname" as "name" from pg_class where "relnamespace" = current_schema()::regnamespace and "relkind" in ('r', 'p') order by 1 limit 1
	`);
	if (table !== undefined) throw failure(`The database holds tables of another program, such as "${table.name}". Give this service a database of its own.`);
}

async function isRecorded(queries: Queries): Promise<boolean> {
	const [row] = await queries.rows<{ exists: boolean }>(sql`select to_regclass('"_prisma_migrations"') is not null as "exists"`);
	return row?.exists === true;
}

const recordedIn = (queries: Queries): Promise<RecordedMigration[]> =>
	queries.rows<RecordedMigration>(sql`
		select "id", "migration_name" as "name", "checksum", "finished_at" is not null as "isFinished"
		from "_prisma_migrations" where "rolled_back_at" is null order by "migration_name", "started_at"
	`);

/** Waits for a change of the schema. Throws a Failure that says why it failed, and what to do. */
async function applied(change: Promise<void>, what: string): Promise<void> {
	try {
		await change;
	} catch (error) {
		if (isInTheWay(error)) throw error;
		const code = stateOf(error);
		const [reason] = (error instanceof Error ? error.message : String(error)).split("\n");
		const advice =
			code === "42501"
				? "Run «npm run migrate» as the owner of its tables, and start with MIGRATE=off."
				: "Nothing of it was stored: mend what it says, and start again.";
		throw failure(`${what}: ${reason}${code === "" ? "" : ` (${code})`}. ${advice}`);
	}
}

const failure = (message: string) => new Failure(message, exitCodes.databaseUnavailable);
