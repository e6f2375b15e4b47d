import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { OnStatement, PoolUse } from "../database/database.ts";
import { systemClock } from "../shared/clock.ts";
import type { LogAges, Metrics } from "../shared/metrics.ts";
import { type AnsweredOperation, failures } from "./answered.ts";
import { createMirrorMetrics } from "./mirror-metrics.ts";
import { slowMilliseconds } from "./slow-statements.ts";
import { createViewerCounts } from "./viewer-counts.ts";

/** What a service is. */
export interface Build {
	readonly version: string;
	/** Of the sources; "unknown" when they were built outside of a repository. */
	readonly commit: string;
	/** The version of Node.js, and the database with its version. */
	readonly node: string;
	readonly engine: string;
}

/** What is read when metrics are. */
export interface Sources {
	readonly build: Build;
	readonly pool: () => PoolUse;
	/** How old the oldest entry is that is being sent to a live subscription, in seconds; 0 when none is. */
	readonly subscriptionLag: () => number;
	/** Whether notifications are handed to a mail server: without one none is overdue. */
	readonly sendsMail: boolean;
	/** The Waldur that the service is kept in step with, and whether changes are sent there; none without it. */
	readonly mirror?: { readonly writes: boolean } | undefined;
}

/** What is counted of the service, as Prometheus reads it. */
export interface MetricsRegistry extends Metrics {
	operation(answered: AnsweredOperation): void;
	/** A subscription that had begun is over. */
	subscriptionOver(over: Pick<AnsweredOperation, "codes" | "viewer">): void;
	readonly statementEnded: OnStatement;
	/** Reads these from now on. What waits, and is not looked at, grows old from now on, too. */
	read(sources: Sources): void;
	/** All of it as text, and the text's media type. */
	text(): Promise<string>;
	readonly mediaType: string;
}

/** Clients choose the names of their operations: so many have a label of their own, the others share one. */
const maxNames = 100;
const maxNameLength = 64;
const otherName = "other";

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const magnitudes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 100_000];

/** Refusals of clients that asked for too much. */
const limitCodes = ["RATE_LIMITED", "COST_LIMIT_EXCEEDED", "TIMED_OUT", "STATEMENT_TIMEOUT", "FELL_BEHIND"];

