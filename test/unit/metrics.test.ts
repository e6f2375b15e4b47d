import { expect, test } from "vitest";
import type { AnsweredOperation } from "../../src/telemetry/answered.ts";
import { createMetrics, type MetricsRegistry, type Sources } from "../../src/telemetry/metrics.ts";

test("metrics say what became of notifications, by state and cause", async () => {
	const metrics = createMetrics();
	metrics.notification("SENT", "");
	metrics.notification("EXPIRED", "AGED");
	metrics.notification("EXPIRED", "AGED");

	expect((await metrics.text()).split("\n").filter((line) => line.startsWith("usage_gateway_notifications_total"))).toEqual([
		'usage_gateway_notifications_total{state="SENT",cause=""} 1',
		'usage_gateway_notifications_total{state="EXPIRED",cause="AGED"} 2',
	]);
});

test("metrics say when figures were last verified, and how many differed", async () => {
	const metrics = createMetrics();
	metrics.verified(new Date("2026-11-20T12:00:00Z"), 3);

	expect((await metrics.text()).split("\n").filter((line) => line.startsWith("usage_gateway_verify"))).toEqual([
		"usage_gateway_verify_last_run_timestamp_seconds 1795176000",
		"usage_gateway_verify_differences 3",
	]);
});

/** An operation of the viewer that was answered with the code. */
const refused = (viewer: string | undefined, code: string): AnsweredOperation => ({
	requestId: "",
	traceId: undefined,
	viewer,
	type: "query",
	name: undefined,
	cost: 1,
	statements: 0,
	milliseconds: 1,
	codes: [code],
	outcome: "refused",
});

const linesOf = async (metrics: MetricsRegistry, name: string) => (await metrics.text()).split("\n").filter((line) => line.startsWith(`usage_gateway_${name}`));

test("metrics count the limits that viewers meet by name and code, and nothing else of them", async () => {
	const metrics = createMetrics();
	metrics.operation(refused("lund", "RATE_LIMITED"));
	metrics.operation(refused("lund", "BAD_USER_INPUT"));
	metrics.operation(refused(undefined, "RATE_LIMITED"));
	metrics.limitHit("RATE_LIMITED", "lund");

	expect(await linesOf(metrics, "limits_hit_total")).toEqual([
		'usage_gateway_limits_hit_total{viewer="lund",code="RATE_LIMITED"} 2',
		'usage_gateway_limits_hit_total{viewer="(nobody)",code="RATE_LIMITED"} 1',
	]);
});

test("metrics have no more series of viewers than of the twenty worst, whoever asks", async () => {
	const metrics = createMetrics();
	for (let index = 0; index < 5_000; index++) {
		const viewer = `viewer${index % 977}`;
		for (const code of ["RATE_LIMITED", "COST_LIMIT_EXCEEDED", "TIMED_OUT", "STATEMENT_TIMEOUT", "FELL_BEHIND"].slice(0, (index % 5) + 1)) {
			metrics.operation(refused(viewer, code));
		}
		metrics.statementEnded({ text: "", milliseconds: index % 13, caller: { key: "", viewer, took: () => {} } });
	}

	expect((await linesOf(metrics, "limits_hit_total")).length).toBeLessThanOrEqual((20 + 1) * 5);
	expect((await linesOf(metrics, "viewer_database_seconds_total")).length).toBeLessThanOrEqual(20 + 1);
});

test("metrics say for how long statements of viewers ran, and which took longer than a second", async () => {
	const metrics = createMetrics();
	const caller = { key: "", viewer: "lund", took: () => {} };
	metrics.statementEnded({ text: "select 1", milliseconds: 1_500, caller });
	metrics.statementEnded({ text: "select 2", milliseconds: 500, caller });
	metrics.statementEnded({ text: "select 3", milliseconds: 1_500, caller: undefined });

	expect(await linesOf(metrics, "viewer_database_seconds_total")).toEqual(['usage_gateway_viewer_database_seconds_total{viewer="lund"} 2']);
	expect(await linesOf(metrics, "slow_statements_total")).toEqual(["usage_gateway_slow_statements_total 2"]);
});

test("metrics count errors that are the service's from zero, so that the first of them is an increase", async () => {
	for (const name of ["errors_total", "event_errors_total", "subscriptions_ended_total"]) {
		expect(await linesOf(createMetrics(), name)).toEqual([
			`usage_gateway_${name}{code="INTERNAL_SERVER_ERROR"} 0`,
			`usage_gateway_${name}{code="SERVICE_UNAVAILABLE"} 0`,
			`usage_gateway_${name}{code="STATEMENT_TIMEOUT"} 0`,
		]);
	}
});

