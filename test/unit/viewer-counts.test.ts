import fc from "fast-check";
import { Counter } from "prom-client";
import { expect, test } from "vitest";
import { createViewerCounts } from "../../src/telemetry/viewer-counts.ts";
import { otherViewers } from "../../src/telemetry/worst-viewers.ts";

/** Amounts of viewers, many of whom take much, and the minutes that pass before each. */
const amounts = fc.array(
	fc.record({
		viewer: fc.option(
			fc.integer({ min: 0, max: 300 }).map((index) => `viewer${index}`),
			{ nil: undefined, freq: 20 },
		),
		amount: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 100_000 })),
		code: fc.constantFrom("RATE_LIMITED", "TIMED_OUT"),
		minutes: fc.integer({ min: 0, max: 3 }),
	}),
	{ minLength: 100, maxLength: 400, size: "max" },
);

test("what was counted of viewers is in a series at any time, whoever is named: their sum never falls, nor does what the others have", async () => {
	let ended = 0;
	await fc.assert(
		fc.asyncProperty(amounts, async (all) => {
			let time = 0;
			const counter = new Counter({ name: "counted", help: "Amounts.", labelNames: ["viewer", "code"], registers: [] });
			const counts = createViewerCounts(counter, () => time);
			let total = 0;
			let ofOthers = 0;
			const named = new Set<unknown>();
			for (const { viewer, amount, code, minutes } of all) {
				time += minutes * 60_000;
				counts.add(viewer, amount, code);
				total += amount;
				const { values } = await counter.get();
				const sum = (some: typeof values) => some.reduce((sum, { value }) => sum + value, 0);
				expect(sum(values)).toBe(total);
				const others = sum(values.filter(({ labels }) => labels.viewer === otherViewers));
				expect(others).toBeGreaterThanOrEqual(ofOthers);
				ofOthers = others;
				for (const { labels } of values) named.add(labels.viewer);
				const now = new Set(values.map(({ labels }) => labels.viewer));
				expect(now.size).toBeLessThanOrEqual(20 + 2);
				if (now.size < named.size) ended++;
			}
		}),
		{ numRuns: 20, seed: 14 },
	);
	expect(ended).toBeGreaterThan(0); // some have taken another's place
});
