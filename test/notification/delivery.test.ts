import { beforeEach, describe, expect, inject, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { sql } from "../../src/database/sql.ts";
import { deliverDue } from "../../src/domain/notification/notification.service.ts";
import { decideDue } from "../../src/domain/notification/notification.store.ts";
import { startService } from "../command/process.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { insert } from "../support/insert.ts";
import { named } from "../support/templates.setup.ts";
import { type Received, startMailServer } from "./mail-server.ts";
import { beginning, later, makeOutbox, type Outbox, rules } from "./outbox.ts";

const templates = inject("templates");
const gateway = gatewayForFile();
let outbox: Outbox;
beforeEach(async () => {
	outbox = await makeOutbox(gateway());
});

/** The addresses that the messages went to. */
const addresses = (mails: readonly Received[]) => mails.flatMap(({ to }) => to).sort();
const everyone = () => [outbox.provider, outbox.consumer, outbox.named].sort();
const headerOf = ({ headers }: Received, name: string) => headers.get(name);

describe("a firing", () => {
	test("is mailed once to each recipient, and not again at a report that turns nothing", async () => {
		const server = await startMailServer();
		await outbox.report("11");
		await deliverDue(outbox.delivery(server.address));
		await outbox.report("12");
		await deliverDue(outbox.delivery(server.address));

		expect(addresses(server.received)).toEqual(everyone());
		expect((await outbox.stored()).map(({ state, attempts, sent, error }) => ({ state, attempts, sent, error }))).toEqual(
			Array(3).fill({ state: "SENT", attempts: 1, sent: beginning, error: null }),
		);
	});

	test("is mailed anew when it follows a reset, an hour after the first mail", async () => {
		const server = await startMailServer();
		for (const amount of ["11", "5", "11"]) {
			await outbox.report(amount);
			await deliverDue(outbox.delivery(server.address));
			outbox.setTime(later(outbox.now(), 30));
		}

		expect(addresses(server.received)).toEqual([...everyone(), ...everyone()].sort());
		expect(new Set(server.received.map((mail) => headerOf(mail, "message-id"))).size).toBe(6);
	});

	test("is told in plain text, as sent by a program, at its own moment", async () => {
		const server = await startMailServer();
		await outbox.report("11");
		outbox.setTime(later(beginning, 5));
		await deliverDue(outbox.delivery(server.address));

		for (const mail of server.received) {
			expect(headerOf(mail, "subject")).toBe("Usage limit exceeded: Cluster");
			expect(headerOf(mail, "from")).toBe("gateway@example.org");
			expect(headerOf(mail, "to")).toBe(mail.to[0]);
			expect(headerOf(mail, "auto-submitted")).toBe("auto-generated");
			expect(headerOf(mail, "content-type")).toMatch(/^text\/plain/);
			expect(headerOf(mail, "message-id")).toMatch(/^<[\da-f-]{36}@usage-gateway>$/);
			expect(new Date(headerOf(mail, "date") ?? "")).toEqual(beginning);
			expect(mail.text).toContain("Months that count: all up to 2017-01\nExceeded:\n- cpu");
		}
	});
});

describe("totals and limits, which tell what others used,", () => {
	/** Those who are told the figures. */
	async function toldFigures(afterFiring = async () => {}): Promise<string[]> {
		const server = await startMailServer();
		await outbox.report("11.5");
		await afterFiring();
		await deliverDue(outbox.delivery(server.address));
		expect(server.received.length).toBeGreaterThanOrEqual(3);
		return addresses(server.received.filter(({ text }) => text.includes("cpu: 11.5, the limit is 10")));
	}

	test("are mailed to the provider's owners and to the addresses that the policy names alone", async () => {
		expect(await toldFigures()).toEqual([outbox.provider, outbox.named].sort());
	});

	test("are mailed to a provider's owner whose address is written in other letters meanwhile", async () => {
		const inCapitals = async () => void (await gateway().database.rows(sql`update "User" set "email" = upper("email") where "email" = ${outbox.provider}`));
		expect(await toldFigures(inCapitals)).toEqual([outbox.provider, outbox.named].sort());
	});

	test("are not mailed any more to who has ceased to own the provider", async () => {
		const leaving = async () =>
			void (await gateway().database.rows(sql`delete from "CustomerRole" r using "User" u where u."uuid" = r."userUuid" and u."email" = ${outbox.provider}`));
		expect(await toldFigures(leaving)).toEqual([outbox.named]);
	});

	test("are not mailed to a consumer's owner who owned the provider once", async () => {
		const { database } = gateway();
		const [person] = await database.rows<{ uuid: string }>(sql`select "uuid" from "User" where "email" = ${outbox.consumer}`);
		const [offering] = await database.rows<{ provider: string }>(
			sql`select "providerUuid" as "provider" from "Offering" where "uuid" = ${outbox.offering}::uuid`,
		);
		await insert(database, "CustomerRole", { userUuid: person?.uuid, customerUuid: offering?.provider, role: "OWNER", expires: "2017-01-09T00:00:00Z" });

		expect(await toldFigures()).toEqual([outbox.provider, outbox.named].sort());
	});

	test("are not mailed to a consumer's owner who manages the provider", async () => {
		const { database } = gateway();
		const [person] = await database.rows<{ uuid: string }>(sql`select "uuid" from "User" where "email" = ${outbox.consumer}`);
		const [offering] = await database.rows<{ provider: string }>(
			sql`select "providerUuid" as "provider" from "Offering" where "uuid" = ${outbox.offering}::uuid`,
		);
		await insert(database, "CustomerRole", { userUuid: person?.uuid, customerUuid: offering?.provider, role: "MANAGER" });

		expect(await toldFigures()).toEqual([outbox.provider, outbox.named].sort());
	});
});

describe("what people named", () => {
	test("adds neither headers nor recipients", async () => {
		const server = await startMailServer();
		await gateway().database.rows(
			sql`update "Offering" set "name" = ${"Cluster\r\nBcc: eve@example.org\r\n\r\nPay here"} where "uuid" = ${outbox.offering}::uuid`,
		);
		await outbox.report("11");
		await deliverDue(outbox.delivery(server.address));

		expect(addresses(server.received)).toEqual(everyone());
		for (const mail of server.received) {
			expect(mail.headers.has("bcc")).toBe(false);
			expect(mail.text.split("\n")[0]).toBe('The usage of "Cluster Bcc: eve@example.org Pay here" exceeds what its provider allows.');
		}
	});

	test("is one address, even if it looks like several", async () => {
		const server = await startMailServer();
		await gateway().database.rows(sql`update "User" set "email" = 'ann@example.org, eve@example.org' where "email" = ${outbox.consumer}`);
		await outbox.report("11");
		await deliverDue(outbox.delivery(server.address));

		expect(addresses(server.received)).toEqual([outbox.provider, outbox.named].sort());
		expect((await outbox.stored()).find(({ recipient }) => recipient.includes(","))).toMatchObject({ state: "PENDING", attempts: 1 });
	});
});

describe("while the mail server is down", () => {
	test("delivery is tried ten times, with growing pauses, and then given up with the reason", async () => {
		const server = await startMailServer();
		await server.stop();
		const delivery = outbox.delivery(server.address);
		await outbox.report("11");

		const pauses: number[] = [];
		for (let attempts = 1; attempts <= 9; attempts++) {
			await deliverDue(delivery);
			const stored = await outbox.stored();
			expect(stored.map(({ state, attempts, error }) => ({ state, attempts, error }))).toEqual(
				Array(3).fill({ state: "PENDING", attempts, error: "The connection to the mail server failed (ECONNREFUSED)." }),
			);
			const [due = beginning, ...others] = stored.map((row) => row.due);
			expect(others).toEqual([due, due]);
			pauses.push((due.getTime() - outbox.now().getTime()) / 60_000);

			outbox.setTime(new Date(due.getTime() - 1));
			await deliverDue(delivery);
			expect((await outbox.stored()).map((row) => row.attempts)).toEqual(Array(3).fill(attempts));
			outbox.setTime(due);
		}
		await deliverDue(delivery);
		outbox.setTime(later(outbox.now(), 10_000));
		await deliverDue(delivery);

		expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256]);
		expect((await outbox.stored()).map(({ state, attempts, error, sent }) => ({ state, attempts, error, sent }))).toEqual(
			Array(3).fill({ state: "FAILED", attempts: 10, error: "The connection to the mail server failed (ECONNREFUSED).", sent: null }),
		);
	});

	test("nothing is lost: it is sent when the server is back, and the reason is forgotten", async () => {
		const down = await startMailServer();
		await down.stop();
		await outbox.report("11");
		await deliverDue(outbox.delivery(down.address));
		const server = await startMailServer();
		outbox.setTime(later(beginning, 1));
		await deliverDue(outbox.delivery(server.address));

		expect(addresses(server.received)).toEqual(everyone());
		expect((await outbox.stored()).map(({ state, attempts, error }) => ({ state, attempts, error }))).toEqual(
			Array(3).fill({ state: "SENT", attempts: 2, error: null }),
		);
	});
});

