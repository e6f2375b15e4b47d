import type { OnStatement } from "../database/database.ts";
import type { Clock } from "../shared/clock.ts";
import type { Metrics } from "../shared/metrics.ts";
import type { BeginOperation } from "../shared/operation-trace.ts";
import type { AnsweredOperation, OverSubscription } from "./answered.ts";
import type { ErrorStream } from "./error-stream.ts";
import { createHealth, type Health } from "./health.ts";
import { logLine } from "./log-line.ts";
import type { Sources } from "./metrics.ts";
import { createMetrics } from "./metrics.ts";
import { createOperations } from "./operations.ts";
import { startOperationsServer } from "./operations-server.ts";
import { tellingSlowStatements } from "./slow-statements.ts";
import { startTracing } from "./tracing.ts";

export interface ObservationOptions {
	/** Where health and metrics are served; nothing is counted when they are not. */
	readonly server: { readonly host: string; readonly port: number } | undefined;
	/** Base URL of the collector that traces are sent to; none are made without one. */
	readonly collector: string | undefined;
	/** Takes a line of each operation; none is written without it. */
	readonly write: ((line: string) => void) | undefined;
	readonly clock: Clock;
	/** Where slow statements are written; they are not, without it. */
	readonly errors?: ErrorStream;
}

/** How those who run a service look at it. */
export interface Observation {
	readonly health: Health;
	/** Undefined when nothing is counted. */
	readonly metrics: Metrics | undefined;
	readonly beginOperation: BeginOperation;
	/** Called with each statement that a database runs. */
	readonly onStatement: OnStatement;
	/** Reads these, too, when metrics are read. */
	read(sources: Sources): void;
	/** Where health and metrics are; undefined when they are not served. */
	readonly url: string | undefined;
	/** Sends what traces there are, and reports nothing any more. */
	stop(): Promise<void>;
}

/** Starts what is configured of health, metrics, the log and traces. Throws a Failure when the port is taken. */
export async function startObservation({ server, collector, write, clock, errors }: ObservationOptions): Promise<Observation> {
	const health = createHealth();
	const metrics = server === undefined ? undefined : createMetrics(() => health.isReady);
	const tellSlow = errors && tellingSlowStatements(errors, () => performance.now());
	const listening = server && metrics && (await startOperationsServer({ ...server, health, metrics }));
	const tracing = collector === undefined ? undefined : await startTracing(collector);
	const tell = (answered: AnsweredOperation): void => {
		metrics?.operation(answered);
		write?.(logLine(answered, clock()));
	};
	const tellOver = (over: OverSubscription): void => {
		metrics?.subscriptionOver(over);
		write?.(logLine(over, clock()));
	};
	return {
		health,
		metrics: metrics,
		beginOperation: createOperations({ tell, tellOver, tracing }),
		onStatement: (ended) => {
			metrics?.statementEnded(ended);
			tellSlow?.(ended);
		},
		read: (sources) => metrics?.read(sources),
		url: listening?.url,
		stop: async () => {
			tellSlow?.stop();
			await Promise.all([health.stop(), tracing?.stop()]);
			await listening?.stop();
		},
	};
}
