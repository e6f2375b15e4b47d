import type { Clock } from "../shared/clock.ts";
import type { Measures } from "../shared/measures.ts";
import type { BeginOperation } from "../shared/operation.ts";
import type { AnsweredOperation } from "./answered.ts";
import { createHealth, type Health } from "./health.ts";
import { logLine } from "./log-line.ts";
import { createMetrics } from "./metrics.ts";
import { createOperations } from "./operations.ts";
import { startOperationsServer } from "./operations-server.ts";
import { startTracing } from "./tracing.ts";

export interface ObservationOptions {
	/** Where health and metrics are told; nothing is counted when they are not. */
	readonly server: { readonly host: string; readonly port: number } | undefined;
	/** Base URL of the collector that traces are sent to; none are made without one. */
	readonly collector: string | undefined;
	/** Takes a line of each operation; none is written without it. */
	readonly write: ((line: string) => void) | undefined;
	readonly clock: Clock;
}

/** How those who run a service look at it. */
export interface Observation {
	readonly health: Health;
	/** Undefined when nothing is counted. */
	readonly measures: Measures | undefined;
	readonly beginOperation: BeginOperation;
	/** Where health and metrics are; undefined when they are not told. */
	readonly url: string | undefined;
	/** Sends what traces there are, and tells nothing any more. */
	stop(): Promise<void>;
}

/** Starts what is configured of health, metrics, the log and traces. Throws a Failure when the port is taken. */
export async function startObservation({ server, collector, write, clock }: ObservationOptions): Promise<Observation> {
	const health = createHealth();
	const metrics = server === undefined ? undefined : createMetrics();
	const listening = server && metrics && (await startOperationsServer({ ...server, health, metrics }));
	const tracing = collector === undefined ? undefined : await startTracing(collector);
	const tell = (answered: AnsweredOperation): void => {
		metrics?.operation(answered);
		write?.(logLine(answered, clock()));
	};
	return {
		health,
		measures: metrics,
		beginOperation: createOperations({ tell, tellOver: write && ((over) => write(logLine(over, clock()))), tracing }),
		url: listening?.url,
		stop: async () => {
			await Promise.all([health.stop(), tracing?.stop()]);
			await listening?.stop();
		},
	};
}
