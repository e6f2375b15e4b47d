import { expect, test } from "vitest";
import { createSharedTime } from "../../src/database/shared-time.ts";

/** Time that passes when the test says so. */
function clock() {
	let now = 1_000;
	const time = createSharedTime(() => now);
	return {
		time,
		pass: (milliseconds: number) => {
			now += milliseconds;
		},
	};
}

test("what runs alone takes all of its time", () => {
	const { time, pass } = clock();
	pass(500);
	const end = time.begin();
	pass(30);
	expect(end()).toBe(30);
});

test("what runs beside others takes its part of the time", () => {
	const { time, pass } = clock();
	const long = time.begin();
	pass(10);
	const short = time.begin();
	pass(8);
	expect(short()).toBe(4);
	pass(2);
	expect(long()).toBe(10 + 4 + 2);
});

test("what several take together is no more than the time that passed", () => {
	const { time, pass } = clock();
	const ends: (() => number)[] = [];
	for (let begun = 0; begun < 5; begun++) {
		ends.push(time.begin());
		pass(7);
	}
	pass(65);
	expect(ends.map((end) => end()).reduce((sum, took) => sum + took)).toBeCloseTo(100);
});
