import type { Database } from "../database/database.ts";
import type { Measures } from "../shared/measures.ts";
import { every } from "../shared/repeat.ts";
import { logAges } from "./log-age.store.ts";
import type { LogReader } from "./log-reader.ts";

export interface LogWatchOptions {
	readonly database: Database;
	readonly log: Pick<LogReader, "head">;
	readonly measures: Pick<Measures, "logAges">;
	/** Between two looks, in milliseconds. */
	readonly pause?: number;
}

/** Looks again and again at what waits in the log to be numbered or read. While it cannot, what was told last ages: nothing else is said. */
export const startLogWatch = ({ database, log, measures, pause = 1_000 }: LogWatchOptions): { stop(): Promise<void> } =>
	every(
		pause,
		async () => measures.logAges(await logAges(database, log.head)),
		() => {},
	);
