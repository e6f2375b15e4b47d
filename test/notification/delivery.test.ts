import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { deliverDue } from "../../src/domain/notification/notification.service.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { addresses, startMailServer } from "./mail-server.ts";
import { beginning, later, makeOutbox, type Outbox } from "./outbox.ts";

const gateway = gatewayForFile();
let outbox: Outbox;
beforeEach(async () => {
	outbox = await makeOutbox(gateway());
});

describe("a firing", () => {
	test("is mailed once to each recipient, and not again at a report that turns nothing", async () => {
		const server = await startMailServer();
		await outbox.report("11");
		await deliverDue(outbox.delivery(server.address));
		await outbox.report("12");
		await deliverDue(outbox.delivery(server.address));

		expect(addresses(server.received)).toEqual(outbox.everyone);
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

		expect(addresses(server.received)).toEqual([...outbox.everyone, ...outbox.everyone].sort());
		expect(new Set(server.received.map((mail) => mail.headers.get("message-id"))).size).toBe(6);
	});

	test("is told in plain text, as sent by a program, at its own moment", async () => {
		const server = await startMailServer();
		await outbox.report("11");
		outbox.setTime(later(beginning, 5));
		await deliverDue(outbox.delivery(server.address));

		for (const mail of server.received) {
			expect(mail.headers.get("subject")).toBe("Usage limit exceeded: Cluster");
			expect(mail.headers.get("from")).toBe("gateway@example.org");
			expect(mail.headers.get("to")).toBe(mail.to[0]);
			expect(mail.headers.get("auto-submitted")).toBe("auto-generated");
			expect(mail.headers.get("content-type")).toMatch(/^text\/plain/);
			expect(mail.headers.get("message-id")).toMatch(/^<[\da-f-]{36}@usage-gateway>$/);
			expect(new Date(mail.headers.get("date") ?? "")).toEqual(beginning);
			expect(mail.text).toContain("Months that count: all up to 2017-01\nExceeded:\n- cpu");
		}
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

		expect(addresses(server.received)).toEqual(outbox.everyone);
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