/** Metrics by a clock that stands until it is told how many seconds pass. */
function timed(isReady?: () => boolean): { metrics: MetricsRegistry; passes(seconds: number): void } {
	let time = 0;
	return {
		metrics: createMetrics(isReady, () => time),
		passes: (seconds) => {
			time += seconds * 1_000;
		},
	};
}

const sources: Sources = {
	build: { version: "1.0.0", commit: "unknown", node: "v22", engine: "PostgreSQL 18" },
	pool: () => ({ size: 10, inUse: 3, waiting: 2, waited: 1.5 }),
	subscriptionLag: () => 7,
	sendsMail: true,
	mirror: { writes: true },
};

test("metrics let what waits grow old while nobody looks", async () => {
	const { metrics, passes } = timed(() => true);
	metrics.read(sources);
	passes(10);
	metrics.logAges({ unnumbered: undefined, unread: 4 });
	metrics.mails({ PENDING: 3, SENT: 10_000 }, 30);
	passes(5);

	expect([
		...(await linesOf(metrics, "log_unnumbered_age_seconds")),
		...(await linesOf(metrics, "log_undelivered_age_seconds")),
		...(await linesOf(metrics, "notifications_overdue_seconds")),
		...(await linesOf(metrics, "notifications{")),
		...(await linesOf(metrics, "ready")),
	]).toEqual([
		"usage_gateway_log_unnumbered_age_seconds 5",
		"usage_gateway_log_undelivered_age_seconds 9",
		"usage_gateway_notifications_overdue_seconds 35",
		'usage_gateway_notifications{state="PENDING"} 3',
		'usage_gateway_notifications{state="SENT"} 10000',
		"usage_gateway_ready 1",
	]);
});

/** What is not known before the service looks: a figure in its place would be one to alert on, or a green one. */
const unknownAtFirst = [
	"clock_offset_seconds",
	"log_read_timestamp_seconds",
	"log_undelivered_age_seconds",
	"log_unnumbered_age_seconds",
	"month_to_turn_timestamp_seconds",
	"month_turned_timestamp_seconds",
	"notifications_overdue_seconds",
	"pool_in_use",
	"pool_size",
	"pool_waiting",
	"subscription_lag_seconds",
	"waldur_deliveries",
	"waldur_delivery_overdue_seconds",
	"waldur_held_removals",
	"waldur_lag_seconds",
];

test.each(unknownAtFirst)("metrics leave out %s while the service starts, however long it migrates", async (name) => {
	const { metrics, passes } = timed();
	passes(3_600);
	expect(await linesOf(metrics, name)).toEqual([]);
});

test("metrics let what waits grow old from the start of the service, if nobody ever looks", async () => {
	const { metrics, passes } = timed();
	passes(3_600);
	metrics.read(sources);
	passes(40);

	expect([
		...(await linesOf(metrics, "log_unnumbered_age_seconds")),
		...(await linesOf(metrics, "log_undelivered_age_seconds")),
		...(await linesOf(metrics, "notifications_overdue_seconds")),
	]).toEqual(["usage_gateway_log_unnumbered_age_seconds 40", "usage_gateway_log_undelivered_age_seconds 40", "usage_gateway_notifications_overdue_seconds 40"]);
});

test("no notification is overdue for metrics where none is handed to a mail server", async () => {
	const metrics = createMetrics();
	metrics.read({ ...sources, sendsMail: false });
	metrics.mails({ PENDING: 3 }, 30);

	expect(await linesOf(metrics, "notifications_overdue_seconds")).toEqual([]);
	expect(await linesOf(metrics, "notifications{")).toEqual(['usage_gateway_notifications{state="PENDING"} 3']);
});

const inStep = { lag: 60, held: 30, deliveries: { PENDING: 3, SENT: 10_000, FAILED: 0 }, waiting: 20 };

test("metrics say how far the service is in step with its Waldur, and let it fall behind while nobody looks", async () => {
	const { metrics, passes } = timed();
	metrics.read(sources);
	passes(10);
	metrics.mirror(inStep);
	passes(5);

	expect(await linesOf(metrics, "waldur_")).toEqual([
		"usage_gateway_waldur_lag_seconds 65",
		"usage_gateway_waldur_held_removals 30",
		'usage_gateway_waldur_deliveries{state="PENDING"} 3',
		'usage_gateway_waldur_deliveries{state="SENT"} 10000',
		'usage_gateway_waldur_deliveries{state="FAILED"} 0',
		"usage_gateway_waldur_delivery_overdue_seconds 25",
		'usage_gateway_waldur_deliveries_total{outcome="SENT"} 0',
		'usage_gateway_waldur_deliveries_total{outcome="FAILED"} 0',
		'usage_gateway_waldur_deliveries_total{outcome="WAITING"} 0',
	]);
});

