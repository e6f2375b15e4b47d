import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { type Sql, sql } from "../../src/database/sql.ts";
import { mirrorMeasures } from "../../src/domain/mirror/mirror-measures.store.ts";
import { measureMirror } from "../../src/domain/mirror/mirror-watch.service.ts";
import { sourceNamed } from "../../src/domain/mirror/source.store.ts";
import { endPass, noteList, takeLease } from "../../src/domain/mirror/sync.store.ts";
import type { MirrorFigures } from "../../src/shared/metrics.ts";
import { queueDeletionAt } from "../../src/sync/delivery.store.ts";
import { deliverDue } from "../../src/sync/delivery.ts";
import { waldurClient } from "../../src/sync/waldur-client.ts";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { scansOf } from "../contract/indexes/plan.ts";
import { freshDatabase } from "../support/database.ts";
import { startReceiver } from "./receiver.ts";

let database: Database;
let mirrored: number;
let other: number;

beforeAll(async () => {
	database = await freshDatabase("empty");
	mirrored = await sourceNamed(database, "https://waldur.example.org/api/");
	other = await sourceNamed(database, "https://another.example.org/api/");
});
beforeEach(async () => {
	await database.rows(sql`truncate "WaldurDelivery", "WaldurSync", "WaldurSyncList"`);
});
afterAll(() => database.close());

const at = (time: string) => new Date(`2017-01-10T${time}Z`);
const now = at("12:00:00");

/** What is measured of the mirrored Waldur at noon. */
async function measured(of: Database = database): Promise<MirrorFigures | undefined> {
	const told: MirrorFigures[] = [];
	const metrics = { mirror: (figures: MirrorFigures) => void told.push(figures) };
	await measureMirror({ database: of, sourceId: mirrored, metrics, clock: () => now });
	return told.at(-1);
}

/** A pass over two lists of the source, which ends as it says. */
async function pass(sourceId: number, began: Date, { held = [], error = null }: { held?: readonly number[]; error?: string | null } = {}): Promise<void> {
	await takeLease(database, sourceId, "one", began, new Date(began.getTime() + 60_000));
	for (const [index, waiting] of held.entries()) {
		await noteList(database, sourceId, { name: `list ${index}`, read: 9, changed: 0, removed: 0, refused: 0, held: waiting }, began, began);
	}
	await endPass(database, sourceId, "one", { succeeded: error === null ? { began, isWhole: true } : undefined, error, now: began });
}

const uuid = "7605e5e0-4e2f-575a-b5cc-d657e54c4097";

/** So many deliveries of the source in the state, all of one lane, a second between two. */
const deliveries = (sourceId: number, state: string, count: number, queued: Date, to: Database = database): Promise<unknown> =>
	to.rows(sql`
		insert into "WaldurDelivery" ("sourceId", "laneUuid", "deletedPath", "state", "due", "queued")
		select ${sourceId}::smallint, ${uuid}::uuid, 'users/' || n, ${state}::"DeliveryState", ${queued}::timestamptz, ${queued}::timestamptz + n * interval '1 second'
		from generate_series(0, ${count}::int - 1) n
	`);

describe("of the mirrored Waldur is measured", () => {
	test("nothing before the first pass but that nothing waits", async () => {
		expect(await measured()).toEqual({ lag: undefined, held: 0, deliveries: { PENDING: 0, SENT: 0, FAILED: 0 }, waiting: undefined });
	});

	test("how long ago the last pass began that ended well, whatever failed since", async () => {
		await pass(mirrored, at("11:50:00"));
		await pass(mirrored, at("11:58:00"), { error: "Waldur cannot be reached." });
		expect(await measured()).toMatchObject({ lag: 600 });
	});

	test("no lag below zero where its clock is ahead of ours", async () => {
		await pass(mirrored, at("12:00:03"));
		expect(await measured()).toMatchObject({ lag: 0 });
	});

	test("how many removals wait in all its lists, until a pass holds none", async () => {
		await pass(mirrored, at("11:50:00"), { held: [30, 0, 12] });
		expect(await measured()).toMatchObject({ held: 42 });
		await pass(mirrored, at("11:51:00"), { held: [0, 0, 0] });
		expect(await measured()).toMatchObject({ held: 0 });
	});

	test("how many deliveries are in each state, and for how long the first PENDING one waits", async () => {
		await deliveries(mirrored, "SENT", 5, at("10:00:00"));
		await deliveries(mirrored, "FAILED", 2, at("10:30:00"));
		await deliveries(mirrored, "PENDING", 3, at("11:45:00"));
		expect(await measured()).toMatchObject({ deliveries: { PENDING: 3, SENT: 5, FAILED: 2 }, waiting: 900 });
	});

	test("for how long a change waits since it was made, and not until it is tried again", async () => {
		await deliveries(mirrored, "PENDING", 1, at("11:45:00"));
		await database.rows(sql`update "WaldurDelivery" set "attempts" = 8, "due" = ${at("12:05:00")}::timestamptz`);
		expect(await measured()).toMatchObject({ waiting: 900 });
	});

	test("nothing of another Waldur", async () => {
		await pass(other, at("09:00:00"), { held: [30] });
		await deliveries(other, "PENDING", 3, at("09:00:00"));
		expect(await measured()).toEqual({ lag: undefined, held: 0, deliveries: { PENDING: 0, SENT: 0, FAILED: 0 }, waiting: undefined });
	});

	test("every state that is stored", async () => {
		const stored = await database.rows<{ state: string }>(sql`select unnest(enum_range(null::"DeliveryState"))::text as "state"`);
		expect(Object.keys((await measured())?.deliveries ?? {}).sort()).toEqual(stored.map(({ state }) => state).sort());
	});
});

