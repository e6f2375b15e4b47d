import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addToken } from "../../src/access/token.store.ts";
import type { Database } from "../../src/database/database.ts";
import { prepareSchema } from "../../src/database/migrations.ts";
import { sql } from "../../src/database/sql.ts";
import { evaluateAllPolicies } from "../../src/domain/month-turn/month-turn.service.ts";
import { folderSource } from "../../src/import/folder.source.ts";
import { importDataset } from "../../src/import/import.ts";
import { generateWorld } from "../../src/world/world.ts";
import { month } from "./months.ts";

const size = { customers: 100, projects: 400, offerings: 20, components: 4, resources: 2_000, usersPerUsage: 3 };

/** Tokens of a viewer that no condition holds back, and of the owner of the provider, whose every statement asks what they see. */
export const tokens = { staff: "demo_bench", provider: "demo_benchprovider" };

/** Fills the database with the world by way of the import, unless it holds one already. */
export async function fill(database: Database): Promise<void> {
	await prepareSchema(database, "on");
	const [present] = await database.rows(sql`select from "Resource" limit 1`);
	if (present !== undefined) return;
	const folder = mkdtempSync(join(tmpdir(), "usage-gateway-bench-"));
	const moment = { now: new Date(`${month}-20T12:00:00Z`), timeZone: "UTC" };
	await generateWorld({ folder, seed: 1, until: month, months: 12, now: moment.now, size });
	await importDataset({ database, source: folderSource(folder), timeZone: "UTC", evaluatePolicies: (changed) => evaluateAllPolicies(changed, moment) });
	for (const [username, token] of Object.entries(tokens)) await addToken(database, { token, username, name: "bench", expires: null, now: moment.now });
	await database.rows(sql`vacuum analyze`);
	rmSync(folder, { recursive: true });
}
