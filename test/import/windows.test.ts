import { describe, expect, test } from "vitest";
import { Fingerprints } from "../../src/import/fingerprints.ts";
import { nextWindow } from "../../src/import/windows.ts";

/** The pages that a list of so many records is read in, after a first one of the largest size. */
function windowsOf(records: number, largest: number) {
	const windows = [];
	for (let end = largest; end < records; ) {
		const window = nextWindow(end, largest);
		windows.push({ ...window, end });
		end = window.start + window.size;
	}
	return windows;
}

describe("the pages of a list", () => {
	test.each([1, 2, 3, 4, 7, 10, 100, 300])("of at most %i are within that, begin at a multiple of their size, and leave out no record", (largest) => {
		for (const { page, size, start, end } of windowsOf(5_000, largest)) {
			expect([size >= 1 && size <= largest, (page - 1) * size, start <= end, start + size > end]).toEqual([true, start, true, true]);
		}
	});

	test.each([100, 200, 300])("of at most %i repeat at least one record of the page before", (largest) => {
		expect(windowsOf(20_000, largest).filter(({ start, end }) => start >= end)).toEqual([]);
	});

	test("are at most a twelfth more than without repetition", () => {
		expect([1_000, 100_000, 1_000_000].map((records) => (windowsOf(records, 300).length + 1) / Math.ceil(records / 300) < 13 / 12)).toEqual([true, true, true]);
	});
});

test("records that were met are known again, however many", () => {
	const met = new Fingerprints();
	const meetings = (content: (index: number) => string) => {
		met.begin();
		const counts: Record<string, number> = {};
		for (let index = 0; index < 100_000; index++) {
			const meeting = met.meet(`record ${index}`, content(index));
			counts[meeting] = (counts[meeting] ?? 0) + 1;
		}
		return counts;
	};
	expect([meetings(String), meetings((index) => (index % 1_000 === 0 ? "another" : String(index)))]).toEqual([
		{ new: 100_000 },
		{ changed: 100, known: 99_900 },
	]);
	expect(met.meet("record 1", "1")).toBe("repeated");
});
