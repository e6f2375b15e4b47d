import { describe, expect, test } from "vitest";
import { createWorstViewers, noViewer, otherViewers } from "../../src/telemetry/worst-viewers.ts";

const minutes = 60_000;

function viewers() {
	let time = 0;
	const worst = createWorstViewers(() => time);
	return {
		worst,
		pass: (milliseconds: number) => {
			time += milliseconds;
		},
		/** Counts one of each, and returns what they are counted under. */
		nameOf: (viewer: string | undefined, amount = 1) => worst.add(viewer, amount).name,
	};
}

describe("viewers in a metric", () => {
	test("are told apart while they are twenty", () => {
		const { nameOf } = viewers();
		const names = Array.from({ length: 21 }, (_, index) => `viewer${index}`);
		for (const name of names.slice(0, 20)) expect(nameOf(name)).toBe(name);
		expect(nameOf("viewer20")).toBe(otherViewers);
	});

	test("take the place of the one of whom least was counted, whose series end, when they have half as much again", () => {
		const { worst, nameOf } = viewers();
		for (let index = 0; index < 20; index++) nameOf(`viewer${index}`, 10 + index);
		expect(worst.add("worse", 15)).toEqual({ name: otherViewers, ended: undefined });
		expect(worst.add("worse", 1)).toEqual({ name: "worse", ended: "viewer0" });
		expect(worst.add("viewer0", 1)).toEqual({ name: otherViewers, ended: undefined });
	});

	test("are those of now: what was counted long ago counts less", () => {
		const { nameOf, pass } = viewers();
		for (let index = 0; index < 20; index++) nameOf(`old${index}`, 1_000);
		for (let ten = 0; ten < 6; ten++) {
			pass(10 * minutes);
			nameOf("another", 0);
		}
		expect(nameOf("new", 24)).toBe("new");
	});

	test("keep their names while others take as much", () => {
		const { worst } = viewers();
		let swaps = 0;
		for (let index = 0; index < 100_000; index++) {
			const { ended } = worst.add(index % 5 === 0 ? "greedy" : `similar${(index * 7_919) % 80}`, 1 + ((index * 31) % 17));
			if (ended !== undefined) swaps++;
		}
		expect(swaps).toBeLessThan(100);
	});

	test.each([otherViewers, noViewer])("who are called %s are counted under that name, which never ends", (name) => {
		const { worst } = viewers();
		const ended = Array.from({ length: 40 }, (_, index) => [worst.add(name, 1), worst.add(`viewer${index}`, 10 ** index)]).flat();
		expect(ended.map(({ ended }) => ended)).not.toContain(name);
		expect(worst.add(name, 1).name).toBe(name);
	});

	test("who have not signed in are one", () => {
		expect(viewers().nameOf(undefined)).toBe(noViewer);
	});

	test("are two hundred in memory at most, however many there are and however long their names", () => {
		const { worst, nameOf } = viewers();
		const names = new Set<string>();
		for (let index = 0; index < 20_000; index++) names.add(nameOf(`${index}${"x".repeat(10_000)}`, index % 7));
		expect(worst.size).toBeLessThanOrEqual(200);
		expect(Math.max(...[...names].map(({ length }) => length))).toBe(100);
	});

	test("who are the worst of thousands are named", () => {
		const { nameOf } = viewers();
		let last = "";
		for (let index = 0; index < 20_000; index++) {
			nameOf(`crowd${index % 5_000}`);
			if (index % 20 === 0) last = nameOf("flood");
		}
		expect(last).toBe("flood");
	});
});
