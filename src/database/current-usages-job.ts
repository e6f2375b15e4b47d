import { setTimeout as pause } from "node:timers/promises";
import type { Database, Queries } from "./database.ts";
import type { BuildProgress } from "./index-builds.ts";
import { sql } from "./sql.ts";

/** The name of the job in "BackgroundJob", which a migration has put there where records were stored before it. */
const job = "current usages";

/** Resources in a step, which is a transaction of its own. */
const stepSize = 200;

/** Between two steps, so that others come in between, and before a step that failed or another process has, in milliseconds. */
const betweenSteps = 5;
const betweenTries = 10_000;

/** Between two lines about it, in milliseconds. */
const betweenLines = 10_000;

export interface BackfillOptions {
	/** Takes a line about how far it is, and that it has ended. */
	readonly tell: (line: string) => void;
	readonly progress?: ((name: string, progress: BuildProgress) => void) | undefined;
	readonly stepSize?: number;
}

/** What a step did: some resources were derived, all are, or another process does it at the moment. */
export type Step = "derived" | "finished" | "elsewhere";

/** The last resource whose current usages are derived from its records; undefined when those of all are. */
export async function derivedUntil(queries: Queries): Promise<string | undefined> {
	const [row] = await queries.rows<{ reached: string | null }>(sql`select "reached" from "BackgroundJob" where "name" = ${job} and "finished" is null`);
	return row === undefined ? undefined : (row.reached ?? "00000000-0000-0000-0000-000000000000");
}

/**
 * Derives the current usages of the next resources, in the order of their uuids. The job's row is locked meanwhile and says
 * afterwards how far it is: a process that is killed leaves the step undone, and the next one takes it up. Triggers have
 * derived what was written since the migration, and are not undone by it.
 */
export async function deriveNext(database: Database, { progress, stepSize: size = stepSize }: BackfillOptions): Promise<Step> {
	if ((await derivedUntil(database)) === undefined) return "finished";
	return database.transaction(async (tx) => {
		const [row] = await tx.rows<{ reached: string | null; done: string; total: string }>(sql`
			select "reached", "done", "total" from "BackgroundJob" where "name" = ${job} and "finished" is null for update skip locked
		`);
		if (row === undefined) return "elsewhere";
		const resources = await tx.rows<{ uuid: string }>(sql`
			select "uuid" from "Resource" where ${row.reached}::uuid is null or "uuid" > ${row.reached}::uuid order by "uuid" limit ${size}
		`);
		await tx.rows(sql`
			select "deriveCurrentUsages"(array_agg(pairs."resourceUuid"), array_agg(pairs."type"), null) from (
				select distinct u."resourceUuid", u."type"::text as "type" from "ComponentUsage" u where u."resourceUuid" = any(${resources.map(({ uuid }) => uuid)}::uuid[])
			) pairs having count(*) > 0
		`);
		const [{ total } = { total: "0" }] = row.total === "0" ? await tx.rows<{ total: string }>(sql`select count(*) as "total" from "Resource"`) : [row];
		const done = Number(row.done) + resources.length;
		const isLast = resources.length < size;
		await tx.rows(sql`
			update "BackgroundJob" set "reached" = coalesce(${resources.at(-1)?.uuid ?? null}, "reached"), "done" = ${done}::bigint,
				"total" = greatest(${total}::bigint, ${done}::bigint), "finished" = case when ${isLast} then now() end, "error" = null
			where "name" = ${job}
		`);
		progress?.(job, { done, total: Math.max(done, Number(total)) });
		return isLast ? "finished" : "derived";
	});
}

/** Derives what is left while the service runs; one step at a time, of all processes together. */
export function startCurrentUsagesJob(database: Database, options: BackfillOptions): { stop(): Promise<void> } {
	const ended = new AbortController();
	const running = finishCurrentUsages(database, options, ended.signal);
	return {
		stop: () => {
			ended.abort();
			return running;
		},
	};
}

/** Derives what is left, or waits until another process has. What fails is told, and tried again later. */
export async function finishCurrentUsages(database: Database, options: BackfillOptions, ended?: AbortSignal): Promise<void> {
	const wait = (milliseconds: number) => pause(milliseconds, undefined, { signal: ended, ref: ended === undefined }).catch(() => {}); // it is stopped
	const { tell } = options;
	let told: number | undefined;
	let steps = 0;
	while (ended?.aborted !== true) {
		const step = await deriveNext(database, options).catch((error: unknown) => {
			if (ended?.aborted !== true) tell(`Current usages cannot be derived: ${error instanceof Error ? error.message : String(error)}`);
			return "failed" as const;
		});
		if (step === "derived") steps++;
		if (step === "finished") {
			if (steps > 0) tell("Derived the current usages of all resources from their records.");
			return;
		}
		if (step === "derived" && (told === undefined || performance.now() - told > betweenLines)) {
			told = performance.now();
			tell(await progressLine(database));
		}
		await wait(step === "derived" ? betweenSteps : betweenTries);
	}
}

async function progressLine(queries: Queries): Promise<string> {
	const [row] = await queries.rows<{ done: string; total: string }>(sql`select "done", "total" from "BackgroundJob" where "name" = ${job}`);
	return `Deriving current usages from usage records: ${row?.done ?? 0} of ${row?.total ?? 0} resources.`;
}
