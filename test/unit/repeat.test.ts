import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { repeat } from "../../src/shared/repeat.ts";

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	vi.useRealTimers();
});

const noErrors = (error: unknown) => {
	throw error;
};

/** A job that goes on until it is told to end, and how often it has begun. */
function slowJob() {
	const ends: (() => void)[] = [];
	return {
		begun: () => ends.length,
		end: () => ends.at(-1)?.(),
		job: () =>
			new Promise<void>((resolve) => {
				ends.push(resolve);
			}),
	};
}

describe("a repeated job", () => {
	test("begins at once, and again when the time has passed since it ended", async () => {
		const { begun, end, job } = slowJob();
		repeat(1_000, job, noErrors);
		expect(begun()).toBe(1);
		await vi.advanceTimersByTimeAsync(10_000);
		expect(begun()).toBe(1);

		end();
		await vi.advanceTimersByTimeAsync(999);
		expect(begun()).toBe(1);
		await vi.advanceTimersByTimeAsync(1);
		expect(begun()).toBe(2);
	});

	test("goes on after a failure, which is told", async () => {
		const told: unknown[] = [];
		let runs = 0;
		repeat(
			1_000,
			async () => {
				if (++runs === 1) throw new Error("once");
			},
			(error) => told.push(error),
		);
		await vi.advanceTimersByTimeAsync(2_000);

		expect({ runs, told }).toEqual({ runs: 3, told: [new Error("once")] });
	});

	test("is not begun again once it is stopped", async () => {
		const { begun, end, job } = slowJob();
		const repeated = repeat(1_000, job, noErrors);
		end();
		await vi.advanceTimersByTimeAsync(500);
		await repeated.stop();
		await vi.advanceTimersByTimeAsync(10_000);

		expect(begun()).toBe(1);
	});

	test("is stopped when the run that is under way has ended, and not begun again", async () => {
		const { begun, end, job } = slowJob();
		const repeated = repeat(1_000, job, noErrors);
		let stopped = false;
		const stopping = repeated.stop().then(() => {
			stopped = true;
		});
		await vi.advanceTimersByTimeAsync(10_000);
		expect(stopped).toBe(false);

		end();
		await stopping;
		await vi.advanceTimersByTimeAsync(10_000);
		expect(begun()).toBe(1);
	});
});