test("a recipient whom the server refuses does not hold up the others, and is not named in the reason", async () => {
	const server = await startMailServer({ unknown: outbox.consumer });
	await outbox.report("11");
	await deliverDue(outbox.delivery(server.address));

	expect(addresses(server.received)).toEqual([outbox.provider, outbox.named].sort());
	const refused = (await outbox.stored()).filter(({ state }) => state !== "SENT");
	expect(refused).toMatchObject([{ recipient: outbox.consumer, state: "PENDING", attempts: 1, error: "550 5.1.1 <the recipient> is unknown here" }]);
});

describe("a mail server that asks for a sign-in", () => {
	test("gets the user and the password of SMTP_URL", async () => {
		const server = await startMailServer({ password: "p4ss word" });
		await outbox.report("11");
		await deliverDue(outbox.delivery({ ...server.address, user: "gateway", password: "p4ss word" }));

		expect(addresses(server.received)).toEqual(everyone());
	});

	test("may repeat them: the reason that is stored does not", async () => {
		const server = await startMailServer({ password: "p4ss word" });
		await outbox.report("11");
		await deliverDue(outbox.delivery({ ...server.address, user: "gateway", password: "mistaken" }));

		expect((await outbox.stored()).map(({ error }) => error)).toEqual(Array(3).fill("The mail server refused the service's sign-in."));
	});
});

describe("a worker that ends between sending and marking", () => {
	/** The database, but for the transaction that marks what was sent. */
	function losingMarks(database: Database): Database {
		return { ...database, transaction: () => Promise.reject(new Error("gone")) };
	}

	const messageIds = (mails: readonly Received[]) => mails.map((mail) => [mail.to[0], headerOf(mail, "message-id")].join(" ")).sort();

	test("has its messages sent again after the lease, and not before, with the same Message-ID", async () => {
		const server = await startMailServer();
		await outbox.report("11");
		await expect(deliverDue(outbox.delivery(server.address, losingMarks(gateway().database)))).rejects.toThrow("gone");
		const first = messageIds(server.received);
		expect(addresses(server.received)).toEqual(everyone());

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
