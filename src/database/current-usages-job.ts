import { setTimeout as pause } from "node:timers/promises";
import { exitCodes, Failure } from "../shared/failure.ts";
import type { Database, Queries } from "./database.ts";
import type { BuildProgress } from "./index-builds.ts";
import { sql } from "./sql.ts";
import { tookTooLong } from "./states.ts";

/** The name of the job in "BackgroundJob", which a migration has put there where records were stored before it. */
const job = "current usages";

/** Resources in a step, which is a transaction of its own. */
const stepSize = 200;

/** Between two steps, so that others come in between, in milliseconds. */
const betweenSteps = 5;

/** Before a step that failed or another process has, by the service and by a command that is waited for, in milliseconds. */
const betweenTries = 10_000;
const betweenTriesOfCommands = 2_000;

/** After as many failures without a step between them a command gives up. */
const maxFailures = 5;

/** Between two lines about it, in milliseconds. */
const betweenLines = 10_000;

export interface BackfillOptions {
	/** Takes a line about how far it is, and that it has ended. */
	readonly tell: (line: string) => void;
	readonly progress?: ((name: string, progress: BuildProgress) => void) | undefined;
	/** Resources in a step at first. */
	readonly stepSize?: number;
	/** Before a step that failed, or that another process has, in milliseconds. */
	readonly betweenTries?: number;
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

/** Derives what is left while the service runs; one step at a time, of all processes together. What fails is written as a line, and tried again later. */
export function startCurrentUsagesJob(database: Database, options: BackfillOptions): { stop(): Promise<void> } {
	const ended = new AbortController();
	const running = deriveAll(database, { betweenTries, ...options }, Number.POSITIVE_INFINITY, ended.signal);
	return {
		stop: () => {
			ended.abort();
			return running;
		},
	};
}

/**
 * Derives what is left, or waits until another process has.
 *
 * @throws Failure when steps fail one after the other
 */
export async function finishCurrentUsages(database: Database, options: BackfillOptions): Promise<void> {
	await deriveAll(database, { betweenTries: betweenTriesOfCommands, ...options }, maxFailures);
}

async function deriveAll(
	database: Database,
	options: BackfillOptions & { readonly betweenTries: number },
	triesAtMost: number,
	ended?: AbortSignal,
): Promise<void> {
	const wait = (milliseconds: number) => pause(milliseconds, undefined, { signal: ended, ref: ended === undefined }).catch(() => {}); // it is stopped
	const { tell } = options;
	let size = options.stepSize ?? stepSize;
	let told: number | undefined;
	let steps = 0;
	let failures = 0;
	let waits = 0;
	const failed = async (error: unknown): Promise<Step | "failed" | "halved"> => {
		if (ended?.aborted === true) return "failed";
		if (tookTooLong(error) && size > 1) {
			size = Math.ceil(size / 2);
			tell(`Deriving current usages took longer than a statement may: going on with ${size} resources in a step.`);
			return "halved";
		}
		const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
		await noteFailure(database, reason).catch(() => {}); // the line says it too
		failures++;
		if (failures >= triesAtMost)
			throw new Failure(`Current usages cannot be derived: ${reason}. Mend what it says and run «npm run migrate».`, exitCodes.databaseUnavailable);
		tell(`Current usages cannot be derived: ${reason}. Trying again.`);
		return "failed";
	};
	while (ended?.aborted !== true) {
		const step = await deriveNext(database, { ...options, stepSize: size }).catch(failed);
		if (step === "finished") {
			if (steps > 0) tell("Derived the current usages of all resources from their records.");
			return;
		}
		if (step === "derived") {
			steps++;
			failures = 0;
			if (told === undefined || performance.now() - told > betweenLines) {
				told = performance.now();
				await progressLine(database).then(tell, () => {}); // the next step says what is wrong
			}
		}
		if (step === "elsewhere" && ended === undefined && waits++ === 0) tell("Another process derives current usages: waiting for its end.");
		await wait(step === "derived" || step === "halved" ? betweenSteps : options.betweenTries);
	}
}

/** Writes why a step failed into the job's row, unless another process has it. */
async function noteFailure(queries: Queries, reason: string): Promise<void> {
	await queries.rows(sql`
		update "BackgroundJob" set "error" = ${reason}
		where "name" in (select "name" from "BackgroundJob" where "name" = ${job} and "finished" is null for update skip locked)
	`);
}

async function progressLine(queries: Queries): Promise<string> {
	const [row] = await queries.rows<{ done: string; total: string }>(sql`select "done", "total" from "BackgroundJob" where "name" = ${job}`);
	return `Deriving current usages from usage records: ${row?.done ?? 0} of ${row?.total ?? 0} resources.`;
}
