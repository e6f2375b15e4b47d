import { setTimeout as pause } from "node:timers/promises";
import { exitCodes, Failure } from "../shared/failure.ts";
import type { Database } from "./database.ts";
import { type BuildOptions, type BuildOutcome, buildIndexes, missingIndexes } from "./index-builds.ts";
import { listed } from "./migration-plan.ts";

/** Before it is looked again whether another process has built what is missing, and before a failure is tried again, in milliseconds. */
const betweenLooks = 2_000;
const afterFailure = 600_000;

export interface IndexJobOptions extends BuildOptions {
	readonly migrate: "on" | "off";
}

/**
 * Builds the missing indexes while the service runs; or says once which are missing, where it is not to change the schema.
 * A server goes on with what it builds when the service stops, and the next start with the others.
 */
export function startIndexJobs(database: Database, { migrate, ...options }: IndexJobOptions): { stop(): void } {
	const ended = new AbortController();
	const failed = (error: unknown): "failed" => {
		if (!ended.signal.aborted) options.tell(`Indexes cannot be built: ${error instanceof Error ? error.message : String(error)}`);
		return "failed";
	};
	const run = async () => {
		for (let outcome: BuildOutcome | undefined; outcome !== "built" && !ended.signal.aborted; ) {
			outcome = await buildIndexes(database, options).catch(failed);
			const wait = outcome === "elsewhere" ? betweenLooks : afterFailure;
			if (outcome !== "built") await pause(wait, undefined, { signal: ended.signal, ref: false }).catch(() => {}); // it is stopped
		}
	};
	if (migrate === "on") void run();
	else tellMissing(database, options).catch(failed);
	return { stop: () => ended.abort() };
}

async function tellMissing(database: Database, { indexes, tell }: BuildOptions): Promise<void> {
	const missing = await missingIndexes(database, indexes);
	if (missing.length === 0) return;
	tell(`Indexes are left to build: ${listed(missing.map(({ name }) => name))}. MIGRATE is off: run «npm run migrate» as the owner of the tables.`);
}

/** Builds the missing indexes, or waits until another process has. Throws a Failure when some cannot be built. */
export async function finishIndexJobs(database: Database, options: BuildOptions): Promise<void> {
	for (let looks = 1; ; looks++) {
		const outcome = await buildIndexes(database, options);
		if (outcome === "built") return;
		if (outcome === "failed") throw new Failure("Not all indexes could be built.", exitCodes.databaseUnavailable);
		if (looks === 1) options.tell("Another process builds indexes: waiting for its end.");
		await pause(betweenLooks);
	}
}
