import { beforeEach, describe, expect, inject, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { sql } from "../../src/database/sql.ts";
import { deliverDue } from "../../src/domain/notification/notification.service.ts";
import { decideDue } from "../../src/domain/notification/notification.store.ts";
import { startService } from "../command/process.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { insert } from "../support/insert.ts";
import { named } from "../support/templates.setup.ts";
import { addresses, type Received, startMailServer } from "./mail-server.ts";
import { beginning, later, makeOutbox, type Outbox, rules } from "./outbox.ts";

const templates = inject("templates");
const gateway = gatewayForFile();
let outbox: Outbox;
beforeEach(async () => {
	outbox = await makeOutbox(gateway());
});

describe("a worker that ends between sending and marking", () => {
	/** The database, but for the transaction that marks what was sent. */
	function losingMarks(database: Database): Database {
		return { ...database, transaction: () => Promise.reject(new Error("gone")) };
	}

	const messageIds = (mails: readonly Received[]) => mails.map((mail) => [mail.to[0], mail.headers.get("message-id")].join(" ")).sort();

	test("has its messages sent again after the lease, and not before, with the same Message-ID", async () => {
		const server = await startMailServer();
		await outbox.report("11");
		await expect(deliverDue(outbox.delivery(server.address, losingMarks(gateway().database)))).rejects.toThrow("gone");
		const first = messageIds(server.received);
		expect(addresses(server.received)).toEqual(outbox.everyone);

		outbox.setTime(new Date(later(beginning, 2).getTime() - 1));
		await deliverDue(outbox.delivery(server.address));
		expect(server.received).toHaveLength(3);

		outbox.setTime(later(beginning, 2));
		await deliverDue(outbox.delivery(server.address));
		expect(messageIds(server.received.slice(3))).toEqual(first);
		expect((await outbox.stored()).map(({ state, attempts }) => ({ state, attempts }))).toEqual(Array(3).fill({ state: "SENT", attempts: 2 }));
	});

	test("in the tenth attempt leaves them given up, with the reason", async () => {
		const server = await startMailServer();
		await outbox.report("11");
		await gateway().database.rows(sql`update "Notification" set "attempts" = 9`);
		await expect(deliverDue(outbox.delivery(server.address, losingMarks(gateway().database)))).rejects.toThrow("gone");
		outbox.setTime(later(beginning, 2));
		await deliverDue(outbox.delivery(server.address));

		expect(server.received).toHaveLength(3);
		expect((await outbox.stored()).map(({ state, attempts, error }) => ({ state, attempts, error }))).toEqual(
			Array(3).fill({
				state: "FAILED",
				attempts: 10,
				error: "The last attempt was cut short: whether the mail server took the message is not known.",
			}),
		);
	});

	test.skipIf(templates.engine === "PGlite")(
		"because its process was killed loses no message (the embedded database has one process only)",
		async () => {
			if (templates.engine === "PGlite") return;
			// The first server never answers a message, so that the process is killed when all three are handed over.
			const silent = await startMailServer({ beforeAnswer: () => new Promise(() => {}) });
			await outbox.report("11");
			const [row] = await gateway().database.rows<{ name: string }>(sql`select current_database() as "name"`);
			const service = await startService({ DATABASE_URL: named(templates.url, row?.name ?? ""), SMTP_URL: silent.url, NOTIFICATION_MAX_AGE: "9999999" });
			await expect.poll(() => silent.received.length, { timeout: 30_000 }).toBe(3);
			process.kill(service.pid, "SIGKILL");
			await service.stop();
			expect((await outbox.stored()).map(({ state, attempts }) => ({ state, attempts }))).toEqual(Array(3).fill({ state: "PENDING", attempts: 1 }));

			const server = await startMailServer();
			const due = Math.max(...(await outbox.stored()).map((stored) => stored.due.getTime()));
			outbox.setTime(new Date(due));
			await deliverDue({ ...outbox.delivery(server.address), rules: { ...rules, maxAge: due } });

			expect(messageIds(server.received)).toEqual(messageIds(silent.received));
			expect((await outbox.stored()).map(({ state }) => state)).toEqual(["SENT", "SENT", "SENT"]);
		},
		120_000,
	);
});

test("several workers at once send each message once", async () => {
	const server = await startMailServer();
	for (let number = 0; number < 40; number++) {
		const owner = await insert(gateway().database, "User", { username: `${outbox.customer} ${number}`, email: `owner${number}@example.org` });
		await insert(gateway().database, "CustomerRole", { userUuid: owner, customerUuid: outbox.customer, role: "OWNER" });
	}
	await outbox.report("11");
	await Promise.all([1, 2, 3, 4].map(() => deliverDue(outbox.delivery(server.address))));

	expect(new Set(addresses(server.received)).size).toBe(43);
	expect(server.received).toHaveLength(43);
	expect((await outbox.stored()).map(({ attempts }) => attempts)).toEqual(Array(43).fill(1));
});

test.skipIf(templates.engine === "PGlite")(
	"a worker takes what no other is claiming, without waiting for it (the embedded database has one connection only)",
	async () => {
		await outbox.report("11");
		const [one, other] = await gateway().database.transaction(async (tx) => [
			await decideDue(tx, 2, outbox.now(), rules),
			await decideDue(gateway().database, 5, outbox.now(), rules),
		]);

		expect([one?.length, other?.length]).toEqual([2, 1]);
		expect(new Set([...(one ?? []), ...(other ?? [])].map(({ uuid }) => uuid)).size).toBe(3);
	},
);
