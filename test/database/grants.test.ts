import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { applyMigrations, prepareSchema } from "../../src/database/migrations.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { raw, sql } from "../../src/database/sql.ts";
import { pruneLog } from "../../src/event-log/log.store.ts";
import { projectPath } from "../../src/shared/project-root.ts";
import { freshDatabase, urlOf } from "../support/database.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { demoMoment } from "../support/moments.ts";
import { smoke } from "../support/smoke.ts";
import { patient } from "../support/templates.setup.ts";

describe.skipIf(inject("templates").engine !== "PostgreSQL")(
	"a role that owns nothing, with the grants of .deploy/grants.sql (skipped without PostgreSQL)",
	() => {
		const role = `usage_gateway_${randomBytes(6).toString("hex")}`;
		let owned: Database;
		let database: Database;
		let gateway: Gateway;

		beforeAll(async () => {
			owned = await freshDatabase("demo");
			await owned.rows(raw(`create role "${role}" login`));
			const grants = (await readFile(projectPath(".deploy", "grants.sql"), "utf8")).replaceAll(':"role"', `"${role}"`);
			await owned.withSession((session) => session.script(grants));
			const url = new URL(await urlOf(owned));
			url.username = role;
			database = await openPostgres(url.href, { waits: patient });
			gateway = await startGateway({ template: "demo", database });
		});
		afterAll(async () => {
			await gateway?.stop();
			await owned.rows(raw(`drop owned by "${role}"`));
			await owned.rows(raw(`drop role "${role}"`));
			await owned.close();
		});

		test("starts the service with MIGRATE=off", async () => {
			await expect(prepareSchema(database, "off")).resolves.toBeUndefined();
		});

		test("reads, reports and sends alerts", async () => {
			expect(await smoke(gateway)).toMatchObject({
				read: { project: { customer: { name: "University of Larkholm" } } },
				stored: { __typename: "SetUsagePayload" },
				alert: { kind: "FIRED" },
			});
		});

		test("deletes old entries of the log", async () => {
			await pruneLog(database, new Date(demoMoment.now.getTime() + 86_400_000));
			expect(await database.rows(sql`select count(*)::int as "count" from "LogEntry" where "created" < ${demoMoment.now}`)).toEqual([{ count: 0 }]);
		});

		test("uses tables that a later migration makes", async () => {
			await owned.rows(raw(`create table "Later" ("number" serial, "x" int)`));
			await database.rows(sql`insert into "Later" ("x") values (${1})`);
			expect(await database.rows(sql`select "x" from "Later"`)).toEqual([{ x: 1 }]);
		});

		test("changes no table, and says who may when it is to", async () => {
			await expect(database.rows(raw(`alter table "Customer" add column "x" int`))).rejects.toMatchObject({ code: "42501" });
			const migrations = [{ name: "20260101000000_jars", script: `alter table "Customer" add column "x" int` }];
			await owned.rows(sql`delete from "_prisma_migrations"`);
			await expect(applyMigrations(database, { migrations })).rejects.toThrow("Run «npm run migrate» as the owner of its tables, and start with MIGRATE=off.");
		});
	},
);