/** Starts counting. What the process itself takes is among it. `isReady` is asked when metrics are read; `now` counts milliseconds. */
export function createMetrics(isReady: () => boolean = () => false, now: () => number = () => performance.now()): MetricsRegistry {
	const registry = new Registry();
	collectDefaultMetrics({ register: registry });
	const named = (name: string, help: string) => ({ name: `usage_gateway_${name}`, help, registers: [registry] });
	const operations = new Counter({
		...named("operations_total", "Operations that were answered. The first hundred names of signed-in clients are told apart."),
		labelNames: ["type", "name", "outcome"],
	});
	const durations = new Histogram({ ...named("operation_duration_seconds", "From a request to its answer."), labelNames: ["type"], buckets: seconds });
	const errors = new Counter({ ...named("errors_total", "Operations that were answered with an error of the code."), labelNames: ["code"] });
	const eventErrors = new Counter({
		...named("event_errors_total", "Events of subscriptions that were executed with an error of the code; one that many are told at once is one."),
		labelNames: ["code"],
	});
	const endedSubscriptions = new Counter({
		...named("subscriptions_ended_total", "Subscriptions that ended with an error of the code."),
		labelNames: ["code"],
	});
	const costs = new Histogram({ ...named("operation_cost", "What operations may take, found before they are executed."), buckets: magnitudes });
	const afterwards = new Counter(
		named("charged_afterwards_points_total", "Points that operations and events took of the database beyond their cost, charged to their tokens afterwards."),
	);
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
	// What is never counted before it happens has no increase when it happens for the first time.
	for (const code of failures) for (const counter of [errors, eventErrors, endedSubscriptions]) counter.inc({ code }, 0);

	let sources: Sources | undefined;
	let logRead: Date | undefined;
	let clockOffset: number | undefined;
	let months: { readonly last: Date; readonly next: Date } | undefined;
	// Unknown until the service looks at them: it starts, and migrates, for as long as that takes.
	let log: { readonly ages: LogAges; readonly lookedAt: number } | undefined;
	let mail: { readonly overdue: number; readonly lookedAt: number } | undefined;
	const since = (moment: number) => (now() - moment) / 1_000;
	const timestamp = (moment: Date | undefined) => moment && moment.getTime() / 1_000;
	/** A figure that is asked for when metrics are read, and is left out while it is not known: a gauge that is set begins at 0. */
	const asked = (name: string, help: string, figure: () => number | undefined) =>
		new Gauge({
			...named(name, help),
			collect() {
				const value = figure();
				if (value === undefined) this.remove();
				else this.set(value);
			},
		});
	asked("ready", "1 while requests are to be sent here, else 0.", () => (isReady() ? 1 : 0));
	asked("log_read_timestamp_seconds", "When the log was last looked at.", () => timestamp(logRead));
	asked("clock_offset_seconds", "How far this instance's clock is ahead of the database's, at least; negative when it is behind.", () => clockOffset);
	asked(
		"log_unnumbered_age_seconds",
		"How old the oldest committed entry of the log without a number is, at most: once the service has started it grows while it is not known.",
		() => log && (log.ages.unnumbered ?? 0) + since(log.lookedAt),
	);
	asked(
		"log_undelivered_age_seconds",
		"How old the oldest committed entry of the log is that this instance has not read for its subscribers, at most: once the service has started it grows while it is not known.",
		() => log && Math.max(log.ages.unnumbered ?? 0, log.ages.unread ?? 0) + since(log.lookedAt),
	);
	asked("subscription_lag_seconds", "How old the oldest entry is that a live subscription is being told of; one whose payers have too little waits.", () =>
		sources?.subscriptionLag(),
	);
	asked("pool_size", "Connections for statements, at most.", () => sources?.pool().size);
	asked("pool_in_use", "Connections on which something runs.", () => sources?.pool().inUse);
	asked("pool_waiting", "Callers that wait for a connection.", () => sources?.pool().waiting);
	new Counter({
		...named("pool_waited_seconds_total", "How long callers have waited for connections, in all."),
		collect() {
			this.reset();
			this.inc(sources?.pool().waited ?? 0);
		},
	});
	const builds = new Gauge({ ...named("build_info", "1, of the build that runs."), labelNames: ["version", "commit", "node", "engine"] });
	const connections = new Gauge({
		...named("connections", "WebSockets, and streams of server-sent events, that are open."),
		labelNames: ["kind"],
	});
	for (const kind of ["socket", "stream"]) connections.set({ kind }, 0);
	const slow = new Counter(named("slow_statements_total", "Statements that took longer than a second, without the wait for a connection."));
	const limitsHit = new Counter({
		...named("limits_hit_total", "Refusals because a viewer asked for too much. The twenty worst are told apart, the others are one."),
		labelNames: ["viewer", "code"],
	});
	const hitters = createViewerCounts(limitsHit, now);
	const databaseTime = new Counter({
		...named("viewer_database_seconds_total", "How long statements of viewers ran. The twenty who took most are told apart, the others are one."),
		labelNames: ["viewer"],
	});
	const takers = createViewerCounts(databaseTime, now);
	const mails = new Gauge({ ...named("notifications", "Notifications by state; 10000 stands for as many or more."), labelNames: ["state"] });
	asked(
		"notifications_overdue_seconds",
		"For how long the notification that waits longest has been due, at most: once the service has started it grows while it is not known. Left out without SMTP_URL.",
		() => mail && mail.overdue + since(mail.lookedAt),
	);
	asked("month_turned_timestamp_seconds", "When the last month began that has begun for every offering.", () => timestamp(months?.last));
	asked("month_to_turn_timestamp_seconds", "When the first month begins, or began, that has not begun for every offering.", () => timestamp(months?.next));
	const mirrored = createMirrorMetrics({ named, asked, now });

	/** Counts a limit that the viewer has met. */
	function hit(code: string, viewer: string | undefined): void {
		if (limitCodes.includes(code)) hitters.add(viewer, 1, code);
	}

	return {
		operation: ({ type, name, viewer, codes, outcome, cost, statements, milliseconds }) => {
			const label = type ?? "none";
			operations.inc({ type: label, name: viewer === undefined ? otherName : nameOf(name), outcome });
			durations.observe({ type: label }, milliseconds / 1_000);
			for (const code of codes) {
				errors.inc({ code });
				hit(code, viewer);
			}
			if (cost !== undefined) costs.observe(cost);
			if (type !== undefined) perOperation.observe(statements);
		},
		statement: (milliseconds, failed) => statements.observe({ outcome: failed ? "failed" : "ok" }, milliseconds / 1_000),
		statementEnded: ({ milliseconds, caller }) => {
			if (milliseconds >= slowMilliseconds) slow.inc();
			if (caller !== undefined) takers.add(caller.viewer, milliseconds / 1_000);
		},
		read: (given) => {
			sources = given;
			log ??= { ages: { unnumbered: undefined, unread: undefined }, lookedAt: now() };
			mail = given.sendsMail ? { overdue: 0, lookedAt: now() } : undefined;
			mirrored.begin(given.mirror);
			builds.set({ ...given.build }, 1);
		},
		connection: (kind, change) => connections.inc({ kind }, change),
		limitHit: hit,
		eventFailed: (code) => eventErrors.inc({ code }),
		subscriptionOver: ({ codes, viewer }) => {
			for (const code of codes) {
				endedSubscriptions.inc({ code });
				hit(code, viewer);
			}
		},
		logAges: (ages) => {
			log = { ages, lookedAt: now() };
		},
		mails: (counts, overdue) => {
			for (const [state, count] of Object.entries(counts)) mails.set({ state }, count);
			if (mail !== undefined) mail = { overdue: Math.max(0, overdue ?? 0), lookedAt: now() };
		},
		months: (last, next) => {
			months = { last, next };
		},
		retry: () => retries.inc(),
		batch: (objects) => batches.observe(objects),
		subscribers: (change) => subscribers.inc(change),
		chargedAfterwards: (points) => afterwards.inc(points),
		refusedConnection: (reason) => refusedConnections.inc({ reason }),
		logRead: (lag) => {
			logRead = systemClock();
			if (lag !== undefined) lags.observe(Math.max(0, lag));
		},
		clockOffset: (seconds) => {
			clockOffset = seconds;
		},
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
		notification: (state, cause, count = 1) => notifications.inc({ state, cause }, count),
		mirror: mirrored.measured,
		delivery: mirrored.delivered,
		text: () => registry.metrics(),
		mediaType: registry.contentType,
	};
}

/** The name as it is counted. */
function knownNames(): (name: string | undefined) => string {
	const known = new Set<string>();
	return (name = "") => {
		if (known.has(name)) return name;
		if (known.size >= maxNames || name.length > maxNameLength) return otherName;
		known.add(name);
		return name;
	};
}
