import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Backlog } from "../../src/server/send-buffer.ts";

let full: number;
let backlog: Backlog;

beforeEach(() => {
	vi.useFakeTimers();
	full = 0;
	backlog = new Backlog(() => full++);
});

afterEach(() => vi.useRealTimers());

const thousand = "x".repeat(1_024);
const push = (count: number) => {
	for (let pushed = 0; pushed < count; pushed++) backlog.push(thousand);
};

test("what waits is taken in its order", () => {
	for (const text of ["a", "b", "c"]) backlog.push(text);
	expect([backlog.shift(), backlog.shift(), backlog.shift(), backlog.shift()]).toEqual(["a", "b", "c", undefined]);
});

test("a mebibyte may wait, and not a character more", () => {
	push(1_024);
	expect(full).toBe(0);
	backlog.push("x");
	expect([full, backlog.isEmpty]).toEqual([1, true]);
});

test("what was taken no longer counts", () => {
	push(1_024);
	backlog.shift();
	push(1);
	expect(full).toBe(0);
});

test("the oldest may wait for thirty seconds, and not longer", () => {
	backlog.push("old");
	vi.advanceTimersByTime(29_999);
	expect(full).toBe(0);
	vi.advanceTimersByTime(1);
	expect([full, backlog.isEmpty]).toEqual([1, true]);
});

test("it is the oldest that counts: one that is taken in time makes way for the next", () => {
	backlog.push("first");
	vi.advanceTimersByTime(20_000);
	backlog.push("second");
	backlog.shift();
	vi.advanceTimersByTime(29_999);
	expect(full).toBe(0);
	vi.advanceTimersByTime(1);
	expect(full).toBe(1);
});

test("nothing is told of when all was taken, or nobody is there any more", () => {
	backlog.push("taken");
	backlog.shift();
	backlog.push("left");
	backlog.clear();
	vi.advanceTimersByTime(60_000);
	expect([full, vi.getTimerCount()]).toEqual([0, 0]);
});
