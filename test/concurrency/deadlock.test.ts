import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { raw, sql } from "../../src/database/sql.ts";
import { freshDatabase, urlOf } from "../support/database.ts";
import { patient } from "../support/templates.setup.ts";

/** Lets as many as are expected go on, all at once, when the last of them has come. Later ones are not held up. */
function meeting(expected: number): () => Promise<void> {
	let missing = expected;
	let release = () => {};
	const all = new Promise<void>((resolve) => {
		release = resolve;
	});
	return () => {
		if (--missing <= 0) release();
		return all;
	};
}

describe.skipIf(inject("templates").engine !== "PostgreSQL")("writers that wait for each other (skipped without PostgreSQL)", () => {
	let own: Database;
	let database: Database;
	let retries = 0;

	beforeAll(async () => {
		own = await freshDatabase("empty");
		database = await openPostgres(await urlOf(own), { waits: patient, onRetry: () => retries++ });
		await database.rows(raw(`create table "Jar" ("name" text primary key, "coins" int not null)`));
	});
	afterAll(async () => {
		await database.close();
		await own.close();
	});

	const add = (name: string) => sql`update "Jar" set "coins" = "coins" + 1 where "name" = ${name}`;

	/** Two writers, of whom each has what the other one wants next. */
	async function meet(options?: { readonly once: boolean }) {
		await database.rows(sql`delete from "Jar"`);
		await database.rows(sql`insert into "Jar" values ('red', 0), ('blue', 0)`);
		const haveFirst = meeting(2);
		const write = (first: string, second: string) =>
			database.transaction(async (tx) => {
				await tx.rows(add(first));
				await haveFirst();
				await tx.rows(add(second));
				return `${first} and ${second}`;
			}, options);
		retries = 0;
		const ended = await Promise.allSettled([write("red", "blue"), write("blue", "red")]);
		const jars = await database.rows<{ coins: number }>(sql`select "coins" from "Jar"`);
		return { ended, coins: jars.map(({ coins }) => coins) };
	}

	test("are both told that they have written, each once", async () => {
		const { ended, coins } = await meet();
		expect(ended).toEqual([
			{ status: "fulfilled", value: "red and blue" },
			{ status: "fulfilled", value: "blue and red" },
		]);
		expect(coins).toEqual([2, 2]);
	});

	test("are counted", async () => {
		await meet();
		expect(retries).toBe(1);
	});

	test("fail, but for one, when they ask to be run once", async () => {
		const { ended, coins } = await meet({ once: true });
		expect(ended.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
		expect(ended.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "40P01" } });
		expect(coins).toEqual([1, 1]);
	});

	test("are given up after five times", async () => {
		let runs = 0;
		const work = async () => {
			runs++;
			throw Object.assign(new Error("could not serialize access"), { code: "40001" });
		};
		await expect(database.transaction(work)).rejects.toMatchObject({ code: "40001" });
		expect(runs).toBe(5);
	});

	test("have nothing left to run statements in when their transaction has failed", async () => {
		let late: Promise<unknown> = Promise.resolve();
		const release = meeting(2);
		const work = database.transaction(async (tx) => {
			late = release().then(() => tx.rows(add("red")));
			late.catch(() => {});
			throw new Error("no");
		});
		await expect(work).rejects.toThrow("no");
		void release();
		await expect(late).rejects.toThrow("The transaction is over.");
	});
});
