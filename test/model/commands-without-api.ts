import { sql } from "../../src/database/sql.ts";
import { evaluateAllPolicies, turnMonth as turnOnService } from "../../src/domain/month-turn/month-turn.service.ts";
import { importDataset } from "../../src/import/import.ts";
import type { ListName, Source } from "../../src/import/source.ts";
import type { Turn } from "./answers.ts";
import type { Harness } from "./harness.ts";
import { type CustomerRecord, importRecords, type UsageRecord } from "./imports.ts";
import { zone } from "./months.ts";
import { evaluate } from "./policies.ts";
import { turnMonth } from "./turns.ts";
import { thisMonth, type World } from "./world.ts";

/** Turns the month on both. */
export async function turn(harness: Harness, world: World): Promise<Turn[]> {
	const answered = await turnOnService(harness.database, { now: world.now, timeZone: zone });
	const expected = turnMonth(world, evaluate);
	await nameCarried(harness, world);
	return [{ asked: { at: world.now, turnMonth: thisMonth(world) }, answered, expected }];
}

/** Records that were carried over get the uuids that they were stored with. */
export async function nameCarried(harness: Harness, world: World): Promise<void> {
	if (world.usages.every(({ uuid }) => uuid !== "")) return;
	const rows = await harness.database.rows<{ uuid: string; resource: string; type: string; month: string }>(
		sql`select "uuid", "resourceUuid" as "resource", "type", "billingPeriod" as "month" from "ComponentUsage"`,
	);
	for (const usage of world.usages.filter(({ uuid }) => uuid === "")) {
		const stored = rows.find(({ resource, type, month }) => resource === usage.resource.uuid && type === usage.type && month === usage.month);
		usage.uuid = stored?.uuid ?? "";
	}
}

/** Imports the records on both, with the evaluation that the command brings. */
export async function importAll(harness: Harness, world: World, customers: readonly CustomerRecord[], usages: readonly UsageRecord[]): Promise<Turn[]> {
	const lists = new Map<ListName, readonly unknown[]>([
		["customers", customers],
		["marketplace-component-usages", usages],
	]);
	const source: Source = {
		name: "a sequence",
		check: async () => {},
		read: async function* (name) {
			const records = lists.get(name);
			if (records !== undefined) yield { records };
		},
	};
	const { created, updated, unchanged, refusals } = await importDataset({
		database: harness.database,
		source,
		timeZone: zone,
		evaluatePolicies: (database) => evaluateAllPolicies(database, { now: world.now, timeZone: zone }),
	});
	const inOrder = (all: readonly { uuid: string | null; field: string }[]) => all.map(({ uuid, field }) => `${uuid} ${field}`).sort();
	const expected = importRecords(world, customers, usages);
	await nameCarried(harness, world);
	return [
		{
			asked: { at: world.now, import: { customers, usages } },
			answered: { created, updated, unchanged, refusals: inOrder(refusals) },
			expected: { ...expected, refusals: inOrder(expected.refusals) },
		},
	];
}
