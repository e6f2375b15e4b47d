import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { derivedUntil, deriveNext, finishCurrentUsages, startCurrentUsagesJob } from "../../src/database/current-usages-job.ts";
import type { Database } from "../../src/database/database.ts";
import { raw, sql } from "../../src/database/sql.ts";
import { exitCodes } from "../../src/shared/failure.ts";
import { projectPath } from "../../src/shared/project-root.ts";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { run } from "../command/process.ts";
import { freshDatabase, urlOf } from "../support/database.ts";
import { differencesIn } from "../support/differences.ts";
import { demoMoment } from "../support/moments.ts";

let database: Database;
let lines: string[];
const tell = (line: string) => void lines.push(line);
/** What resources show that is not what their records say. */
const underived = async () => (await differencesIn(database, demoMoment.now)).length;
const resources = async () => (await database.rows<{ count: number }>(sql`select count(*)::int as "count" from "Resource"`))[0]?.count ?? 0;

/** As a version before the migration has left it: the figures are another source's. */
beforeEach(async () => {
	lines = [];
	database = await freshDatabase("demo");
	await database.rows(sql`update "Resource" set "currentUsages" = '{"other": "7"}'`);
	const script = await readFile(projectPath("prisma", "migrations", "20261130220000_derive_stored_current_usages", "migration.sql"), "utf8");
	await database.rows(raw(script.slice(script.indexOf("INSERT")).replace(";", "")));
});
afterEach(() => database.close());

test("current usages are derived step by step, and those that are not yet are no differences", async () => {
	expect(await underived()).toBe(0);
	const before = await derivedUntil(database);
	expect(await deriveNext(database, { tell, stepSize: 10 })).toBe("derived");
	const reached = (await derivedUntil(database)) ?? "";
	expect(reached > (before ?? "")).toBe(true);
	const [derived] = await database.rows<{ count: number }>(
		sql`select count(*)::int as "count" from "Resource" where "currentUsages" <> '{"other": "7"}' and "uuid" <= ${reached}::uuid`,
	);
	expect(derived?.count).toBeGreaterThan(0);
	expect(await underived()).toBe(0);

	await finishCurrentUsages(database, { tell, stepSize: 10 });
	expect(await derivedUntil(database)).toBeUndefined();
	expect(await underived()).toBe(0);
	expect(await database.rows(sql`select "currentUsages" ->> 'other' as "other" from "Resource" group by 1`)).toEqual([{ other: "7" }]);
});

test("the job says how far it is in lines, its row and a metric, and ends for good", async () => {
	const metrics = createMetrics();
	const all = await resources();
	await finishCurrentUsages(database, { tell, stepSize: 10, progress: (name, { done, total }) => metrics.job(name, done, total) });
	expect(lines).toEqual([
		`Deriving current usages from usage records: 10 of ${all} resources.`,
		"Derived the current usages of all resources from their records.",
	]);
	expect(await database.rows(sql`select "done"::int, "total"::int, "finished" is not null as "isFinished" from "BackgroundJob"`)).toEqual([
		{ done: all, total: all, isFinished: true },
	]);
	expect(await metrics.text()).toContain(`usage_gateway_job_done{job="current usages"} ${all}`);

	lines = [];
	await finishCurrentUsages(database, { tell });
	expect(lines).toEqual([]);
});

test("a step of a process that is killed is taken up by the next one", async () => {
	const killed: Database = {
		...database,
		transaction: (work) =>
			database.transaction(async (tx) => {
				await work(tx);
				throw new Error("killed");
			}),
	};
	await expect(deriveNext(killed, { tell, stepSize: 10 })).rejects.toThrow("killed");
	expect(await database.rows(sql`select "reached", "done"::int from "BackgroundJob"`)).toEqual([{ reached: null, done: 0 }]);
	await finishCurrentUsages(database, { tell });
	expect(await underived()).toBe(0);
});

