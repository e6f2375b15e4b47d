import fc from "fast-check";
import { expect, test } from "vitest";
import type { GetPage } from "../../src/import/http.ts";
import { SourceError } from "../../src/import/source.ts";
import { walk } from "../../src/import/walk.ts";
import { id } from "./small-world.ts";

interface Change {
	/** Before which request, counted from 1. */
	readonly at: number;
	/** Where in the list a record is deleted, as a part of it. */
	readonly removed?: number;
	/** Whether one is added at the end, as where a list is ordered by `created`. */
	readonly added: boolean;
}

/** The pages of a list that changes between requests, and what it holds. */
function changingList(count: number, changes: readonly Change[]) {
	let made = 0;
	const make = () => ({ uuid: id(++made) });
	const records = Array.from({ length: count }, make);
	const removed = new Set<string>();
	let asked = 0;
	const getPage: GetPage = async (url) => {
		asked++;
		for (const change of changes.filter(({ at }) => at === asked)) {
			const [gone] = change.removed === undefined ? [] : records.splice(Math.floor(change.removed * records.length), 1);
			if (gone !== undefined) removed.add(gone.uuid);
			if (change.added) records.push(make());
		}
		const size = Math.min(20, Number(url.searchParams.get("page_size")));
		const start = (Number(url.searchParams.get("page")) - 1) * size;
		if (start > 0 && start >= records.length) return undefined;
		return { records: records.slice(start, start + size), next: undefined, count: records.length };
	};
	return { getPage, isGone: (uuid: string) => removed.has(uuid), initial: records.map(({ uuid }) => uuid) };
}

test("whatever is deleted and added while a list is read, each record that stays comes, and none comes twice", async () => {
	const change = fc.record(
		{ at: fc.integer({ min: 1, max: 40 }), removed: fc.double({ min: 0, max: 0.999, noNaN: true }), added: fc.boolean() },
		{ requiredKeys: ["at", "added"] },
	);
	let whole = 0;
	await fc.assert(
		fc.asyncProperty(fc.integer({ min: 0, max: 200 }), fc.array(change, { maxLength: 6 }), async (count, changes) => {
			const { getPage, isGone, initial } = changingList(count, changes);
			const read: string[] = [];
			try {
				for await (const { records } of walk({ address: new URL("https://waldur.example.org/api/users/") }, getPage))
					read.push(...records.map((record) => String(Reflect.get(Object(record), "uuid"))));
			} catch (error) {
				if (error instanceof SourceError) return; // it moved each time
				throw error;
			}
			whole++;
			expect(initial.filter((uuid) => !isGone(uuid) && !read.includes(uuid))).toEqual([]);
			expect(new Set(read).size).toBe(read.length);
		}),
		{ numRuns: 500 },
	);
	expect(whole).toBeGreaterThan(250);
});
