import type { Database } from "../database/database.ts";
import type { Metrics } from "../shared/metrics.ts";
import { repeat } from "../shared/repeat.ts";
import { logAges } from "./log-age.store.ts";
import type { LogReader } from "./log-reader.ts";

export interface LogWatchOptions {
	readonly database: Database;
	readonly log: Pick<LogReader, "head">;
	readonly metrics: Pick<Metrics, "logAges">;
	/** Between two looks, in milliseconds. */
	readonly pause?: number;
}

/** Looks again and again at what waits in the log to be numbered or read. While it cannot, the last metrics age: no error is reported. */
export const startLogWatch = ({ database, log, metrics, pause = 1_000 }: LogWatchOptions): { stop(): Promise<void> } =>
	repeat(
		pause,
		async () => metrics.logAges(await logAges(database, log.head)),
		() => {},
	);
