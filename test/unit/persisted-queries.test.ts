import { expect, test } from "vitest";
import { PersistedQueries, sha256 } from "../../src/server/documents/persisted-queries.ts";

/** As long as all documents of these tests are. */
const textOf = (at: number) => `query Q${String(at).padStart(10, "0")} { viewer { username } }`;
const hashOf = (at: number) => sha256(textOf(at));

/** What one takes: its text, its hash, and what is beside. */
const bytes = textOf(0).length * 2 + 64 + 500;

function register(queries: PersistedQueries, owner: string, from: number, count: number): void {
	for (let at = from; at < from + count; at++) queries.keep(hashOf(at), textOf(at), owner);
}

const known = (queries: PersistedQueries, from: number, count: number) =>
	Array.from({ length: count }, (_, at) => queries.find(hashOf(from + at))).filter((text) => text !== undefined).length;

test("20,000 documents of many users take no more than all may", () => {
	const queries = new PersistedQueries({ all: 100 * bytes, ofOne: 10 * bytes });
	for (let at = 0; at < 20_000; at++) queries.keep(hashOf(at), textOf(at), `user ${at % 1_000}`);
	expect(queries.size.bytes).toBeLessThanOrEqual(100 * bytes);
	expect(queries.size.documents).toBe(100);
	expect(queries.size.owners).toBeLessThanOrEqual(100);
});

test("a user who registers 20,000 documents forgets their own, and no other's", () => {
	const queries = new PersistedQueries({ all: 100 * bytes, ofOne: 10 * bytes });
	for (let user = 0; user < 9; user++) register(queries, `user ${user}`, user * 10, 10);
	register(queries, "greedy", 1_000, 20_000);
	expect(known(queries, 0, 90)).toBe(90);
	expect(known(queries, 1_000, 20_000)).toBe(10);
});

test("of all, those are forgotten that were asked for longest ago", () => {
	const queries = new PersistedQueries({ all: 4 * bytes, ofOne: 2 * bytes });
	register(queries, "one", 0, 2);
	register(queries, "other", 2, 2);
	queries.find(hashOf(0));
	register(queries, "third", 4, 1);
	expect([0, 1, 2, 3, 4].map((at) => known(queries, at, 1))).toEqual([1, 0, 1, 1, 1]);
});

test("a document that another user sends again stays its first owner's", () => {
	const queries = new PersistedQueries({ all: 100 * bytes, ofOne: 2 * bytes });
	register(queries, "one", 0, 2);
	register(queries, "other", 0, 2);
	register(queries, "other", 2, 2);
	expect(known(queries, 0, 4)).toBe(4);
});

test("a document that is larger than a user's share is not kept, and takes nothing from it", () => {
	const queries = new PersistedQueries({ all: 100 * bytes, ofOne: 2 * bytes });
	register(queries, "one", 0, 2);
	const large = "x".repeat(2 * bytes);
	queries.keep(sha256(large), large, "one");
	expect(queries.find(sha256(large))).toBeUndefined();
	expect(known(queries, 0, 2)).toBe(2);
});
