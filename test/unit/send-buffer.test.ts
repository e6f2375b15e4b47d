import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SendBuffer } from "../../src/server/send-buffer.ts";

let full: number;
let buffer: SendBuffer;

beforeEach(() => {
	vi.useFakeTimers();
	full = 0;
	buffer = new SendBuffer(() => full++);
});

afterEach(() => vi.useRealTimers());

const thousand = "x".repeat(1_024);
const push = (count: number) => {
	for (let pushed = 0; pushed < count; pushed++) buffer.push(thousand);
};

test("what waits is taken in its order", () => {
	for (const text of ["a", "b", "c"]) buffer.push(text);
	expect([buffer.shift(), buffer.shift(), buffer.shift(), buffer.shift()]).toEqual(["a", "b", "c", undefined]);
});

test("a mebibyte may wait, and not a character more", () => {
	push(1_024);
	expect(full).toBe(0);
	buffer.push("x");
	expect([full, buffer.isEmpty]).toEqual([1, true]);
});

test("what was taken no longer counts", () => {
	push(1_024);
	buffer.shift();
	push(1);
	expect(full).toBe(0);
});

test("the oldest may wait for thirty seconds, and not longer", () => {
	buffer.push("old");
	vi.advanceTimersByTime(29_999);
	expect(full).toBe(0);
	vi.advanceTimersByTime(1);
	expect([full, buffer.isEmpty]).toEqual([1, true]);
});

test("it is the oldest that counts: one that is taken in time makes way for the next", () => {
	buffer.push("first");
	vi.advanceTimersByTime(20_000);
	buffer.push("second");
	buffer.shift();
	vi.advanceTimersByTime(29_999);
	expect(full).toBe(0);
	vi.advanceTimersByTime(1);
	expect(full).toBe(1);
});

test("nothing is told of when all was taken, or nobody is there any more", () => {
	buffer.push("taken");
	buffer.shift();
	buffer.push("left");
	buffer.clear();
	vi.advanceTimersByTime(60_000);
	expect([full, vi.getTimerCount()]).toEqual([0, 0]);
});