describe("a step that fails", () => {
	const refuse = () => database.rows(raw(`alter table "Resource" add constraint "as before" check ("currentUsages" = '{"other": "7"}')`));
	const errors = async () => (await database.rows<{ error: string | null }>(sql`select "error" from "BackgroundJob"`)).map(({ error }) => error);

	test("again and again makes a command give up, says why, and is done when that is mended", async () => {
		await refuse();
		await expect(finishCurrentUsages(database, { tell, betweenTries: 1 })).rejects.toMatchObject({
			name: "Failure",
			exitCode: exitCodes.databaseUnavailable,
			message: expect.stringMatching(/^Current usages cannot be derived: .*"as before".* Mend what it says and run «npm run migrate»\.$/),
		});
		expect(await errors()).toEqual([expect.stringContaining("as before")]);
		await database.rows(raw(`alter table "Resource" drop constraint "as before"`));
		await finishCurrentUsages(database, { tell });
		expect(await errors()).toEqual([null]);
		expect(await underived()).toBe(0);
	});

	test("in the service is tried again until that is mended", async () => {
		await refuse();
		const job = startCurrentUsagesJob(database, { tell, betweenTries: 1 });
		await expect.poll(() => lines.length, { timeout: 30_000 }).toBeGreaterThan(10);
		await database.rows(raw(`alter table "Resource" drop constraint "as before"`));
		await expect.poll(() => derivedUntil(database), { timeout: 30_000 }).toBeUndefined();
		await job.stop();
		expect(await underived()).toBe(0);
	});

	test("because it takes too long is done with fewer resources", async () => {
		await database.withSession((session) =>
			session.script(`
				create function "slow"() returns trigger language plpgsql as $$ begin
					if (select count(*) from "changed") > 4 then raise 'canceling statement due to statement timeout' using errcode = '57014'; end if;
					return null;
				end $$;
				create trigger "slow" after update on "Resource" referencing new table as "changed" for each statement execute function "slow"();
			`),
		);
		await finishCurrentUsages(database, { tell, stepSize: 16 });
		expect(lines.slice(0, 2)).toEqual(
			[8, 4].map((size) => `Deriving current usages took longer than a statement may: going on with ${size} resources in a step.`),
		);
		expect(await underived()).toBe(0);
	});
});

test.skipIf(inject("templates").engine === "PGlite")(
	"«npm run migrate» lets a step take as long as it takes (there are no bounds on the embedded database)",
	async () => {
		await database.withSession((session) =>
			session.script(`
			create function "slow"() returns trigger language plpgsql as $$ begin perform pg_sleep(1.5); return null; end $$;
			create trigger "slow" after update on "Resource" for each statement execute function "slow"();
		`),
		);
		expect(await run("migrate", { DATABASE_URL: await urlOf(database), STATEMENT_TIMEOUT: "1" })).toMatchObject({ exitCode: 0, stderr: "" });
		expect(await derivedUntil(database)).toBeUndefined();
	},
);

test("what was written since the upgrade stays as it is", async () => {
	const [record] = await database.rows<{ resource: string; type: string }>(sql`
		update "ComponentUsage" set "usage" = 77.5 where "uuid" = (select "uuid" from "ComponentUsage" order by "billingPeriod" desc, "resourceUuid" desc limit 1)
		returning "resourceUuid" as "resource", "type"
	`);
	await finishCurrentUsages(database, { tell });
	const [shown] = await database.rows<{ amount: string }>(
		sql`select "currentUsages" ->> ${record?.type ?? ""} as "amount" from "Resource" where "uuid" = ${record?.resource ?? ""}::uuid`,
	);
	expect(shown?.amount).toBe("77.5");
});

test("a service that stops leaves the rest to the next one", async () => {
	const job = startCurrentUsagesJob(database, { tell, stepSize: 1 });
	await expect.poll(async () => (await database.rows(sql`select from "BackgroundJob" where "done" > 0`)).length, { timeout: 30_000 }).toBe(1);
	await job.stop();
	await finishCurrentUsages(database, { tell });
	expect(await underived()).toBe(0);
});

test.skipIf(inject("templates").engine === "PGlite")("two processes do not derive at once (one connection only on the embedded database)", async () => {
	await database.transaction(async (tx) => {
		await tx.rows(sql`select from "BackgroundJob" for update`);
		expect(await deriveNext(database, { tell })).toBe("elsewhere");
	});
	expect(await deriveNext(database, { tell, stepSize: 10 })).toBe("derived");
});

test("a database that is new has nothing to derive", async () => {
	const fresh = await freshDatabase("empty");
	expect(await deriveNext(fresh, { tell })).toBe("finished");
	await fresh.close();
});