test("metrics count the lag before the first pass from the start of the service", async () => {
	const { metrics, passes } = timed();
	metrics.read(sources);
	passes(600);
	metrics.mirror({ ...inStep, lag: undefined, waiting: undefined });
	passes(5);

	expect([...(await linesOf(metrics, "waldur_lag")), ...(await linesOf(metrics, "waldur_delivery_overdue"))]).toEqual([
		"usage_gateway_waldur_lag_seconds 605",
		"usage_gateway_waldur_delivery_overdue_seconds 5",
	]);
});

test("metrics let the lag and what waits for Waldur grow from the start of the service, if nobody ever looks", async () => {
	const { metrics, passes } = timed();
	passes(3_600);
	metrics.read(sources);
	passes(40);

	expect([
		...(await linesOf(metrics, "waldur_lag")),
		...(await linesOf(metrics, "waldur_held")),
		...(await linesOf(metrics, "waldur_delivery_overdue")),
	]).toEqual(["usage_gateway_waldur_lag_seconds 40", "usage_gateway_waldur_delivery_overdue_seconds 40"]);
});

test("metrics count attempts to send changes to Waldur by what became of them", async () => {
	const metrics = createMetrics();
	metrics.read(sources);
	metrics.delivery("FAILED");
	metrics.delivery("WAITING");
	metrics.delivery("WAITING");

	expect(await linesOf(metrics, "waldur_deliveries_total")).toEqual([
		'usage_gateway_waldur_deliveries_total{outcome="SENT"} 0',
		'usage_gateway_waldur_deliveries_total{outcome="FAILED"} 1',
		'usage_gateway_waldur_deliveries_total{outcome="WAITING"} 2',
	]);
});

test("no change waits for metrics where none is sent to Waldur, which is followed all the same", async () => {
	const metrics = createMetrics();
	metrics.read({ ...sources, mirror: { writes: false } });
	metrics.mirror({ ...inStep, waiting: 9_000 });

	expect(await linesOf(metrics, "waldur_delivery_overdue")).toEqual([]);
	expect(await linesOf(metrics, "waldur_held")).toEqual(["usage_gateway_waldur_held_removals 30"]);
});

test("metrics say nothing of a Waldur where there is none", async () => {
	const { metrics, passes } = timed();
	metrics.read({ ...sources, mirror: undefined });
	passes(3_600);

	expect(await linesOf(metrics, "waldur_")).toEqual([]);
});

test("metrics say how the pool is used, and how far subscriptions are behind", async () => {
	const metrics = createMetrics();
	metrics.read(sources);

	expect([...(await linesOf(metrics, "pool_")), ...(await linesOf(metrics, "subscription_lag_seconds"))]).toEqual([
		"usage_gateway_pool_size 10",
		"usage_gateway_pool_in_use 3",
		"usage_gateway_pool_waiting 2",
		"usage_gateway_pool_waited_seconds_total 1.5",
		"usage_gateway_subscription_lag_seconds 7",
	]);
});

test("metrics say when months have begun, when the log was read, and how far the clock is off", async () => {
	const metrics = createMetrics();
	metrics.months(new Date("2026-11-01T00:00:00Z"), new Date("2026-12-01T00:00:00Z"));
	metrics.clockOffset(-3);
	metrics.logRead(undefined);

	expect([...(await linesOf(metrics, "month_")), ...(await linesOf(metrics, "clock_offset_seconds"))]).toEqual([
		"usage_gateway_month_turned_timestamp_seconds 1793491200",
		"usage_gateway_month_to_turn_timestamp_seconds 1796083200",
		"usage_gateway_clock_offset_seconds -3",
	]);
	const [read = ""] = await linesOf(metrics, "log_read_timestamp_seconds");
	expect(Math.abs(Number(read.split(" ")[1]) - Date.now() / 1_000)).toBeLessThan(60);
});

test("metrics count subscriptions that an error ended, and the limits among these errors", async () => {
	const metrics = createMetrics();
	metrics.subscriptionOver({ codes: ["RATE_LIMITED"], viewer: "lund" });
	metrics.subscriptionOver({ codes: [], viewer: "lund" });

	expect([...(await linesOf(metrics, 'subscriptions_ended_total{code="RATE')), ...(await linesOf(metrics, "limits_hit_total"))]).toEqual([
		'usage_gateway_subscriptions_ended_total{code="RATE_LIMITED"} 1',
		'usage_gateway_limits_hit_total{viewer="lund",code="RATE_LIMITED"} 1',
	]);
});
