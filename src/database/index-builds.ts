import { repeat } from "../shared/repeat.ts";
import type { Database, Queries, Session } from "./database.ts";
import { type LargeIndex, readIndexes } from "./index-files.ts";
import { quoted, sql } from "./sql.ts";

/** How far the build of an index has come, as the database counts it: blocks or rows of its present phase. */
export interface BuildProgress {
	readonly done: number;
	/** 0 when the database does not say. */
	readonly total: number;
}

export interface BuildOptions {
	/** The program's own unless they are given. */
	readonly indexes?: readonly LargeIndex[];
	/** Takes a line about what is built, how far it is, and that it has ended. */
	readonly tell: (line: string) => void;
	readonly progress?: ((name: string, progress: BuildProgress) => void) | undefined;
}

/** What became of the missing indexes: there is none any more, another process builds them, or some could not be built. */
export type BuildOutcome = "built" | "elsewhere" | "failed";

/** One process builds at a time. It is never waited for within a statement: a build waits for the end of those. */
const buildsLock = 72_707_370;

/** A table of fewer bytes is indexed at the start: that takes no longer than other steps of it. */
const smallTable = 8 * 1024 * 1024;

/** Between two looks at a build, and between two lines about it, in milliseconds. */
const betweenLooks = 1_000;
const betweenLines = 10_000;

/** The indexes that are not there, or are not whole: the process that built them was killed. */
export async function missingIndexes(queries: Queries, indexes?: readonly LargeIndex[]): Promise<(LargeIndex & { isSmall: boolean })[]> {
	const all = indexes ?? (await readIndexes());
	const rows = await queries.rows<{ name: string; isSmall: boolean }>(sql`
		select given."name", pg_relation_size(to_regclass(quote_ident(given."table"))) < ${smallTable}::bigint as "isSmall"
		from unnest(${all.map(({ name }) => name)}::text[], ${all.map(({ table }) => table)}::text[]) given ("name", "table")
		where not exists (select from pg_index where "indexrelid" = to_regclass(quote_ident(given."name")) and "indisvalid")
	`);
	const missing = new Map(rows.map(({ name, isSmall }) => [name, isSmall]));
	return all.flatMap((index) => {
		const isSmall = missing.get(index.name);
		return isSmall === undefined ? [] : [{ ...index, isSmall }];
	});
}

/** Builds those of small tables, before anything is served. What cannot be built within a moment is left to buildIndexes. */
export async function buildSmallIndexes(database: Database, indexes?: readonly LargeIndex[]): Promise<void> {
	const small = async (queries: Queries) => (await missingIndexes(queries, indexes)).filter(({ isSmall }) => isSmall);
	if ((await small(database)).length === 0) return;
	await database.withSession((session) =>
		whenAlone(session, async () => {
			for (const { name, definition } of await small(session)) {
				const build = `set local lock_timeout = '1s'; drop index if exists ${quoted(name)}; create index ${quoted(name)} ${definition}`;
				await session.script(build).catch(() => {});
			}
		}),
	);
}

/**
 * Builds the missing indexes beside all else that runs, and reports its progress. Half an index, of a process that was killed,
 * is built anew. On the embedded database nothing else runs meanwhile.
 */
export async function buildIndexes(database: Database, options: BuildOptions): Promise<BuildOutcome> {
	if ((await missingIndexes(database, options.indexes)).length === 0) return "built";
	const outcome = await database.withSession((session) =>
		whenAlone(session, async () => {
			let all: BuildOutcome = "built";
			for (const index of await missingIndexes(session, options.indexes)) if (!(await isBuilt(database, session, index, options))) all = "failed";
			return all;
		}),
	);
	return outcome ?? "elsewhere";
}

/** Does the work while no other process builds; returns undefined when one does. */
async function whenAlone<Result>(session: Session, work: () => Promise<Result>): Promise<Result | undefined> {
	const [row] = await session.rows<{ locked: boolean }>(sql`select pg_try_advisory_lock(${buildsLock}::bigint) as "locked"`);
	if (row?.locked !== true) return undefined;
	try {
		return await work();
	} finally {
		await session.rows(sql`select pg_advisory_unlock(${buildsLock}::bigint)`).catch(() => {}); // gone with a connection that is lost
	}
}

/** Builds the index and returns whether that succeeded; why not is written to "BackgroundJob" and in a line. */
async function isBuilt(database: Database, session: Session, { name, definition }: LargeIndex, { tell, progress }: BuildOptions): Promise<boolean> {
	const begun = performance.now();
	const took = () => `${((performance.now() - begun) / 1_000).toFixed(1)} s`;
	await session.rows(sql`
		insert into "BackgroundJob" ("name") values (${name})
		on conflict ("name") do update set "done" = 0, "total" = 0, "finished" = null, "error" = null
	`);
	tell(`Building the index ${name}.`);
	let told = begun;
	const watching = await watch(database, session, async (phase, { done, total }) => {
		progress?.(name, { done, total });
		await database.rows(sql`update "BackgroundJob" set "done" = ${done}::bigint, "total" = ${total}::bigint where "name" = ${name}`);
		if (performance.now() - told < betweenLines) return;
		told = performance.now();
		tell(`Building the index ${name}: ${phase},${total === 0 ? "" : ` ${Math.floor((100 * done) / total)} %,`} ${took()}.`);
	});
	try {
		const concurrently = database.engine === "PostgreSQL" ? "concurrently" : "";
		await session.script(`drop index ${concurrently} if exists ${quoted(name)}`);
		await session.script(`create index ${concurrently} if not exists ${quoted(name)} ${definition}`);
		await watching.stop();
		await session.rows(sql`
			update "BackgroundJob" set "total" = greatest("total", 1), "done" = greatest("total", 1), "finished" = now() where "name" = ${name}
		`);
		progress?.(name, { done: 1, total: 1 });
		tell(`Built the index ${name} in ${took()}.`);
		return true;
	} catch (error) {
		await watching.stop();
		const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
		tell(`The index ${name} cannot be built: ${reason}. Answers are right without it, and slower. Mend what it says and run «npm run migrate».`);
		await database.rows(sql`update "BackgroundJob" set "error" = ${reason} where "name" = ${name}`).catch(() => {}); // the line says it too
		return false;
	}
}

/** Looks at what the session builds, until it is stopped. The embedded database can report nothing before it has ended. */
async function watch(
	database: Database,
	session: Session,
	seen: (phase: string, progress: BuildProgress) => Promise<void>,
): Promise<{ stop(): Promise<void> }> {
	if (database.engine === "PGlite") return { stop: async () => {} };
	const [own] = await session.rows<{ pid: number }>(sql`select pg_backend_pid() as "pid"`);
	const look = async () => {
		const [row] = await database.rows<{ phase: string; done: string; total: string }>(sql`
			select "phase", case when "tuples_total" > 0 then "tuples_done" else "blocks_done" end as "done",
				case when "tuples_total" > 0 then "tuples_total" else "blocks_total" end as "total"
			from pg_stat_progress_create_index where "pid" = ${own?.pid}::int
		`);
		if (row !== undefined) await seen(row.phase, { done: Number(row.done), total: Number(row.total) });
	};
	return repeat(betweenLooks, look, () => {}); // the build itself throws when the database is gone
}
