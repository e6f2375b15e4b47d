import { expect, test } from "vitest";
import { createMetrics } from "../../src/operations/metrics.ts";

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
