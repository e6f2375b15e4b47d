import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readMigrations } from "../../src/database/migration-files.ts";
import { applyMigrations } from "../../src/database/migrations.ts";
import { sql } from "../../src/database/sql.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { smoke } from "../support/smoke.ts";

/** What a next version may do to the schema while this one runs: it adds, to every table, and takes nothing away. */
const ahead = `
	CREATE TABLE "Ahead" ("uuid" UUID NOT NULL DEFAULT gen_random_uuid(), CONSTRAINT "Ahead_pkey" PRIMARY KEY ("uuid"));
	DO $$ DECLARE "table" text; BEGIN
		FOR "table" IN SELECT quote_ident("relname") FROM pg_class WHERE "relnamespace" = current_schema()::regnamespace AND "relkind" = 'r' LOOP
			EXECUTE 'ALTER TABLE ' || "table" || ' ADD COLUMN "ahead" TEXT, ADD COLUMN "aheadCount" INTEGER NOT NULL DEFAULT 0';
		END LOOP;
	END $$;
	CREATE INDEX "Customer_ahead_idx" ON "Customer"("ahead");
`;

describe("a service that runs while the next version migrates its database", () => {
	let gateway: Gateway;
	beforeAll(async () => {
		gateway = await startGateway({ template: "demo" });
		await gateway.ask("demo_owner", "{ viewer { username } resources(first: 3) { nodes { name } } }"); // it has plans of the schema before
		const migrations = [...(await readMigrations()), { name: "29991231235959_ahead", script: ahead }];
		expect(await applyMigrations(gateway.database, { migrations })).toEqual(["29991231235959_ahead"]);
	});
	afterAll(() => gateway.stop());

	test("goes on reading, reporting and sending alerts", async () => {
		expect(await smoke(gateway)).toMatchObject({
			read: { project: { customer: { name: "University of Larkholm" } } },
			stored: { __typename: "SetUsagePayload" },
			alert: { kind: "FIRED" },
		});
		expect(gateway.bugs()).toEqual([]);
	});

	test("is told of the newer schema when it is started again", async () => {
		await expect(applyMigrations(gateway.database)).rejects.toThrow("it has 29991231235959_ahead, which this version does not know");
		const [customers] = await gateway.database.rows<{ count: number }>(sql`select count(*)::int as "count" from "Customer" where "ahead" is null`);
		expect(customers?.count).toBeGreaterThan(0);
	});
});
