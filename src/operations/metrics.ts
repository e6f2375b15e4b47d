import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Measures } from "../shared/measures.ts";
import type { AnsweredOperation } from "./answered.ts";

/** What is counted of the service, as Prometheus reads it. */
export interface Metrics extends Measures {
	operation(answered: AnsweredOperation): void;
	/** All of it as text, and the text's media type. */
	text(): Promise<string>;
	readonly mediaType: string;
}

/** Clients choose the names of their operations: so many are told apart, the others are one. */
const mostNames = 100;
const longestName = 64;
const otherName = "other";

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const magnitudes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 100_000];

/** Starts counting. What the process itself takes is among it. */
export function createMetrics(): Metrics {
	const registry = new Registry();
	collectDefaultMetrics({ register: registry });
	const named = (name: string, help: string) => ({ name: `usage_gateway_${name}`, help, registers: [registry] });
	const operations = new Counter({
		...named("operations_total", "Operations that were answered. The first hundred names of signed-in clients are told apart."),
		labelNames: ["type", "name", "outcome"],
	});
	const durations = new Histogram({ ...named("operation_duration_seconds", "From a request to its answer."), labelNames: ["type"], buckets: seconds });
	const errors = new Counter({ ...named("errors_total", "Operations that were answered with an error of the code."), labelNames: ["code"] });
	const costs = new Histogram({ ...named("operation_cost", "What operations may take, found before they are executed."), buckets: magnitudes });
	const perOperation = new Histogram({ ...named("operation_statements", "Statements that an operation ran."), buckets: magnitudes.slice(0, 10) });
	const statements = new Histogram({ ...named("statement_duration_seconds", "Statements of the database."), labelNames: ["outcome"], buckets: seconds });
	const retries = new Counter(named("transaction_retries_total", "Transactions that were done again because of a deadlock or a serialization failure."));
	const batches = new Histogram({ ...named("batch_objects", "Objects that one statement reads something of."), buckets: magnitudes });
	const subscribers = new Gauge(named("subscribers", "Subscriptions that are under way."));
	const refusedConnections = new Counter({
		...named("refused_connections_total", "Connections that were too many in all, of an address or of a token, or on which nobody signed in in time."),
		labelNames: ["reason"],
	});
	const lags = new Histogram({ ...named("log_lag_seconds", "How old the oldest new entry of the log was when it was read."), buckets: [...seconds, 30, 60] });
	const looked = new Gauge(named("log_read_timestamp_seconds", "When the log was last looked at."));
	const offset = new Gauge(named("clock_offset_seconds", "How far this instance's clock is ahead of the database's, at least; negative when it is behind."));
	const evaluations = new Histogram({ ...named("policy_evaluation_seconds", "Evaluations of policies, within their transactions."), buckets: seconds });
	const verifications = new Gauge(
		named("verify_last_run_timestamp_seconds", "When npm run verify last compared figures with the records; 0 when it never did."),
	);
	const differences = new Gauge(named("verify_differences", "Figures that differed from the records then."));
	const notifications = new Counter({
		...named("notifications_total", "Notifications by what became of them: SENT, EXPIRED, or an attempt failed and they are PENDING or FAILED."),
		labelNames: ["state", "cause"],
	});
	const jobsDone = new Gauge({
		...named("job_done", "How far a job over a large table has come: blocks or rows of its present phase."),
		labelNames: ["job"],
	});
	const jobsTotal = new Gauge({ ...named("job_total", "How many of them there are in all; 0 when it is not known."), labelNames: ["job"] });
	const tokens = new Counter(named("document_tokens_total", "Words and signs of documents that were read."));
	const selections = new Counter(named("document_selections_total", "Selections that were looked at before it was known who asks."));
	const validations = new Histogram({ ...named("validation_seconds", "Comparisons of documents with the schema."), buckets: seconds.slice(0, 10) });
	const nameOf = knownNames();

	return {
		operation: ({ type, name, viewer, codes, outcome, cost, statements, milliseconds }) => {
			const label = type ?? "none";
			operations.inc({ type: label, name: viewer === undefined ? otherName : nameOf(name), outcome });
			durations.observe({ type: label }, milliseconds / 1_000);
			for (const code of codes) errors.inc({ code });
			if (cost !== undefined) costs.observe(cost);
			if (type !== undefined) perOperation.observe(statements);
		},
		statement: (milliseconds, failed) => statements.observe({ outcome: failed ? "failed" : "ok" }, milliseconds / 1_000),
		retry: () => retries.inc(),
		batch: (objects) => batches.observe(objects),
		subscribers: (change) => subscribers.inc(change),
		refusedConnection: (reason) => refusedConnections.inc({ reason }),
		logRead: (lag) => {
			looked.setToCurrentTime();
			if (lag !== undefined) lags.observe(Math.max(0, lag));
		},
		clockOffset: (seconds) => offset.set(seconds),
		documentRead: (words, looked) => {
			tokens.inc(words);
			selections.inc(looked);
		},
		validation: (milliseconds) => validations.observe(milliseconds / 1_000),
		evaluation: (milliseconds) => evaluations.observe(milliseconds / 1_000),
		job: (job, done, total) => {
			jobsDone.set({ job }, done);
			jobsTotal.set({ job }, total);
		},
		verified: (at, count) => {
			verifications.set(at.getTime() / 1_000);
			differences.set(count);
		},
		notification: (state, cause) => notifications.inc({ state, cause }),
		text: () => registry.metrics(),
		mediaType: registry.contentType,
	};
}

/** The name as it is counted. */
function knownNames(): (name: string | undefined) => string {
	const known = new Set<string>();
	return (name = "") => {
		if (known.has(name)) return name;
		if (known.size >= mostNames || name.length > longestName) return otherName;
		known.add(name);
		return name;
	};
}
