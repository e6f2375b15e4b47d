import { setImmediate as nextTurn } from "node:timers/promises";
import { beforeEach, describe, expect, inject, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { deliverDue } from "../../src/domain/notification/notification.service.ts";
import type { Outcome } from "../../src/domain/notification/notification.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { startMailServer } from "./mail-server.ts";
import { beginning, later, makeOutbox, type Outbox, rules } from "./outbox.ts";

const templates = inject("templates");
const gateway = gatewayForFile();
let outbox: Outbox;
beforeEach(async () => {
	outbox = await makeOutbox(gateway());
});

/** Turns the policy up and down so many times, and leaves it fired or not. */
async function flap(times: number, last: "11" | "5" = "11"): Promise<void> {
	for (let turn = 0; turn < times; turn++) {
		await outbox.report("11");
		if (turn < times - 1 || last === "5") await outbox.report("5");
	}
}

const statesOf = async () => (await outbox.stored()).map(({ state, firings, error }) => [state, firings, error]);
const resetMeanwhile = "The policy was not fired any more when the message was due.";

describe("a recipient gets one message per policy and hour:", () => {
	test("a policy with 250 addresses that turns 100 times within an hour mails each of them once, and once more after the hour", async () => {
		const server = await startMailServer();
		const addresses = Array.from({ length: 250 }, (_, number) => `owner${number}@example.org`);
		await gateway().database.rows(sql`update "OfferingUsagePolicy" set "externalUserEmails" = ${addresses}::text[], "actions" = '{NOTIFY_EXTERNAL_USER}'`);
		for (let turn = 1; turn <= 100; turn++) {
			await flap(1, turn === 100 ? "11" : "5");
			if (turn % 25 === 1) await deliverDue(outbox.delivery(server.address));
			outbox.setTime(later(beginning, turn * 0.5));
		}
		await deliverDue(outbox.delivery(server.address));
		expect(server.received.flatMap(({ to }) => to).sort()).toEqual([...addresses].sort());
		expect(await outbox.stored()).toHaveLength(500);

		outbox.setTime(new Date(later(beginning, 60).getTime() - 1));
		await deliverDue(outbox.delivery(server.address));
		expect(server.received).toHaveLength(250);
		outbox.setTime(later(beginning, 60));
		await deliverDue(outbox.delivery(server.address));
		await deliverDue(outbox.delivery(server.address));

		const second = server.received.slice(250);
		expect(second.flatMap(({ to }) => to).sort()).toEqual([...addresses].sort());
		for (const { text } of second) expect(text).toContain("It began to be exceeded 99 times since 2017-01-10T12:00:30.000Z, and is exceeded now.");
		expect(await outbox.stored()).toHaveLength(500);
	}, 300_000);

	test("what the policy turned in between expires if it is not fired when the next one is due", async () => {
		const server = await startMailServer();
		await outbox.report("11");
		await deliverDue(outbox.delivery(server.address));
		await outbox.report("5");
		await flap(3, "5");
		outbox.setTime(later(beginning, 60));
		await deliverDue(outbox.delivery(server.address));

		expect(server.received).toHaveLength(3);
		expect((await statesOf()).sort()).toEqual([...Array(3).fill(["EXPIRED", 3, resetMeanwhile]), ...Array(3).fill(["SENT", 1, null])]);
	});

	test("a firing after what expired is mailed at once", async () => {
		const server = await startMailServer();
		await outbox.report("11");
		await deliverDue(outbox.delivery(server.address));
		await outbox.report("5");
		await flap(1, "5");
		outbox.setTime(later(beginning, 60));
		await deliverDue(outbox.delivery(server.address));
		await outbox.report("11");
		await deliverDue(outbox.delivery(server.address));

		expect(server.received).toHaveLength(6);
	});

	test("a first message is sent though the policy was reset before the worker came, and says so", async () => {
		const server = await startMailServer();
		await flap(2, "5");
		await deliverDue(outbox.delivery(server.address));

		expect(server.received.map(({ text }) => text.split("\n")[1])).toEqual(
			Array(3).fill("It has not been exceeded since 2017-01-10T12:00:00.000Z. It was exceeded 2 times since 2017-01-10T12:00:00.000Z."),
		);
	});

	test("firings while a message is on its way are the next one's", async () => {
		const server = await startMailServer({
			beforeAnswer: async () => {
				if (server.received.length === 1) await flap(2);
			},
		});
		await outbox.report("11");
		await outbox.report("5");
		await deliverDue(outbox.delivery(server.address));
		expect((await statesOf()).sort()).toEqual([...Array(3).fill(["PENDING", 2, null]), ...Array(3).fill(["SENT", 1, null])]);

		outbox.setTime(later(beginning, 60));
		await deliverDue(outbox.delivery(server.address));
		expect(server.received.slice(3).map(({ text }) => text.split("\n")[1])).toEqual(
			Array(3).fill("It began to be exceeded 2 times since 2017-01-10T12:00:00.000Z, and is exceeded now."),
		);
	});

	test("workers that race with firings and with one another send no second one", async () => {
		const server = await startMailServer();
		let isFlapping = true;
		const workers = [1, 2, 3].map(async () => {
			while (isFlapping) {
				await deliverDue(outbox.delivery(server.address));
				await nextTurn(); // the embedded database answers without waiting: nothing else would come to its turn
			}
		});
		await flap(10);
		isFlapping = false;
		await Promise.all(workers);
		await deliverDue(outbox.delivery(server.address));
		expect(server.received).toHaveLength(3);
		outbox.setTime(later(beginning, 60));
		await Promise.all([1, 2, 3].map(() => deliverDue(outbox.delivery(server.address))));

		expect(server.received.length).toBeLessThanOrEqual(6);
		const firings = (await outbox.stored()).reduce((sum, stored) => sum + stored.firings, 0);
		expect(firings).toBe(30);
	});

	test("two messages of one policy and recipient are never open at once", async () => {
		await outbox.report("11");
		const again = gateway().database.rows(sql`
			insert into "Notification" ("firingUuid", "action", "recipient") select "firingUuid", "action", upper("recipient") from "Notification" limit 1
		`);
		await expect(again).rejects.toMatchObject({ code: "23505" });
	});
});

describe("a message that is older than NOTIFICATION_MAX_AGE", () => {
	const outcomes: Outcome[] = [];
	beforeEach(() => void outcomes.splice(0));

	test("is not sent when a mail server is configured at last", async () => {
		const server = await startMailServer();
		await outbox.report("11");
		outbox.setTime(later(beginning, 24 * 60));
		await deliverDue({ ...outbox.delivery(server.address), onOutcome: (outcome) => outcomes.push(outcome) });

		expect(server.received).toEqual([]);
		expect(await statesOf()).toEqual(Array(3).fill(["EXPIRED", 1, "The message was older than NOTIFICATION_MAX_AGE before it could be sent."]));
		expect(outcomes).toEqual(Array(3).fill({ state: "EXPIRED", cause: "AGED" }));
	});

	test("is sent until then", async () => {
		const server = await startMailServer();
		await outbox.report("11");
		outbox.setTime(new Date(later(beginning, 24 * 60).getTime() - 1));
		await deliverDue(outbox.delivery(server.address));

		expect(server.received).toHaveLength(3);
	});

	test("expires while there is no mail server too", async () => {
		await outbox.report("11");
		const delivery = { database: gateway().database, clock: outbox.now, transport: undefined, rules };
		await deliverDue(delivery);
		expect((await statesOf()).map(([state]) => state)).toEqual(["PENDING", "PENDING", "PENDING"]);
		outbox.setTime(later(beginning, 24 * 60));
		await deliverDue(delivery);

		expect((await statesOf()).map(([state]) => state)).toEqual(["EXPIRED", "EXPIRED", "EXPIRED"]);
	});
});

test("the messages of a policy that was deleted expire", async () => {
	const server = await startMailServer();
	await outbox.report("11");
	await gateway().database.rows(sql`delete from "OfferingUsagePolicy" where "scopeUuid" = ${outbox.offering}::uuid`);
	await deliverDue(outbox.delivery(server.address));

	expect(server.received).toEqual([]);
	expect(await statesOf()).toEqual(Array(3).fill(["EXPIRED", 1, "The policy was deleted before the message was sent."]));
});

test("an address with a line break in it is given up without asking the mail server", async () => {
	const server = await startMailServer();
	await gateway().database.rows(sql`update "User" set "email" = ${"eve@example.org\r\nBcc: ann@example.org"} where "email" = ${outbox.consumer}`);
	await outbox.report("11");
	await deliverDue(outbox.delivery(server.address));

	expect(server.received.flatMap(({ to }) => to).sort()).toEqual([outbox.provider, outbox.named].sort());
	expect((await outbox.stored()).find(({ state }) => state !== "SENT")).toMatchObject({
		state: "FAILED",
		error: "The address cannot be mailed: it holds control or invisible characters.",
	});
});

test.skipIf(templates.engine === "PGlite")(
	"a firing that is added while its message is marked as sent is not lost (the embedded database has one connection only)",
	async () => {
		await outbox.report("11");
		await outbox.report("5");
		const server = await startMailServer();
		const { database } = gateway();
		let race: Promise<void> | undefined;
		const racing = {
			...database,
			transaction: <Result>(work: Parameters<typeof database.transaction<Result>>[0]) =>
				database.transaction(async (tx) => {
					const marked = await work(tx);
					race ??= outbox.report("11"); // waits for the row that this transaction holds
					await new Promise<void>((resolve) => setImmediate(resolve));
					return marked;
				}),
		};
		await deliverDue(outbox.delivery(server.address, racing));
		await race;

		const firings = (await outbox.stored()).reduce((sum, stored) => sum + stored.firings, 0);
		expect(firings).toBe(6);
		expect((await outbox.stored()).filter(({ state }) => state === "PENDING")).toHaveLength(3);
	},
);
