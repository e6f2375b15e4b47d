import { beforeEach, expect, onTestFinished, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { sql } from "../../src/database/sql.ts";
import { startDelivery } from "../../src/notification/delivery.service.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { startMailServer } from "./mail-server.ts";
import { beginning, later, makeOutbox, type Outbox } from "./outbox.ts";

const gateway = gatewayForFile();
let outbox: Outbox;
beforeEach(async () => {
	outbox = await makeOutbox(gateway());
});

const unexpected = (error: unknown) => {
	throw error;
};
const statesOf = async () => (await outbox.stored()).map(({ state }) => state);

/** A promise that the test keeps. */
function promise(): { kept: Promise<void>; keep: () => void } {
	let keep: () => void = () => {};
	const kept = new Promise<void>((resolve) => {
		keep = resolve;
	});
	return { kept, keep };
}

test("a worker finds what is recorded while it runs", async () => {
	const server = await startMailServer();
	const worker = startDelivery({ ...outbox.delivery(server.address), pause: 20, tell: unexpected, onError: unexpected });
	onTestFinished(() => worker.stop());
	await outbox.report("11");

	await expect.poll(statesOf, { timeout: 20_000 }).toEqual(["SENT", "SENT", "SENT"]);
	expect(server.received).toHaveLength(3);
});

test("a worker outlives a failure of the database", async () => {
	const server = await startMailServer();
	const errors: unknown[] = [];
	let failures = 3;
	const database: Database = {
		...gateway().database,
		rows: (statement) => (failures-- > 0 ? Promise.reject(new Error("gone")) : gateway().database.rows(statement)),
	};
	await outbox.report("11");
	const worker = startDelivery({ ...outbox.delivery(server.address, database), pause: 20, tell: unexpected, onError: (error) => errors.push(error) });
	onTestFinished(() => worker.stop());

	await expect.poll(statesOf, { timeout: 20_000 }).toEqual(["SENT", "SENT", "SENT"]);
	expect(errors).toEqual(Array(3).fill(new Error("gone")));
});

test("stopping a worker waits until what is being sent is sent and marked", async () => {
	const [handedOver, answer] = [promise(), promise()];
	const server = await startMailServer({
		beforeAnswer: () => {
			handedOver.keep();
			return answer.kept;
		},
	});
	await outbox.report("11");
	const worker = startDelivery({ ...outbox.delivery(server.address), patience: 60_000, tell: unexpected, onError: unexpected });
	await handedOver.kept;
	let hasStopped = false;
	const stopped = worker.stop().then(() => {
		hasStopped = true;
	});
	await outbox.stored();
	expect(hasStopped).toBe(false);
	answer.keep();
	await stopped;

	expect(await statesOf()).toEqual(["SENT", "SENT", "SENT"]);
});

test("stopping a worker breaks off at last what a silent server does not answer, and leaves it for another attempt", async () => {
	const handedOver = promise();
	const silent = await startMailServer({
		beforeAnswer: () => {
			handedOver.keep();
			return new Promise(() => {});
		},
	});
	await outbox.report("11");
	const worker = startDelivery({ ...outbox.delivery(silent.address), patience: 0, tell: unexpected, onError: unexpected });
	await handedOver.kept;
	await worker.stop();

	expect((await outbox.stored()).map(({ state, attempts, due }) => ({ state, attempts, due }))).toEqual(
		Array(3).fill({ state: "PENDING", attempts: 1, due: later(beginning, 1) }),
	);
});

test("without SMTP_URL each notification is told of once, without its recipient, and waits", async () => {
	const lines: string[] = [];
	let rounds = 0;
	const database: Database = {
		...gateway().database,
		rows: async <Row extends object>(statement: Parameters<Database["rows"]>[0]) => {
			const rows = await gateway().database.rows<Row>(statement);
			rounds++;
			return rows;
		},
	};
	await outbox.report("11");
	const worker = startDelivery({
		database,
		clock: outbox.now,
		transport: undefined,
		pause: 20,
		tell: (line) => lines.push(line),
		onError: unexpected,
	});
	onTestFinished(() => worker.stop());
	await expect.poll(() => rounds, { timeout: 20_000 }).toBeGreaterThan(2);
	await outbox.report("5");
	outbox.setTime(later(beginning, 60));
	await outbox.report("11");
	await expect.poll(() => lines.length, { timeout: 20_000 }).toBe(6);
	const before = rounds;
	await expect.poll(() => rounds, { timeout: 20_000 }).toBeGreaterThan(before + 2);

	const stored = await gateway().database.rows<{ line: string }>(
		sql`select 'Notification ' || "uuid" || ' of firing ' || "firingUuid" || ' is not sent: SMTP_URL is not set.' as "line" from "Notification"`,
	);
	expect([...lines].sort()).toEqual(stored.map(({ line }) => line).sort());
	expect((await outbox.stored()).map(({ state, attempts }) => ({ state, attempts }))).toEqual(Array(6).fill({ state: "PENDING", attempts: 0 }));
});
