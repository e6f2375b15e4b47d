import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addToken, listTokens } from "../../src/access/token.store.ts";
import { newToken } from "../../src/access/token.ts";
import { startTokenUses } from "../../src/access/token-uses.ts";
import type { Database, Queries } from "../../src/database/database.ts";
import { readOnly } from "../../src/database/states.ts";
import { freshDatabase } from "../support/database.ts";

const minute = 60_000;
const start = new Date("2026-11-20T10:00:00Z").getTime();

describe("when a token was last used", () => {
	let database: Database;
	const token = newToken();
	beforeAll(async () => {
		database = await freshDatabase("demo");
		await addToken(database, { token, username: "owner", name: "noted", expires: null, now: new Date(start) });
	});
	afterAll(() => database.close());

	const lastUsed = async () => (await listTokens(database, "owner")).find(({ name }) => name === "noted")?.lastUsed;

	test.each([
		["is not known before", undefined, null],
		["is known after it was used", 1, 1],
		["stays for ten minutes, whatever it is used for", 10, 1],
		["is known anew after them", 12, 12],
	])("%s", async (_what, at, known) => {
		const errors: unknown[] = [];
		const uses = startTokenUses({ database, clock: () => new Date(start + (at ?? 0) * minute), onError: (error) => errors.push(error) });
		if (at !== undefined) uses.used(token);
		await uses.stop();
		expect(await lastUsed()).toEqual(known === null ? null : new Date(start + known * minute));
		expect(errors).toEqual([]);
	});

	test("is not noted where no token was used, nor in a database that takes no changes, of which nobody is told", async () => {
		const errors: unknown[] = [];
		let statements = 0;
		const refusing = { rows: async () => Promise.reject(++statements && readOnly()) } as unknown as Queries;
		const uses = startTokenUses({ database: refusing, clock: () => new Date(start), onError: (error) => errors.push(error), pause: 1 });
		await uses.stop();
		expect(statements).toBe(0);
		uses.used(token);
		await uses.stop();
		expect({ statements, errors }).toEqual({ statements: 1, errors: [] });
	});
});