describe("of a hundred thousand deliveries that were sent, and of many that wait", () => {
	let full: Database;
	beforeAll(async () => {
		full = await freshDatabase("empty");
		await deliveries(mirrored, "SENT", 100_000, at("01:00:00"), full);
		await deliveries(mirrored, "PENDING", 15_000, at("11:00:00"), full);
		await deliveries(mirrored, "FAILED", 5, at("02:00:00"), full);
		await deliveries(other, "PENDING", 20_000, at("01:00:00"), full);
		await full.rows(sql`analyze "WaldurDelivery"`);
	});
	afterAll(() => full.close());

	test("ten thousand of a state at most are counted", async () => {
		expect(await measured(full)).toMatchObject({ deliveries: { PENDING: 10_000, SENT: 10_000, FAILED: 5 }, waiting: 3_600 });
	});

	test("no more are looked at than are counted, and the first of those that wait", async () => {
		let asked: Sql | undefined;
		await mirrorMeasures(
			{
				rows: async (statement) => {
					asked = statement;
					return [];
				},
				tuples: () => Promise.reject(new Error("Rows are asked for.")),
			},
			mirrored,
		);
		const scans = (await scansOf(full, asked ?? sql``)).filter(({ table }) => table === "WaldurDelivery");
		expect(scans.filter(({ isWhole }) => isWhole)).toEqual([]);
		expect(scans.reduce((sum, { rows }) => sum + rows, 0)).toBe(20_000 + 5 + 1);
	});
});

test("what becomes of each attempt to send a change is counted", async () => {
	const receiver = await startReceiver();
	const metrics = createMetrics();
	metrics.read({
		build: { version: "1.0.0", commit: "unknown", node: "v22", engine: database.engine },
		pool: () => database.pool(),
		subscriptionLag: () => 0,
		sendsMail: false,
		mirror: { writes: true },
	});
	const statuses = [204, 404, 400, 503];
	for (const status of statuses) {
		const lane = `7605e5e0-4e2f-575a-b5cc-d657e54c4${status}`;
		await queueDeletionAt(database, mirrored, { lane, path: `component-user-usage-limits/${status}/` }, now);
	}
	receiver.answer(({ path }) => ({ status: Number(path.split("/")[1]) }));
	await deliverDue({
		database,
		client: waldurClient({ base: receiver.base, token: "secret", clock: () => now }),
		base: receiver.base,
		sourceId: mirrored,
		timeZone: "UTC",
		clock: () => now,
		onOutcome: metrics.delivery,
	});
	await measureMirror({ database, sourceId: mirrored, metrics, clock: () => now });
	await receiver.stop();

	const lines = (await metrics.text()).split("\n");
	expect(lines.filter((line) => line.startsWith("usage_gateway_waldur_deliveries"))).toEqual([
		'usage_gateway_waldur_deliveries{state="PENDING"} 1',
		'usage_gateway_waldur_deliveries{state="SENT"} 2',
		'usage_gateway_waldur_deliveries{state="FAILED"} 1',
		'usage_gateway_waldur_deliveries_total{outcome="SENT"} 2',
		'usage_gateway_waldur_deliveries_total{outcome="FAILED"} 1',
		'usage_gateway_waldur_deliveries_total{outcome="WAITING"} 1',
	]);
});
