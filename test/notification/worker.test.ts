import { beforeEach, expect, onTestFinished, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { startDelivery } from "../../src/domain/notification/delivery.service.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { startMailServer } from "./mail-server.ts";
import { beginning, later, makeOutbox, type Outbox, rules } from "./outbox.ts";

const gateway = gatewayForFile();
let outbox: Outbox;
beforeEach(async () => {
	outbox = await makeOutbox(gateway());
});

const unexpected = (error: unknown) => {
	throw error;
};
const statesOf = async () => (await outbox.stored()).map(({ state }) => state);

/** The database, and a wait for so many more rounds of the worker on it. */
function roundsOf(database: Database): { database: Database; pass(count: number): Promise<void> } {
	let rounds = 0;
	const rows: Database["rows"] = async (statement) => {
		const found = await database.rows<never>(statement);
		if (statement.text.includes("for update skip locked") && statement.text.includes("verdict")) rounds++;
		return found;
	};
	return {
		database: { ...database, rows },
		pass: async (count) => {
			const before = rounds;
			await expect.poll(() => rounds, { timeout: 20_000 }).toBeGreaterThan(before + count);
		},
	};
}

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
	const worker = startDelivery({ ...outbox.delivery(server.address), timeout: 60_000, tell: unexpected, onError: unexpected });
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
	const worker = startDelivery({ ...outbox.delivery(silent.address), timeout: 0, tell: () => {}, onError: unexpected });
	await handedOver.kept;
	await worker.stop();

	expect((await outbox.stored()).map(({ state, attempts, due }) => ({ state, attempts, due }))).toEqual(
		Array(3).fill({ state: "PENDING", attempts: 1, due: later(beginning, 1) }),
	);
});

test("without SMTP_URL it is said once how many notifications wait, and they wait", async () => {
	const lines: string[] = [];
	const rounds = roundsOf(gateway().database);
	const worker = startDelivery({
		database: rounds.database,
		clock: outbox.now,
		transport: undefined,
		rules,
		pause: 20,
		tell: (line) => lines.push(line),
		onError: unexpected,
	});
	onTestFinished(() => worker.stop());
	await rounds.pass(2);
	expect(lines).toEqual([]);
	await outbox.report("11");
	await rounds.pass(3);

	expect(lines).toEqual(["Notifications wait and are not sent: 3. SMTP_URL is not set."]);
	expect((await outbox.stored()).map(({ state, attempts }) => ({ state, attempts }))).toEqual(Array(3).fill({ state: "PENDING", attempts: 0 }));
});

test("failures are counted from zero, by state and cause, so that the first of them is an increase", async () => {
	const counted = new Map<string, number>();
	const worker = startDelivery({
		...outbox.delivery((await startMailServer()).address),
		tell: () => {},
		onError: unexpected,
		metrics: { notification: (state, cause, count) => counted.set(`${state} ${cause}`, count ?? 1) },
	});
	onTestFinished(() => worker.stop());
	const causes = ["ADDRESS", "CONNECTION", "CUT_SHORT", "OTHER", "REFUSED", "SIGN_IN", "TIME"];
	expect([...counted].sort()).toEqual(["FAILED", "PENDING"].flatMap((state) => causes.map((cause) => [`${state} ${cause}`, 0])));
});

test("a cause of failures is a line when it begins and a line when it ends, whatever the number of messages", async () => {
	const server = await startMailServer();
	const lines: string[] = [];
	const states: string[] = [];
	let isDown = true;
	const { transport: up } = outbox.delivery(server.address);
	const { transport: down } = outbox.delivery({ ...server.address, port: 1 });
	const rounds = roundsOf(gateway().database);
	await outbox.report("11");
	const worker = startDelivery({
		database: rounds.database,
		clock: outbox.now,
		transport: { send: async (mail) => (isDown ? down : up)?.send(mail), close: () => {} },
		rules,
		pause: 20,
		tell: (line) => lines.push(line),
		onError: unexpected,
		metrics: { notification: (state, cause, count = 1) => states.push(...Array(count).fill([state, cause].join(" ").trim())) },
	});
	onTestFinished(() => worker.stop());
	await expect.poll(() => states.length, { timeout: 20_000 }).toBe(3);
	outbox.setTime(later(beginning, 1));
	await expect.poll(() => states.length, { timeout: 20_000 }).toBe(6);
	expect(lines).toEqual(["Notifications cannot be delivered (CONNECTION): The connection to the mail server failed (ECONNREFUSED)."]);
	isDown = false;
	outbox.setTime(later(beginning, 3));
	await expect.poll(() => lines.length, { timeout: 20_000 }).toBe(2);

	expect(lines[1]).toBe("Notifications are delivered again (CONNECTION): attempts that had failed: 6.");
	expect(states).toEqual([...Array(6).fill("PENDING CONNECTION"), ...Array(3).fill("SENT")]);
});
