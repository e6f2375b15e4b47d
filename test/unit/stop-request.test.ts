import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { drained, type StopRequest, stopRequest } from "../../src/shared/stop-request.ts";

describe("a request to stop", () => {
	let signals: EventEmitter;
	let request: StopRequest;
	let over: boolean;

	beforeEach(() => {
		vi.useFakeTimers();
		signals = new EventEmitter();
		request = stopRequest(signals);
		over = false;
	});
	afterEach(() => void vi.useRealTimers());

	async function drain(...sent: (NodeJS.Signals | number)[]): Promise<boolean> {
		void request.asked.then(() => drained(request, 10_000)).then(() => (over = true));
		for (const each of sent) {
			if (typeof each === "string") signals.emit(each);
			else await vi.advanceTimersByTimeAsync(each);
		}
		await vi.advanceTimersByTimeAsync(0);
		return over;
	}

	test("by a process manager ends the drain when its time is over", async () => {
		expect(await drain("SIGTERM", 9_999)).toBe(false);
		await vi.advanceTimersByTimeAsync(1);
		expect(over).toBe(true);
	});

	test("that npm passes on once more is the same", async () => {
		expect(await drain("SIGTERM", "SIGTERM", 400, "SIGTERM", 5_000)).toBe(false);
	});

	test("that is repeated later ends the drain at once", async () => {
		expect(await drain("SIGTERM", 501, "SIGTERM")).toBe(true);
	});

	test("by Ctrl-C drains nothing, and ends a drain", async () => {
		expect(await drain("SIGTERM", 1, "SIGINT")).toBe(true);
		[request, over] = [stopRequest(signals), false];
		expect(await drain("SIGINT")).toBe(true);
	});

	test("leaves no timer behind", async () => {
		await drain("SIGINT");
		expect(vi.getTimerCount()).toBe(0);
	});
});
