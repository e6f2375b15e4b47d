import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addToken, listTokens } from "../access/token.store.ts";
import type { Database } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { evaluateAllPolicies, turnMonth } from "../domain/month-turn/month-turn.service.ts";
import type { Moment } from "../domain/policy/policy.service.ts";
import { folderSource } from "../import/folder.source.ts";
import { importDataset } from "../import/import.ts";
import { billingPeriodAt } from "../shared/billing-period.ts";
import { demoHandles } from "./demo.ts";
import { generateWorld } from "./world.ts";

/** Users of the demo world that sign in with `demo_<username>`. */
const demoUsers = ["staff", "support", "provider", "owner", "manager", "member"] as const;

export const demoTokens = demoUsers.map((username) => `demo_${username}`);

const demoMonths = 18;

/**
 * Fills an empty embedded database with the demo world up to this month, through the import that real data takes, and
 * with the demo's tokens. A run that was killed halfway is completed; any other database is left alone.
 */
export async function fillWithDemo(database: Database, moment: Moment): Promise<void> {
	if (!(await isEmpty(database)) && !(await isUnfinished(database))) return;
	const folder = await mkdtemp(join(tmpdir(), "usage-gateway-demo-"));
	try {
		await generateWorld({ folder, seed: 1, until: billingPeriodAt(moment.now, moment.timeZone).slice(0, 7), months: demoMonths, now: moment.now });
		await importDataset({
			database,
			source: folderSource(folder),
			timeZone: moment.timeZone,
			// The embedded database runs in this process: no statement holds it up for long, on a slow computer either.
			batchSize: 250,
			strict: false,
			evaluatePolicies: async (changed) => {
				await turnMonth(changed, moment); // what recurs has been carried over into this month, as the service does
				await evaluateAllPolicies(changed, moment);
			},
		});
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
	for (const username of demoUsers) await addToken(database, { token: `demo_${username}`, username, name: "demo", expires: null, now: moment.now });
}

/** Whether the database holds the demo, and so its public tokens. */
export const isDemo = async (database: Database): Promise<boolean> => (await listTokens(database, undefined)).some(({ hint }) => hint.startsWith("demo_"));

async function isEmpty(database: Database): Promise<boolean> {
	const [row] = await database.rows<{ empty: boolean }>(sql`select not exists (select from "Customer") and not exists (select from "User") as empty`);
	return row?.empty === true;
}

/** The demo's customer is there, and none of its tokens: they are written last. */
async function isUnfinished(database: Database): Promise<boolean> {
	const [row] = await database.rows<{ unfinished: boolean }>(sql`
		select exists (select from "Customer" where "uuid" = ${demoHandles.customer}::uuid) and not exists (select from "Token") as unfinished
	`);
	return row?.unfinished === true;
}
