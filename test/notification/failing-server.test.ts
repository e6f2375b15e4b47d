import { beforeEach, describe, expect, test } from "vitest";
import { deliverDue } from "../../src/domain/notification/notification.service.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { addresses, startMailServer } from "./mail-server.ts";
import { beginning, later, makeOutbox, type Outbox } from "./outbox.ts";

const gateway = gatewayForFile();
let outbox: Outbox;
beforeEach(async () => {
	outbox = await makeOutbox(gateway());
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

		expect(addresses(server.received)).toEqual(outbox.everyone);
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

		expect(addresses(server.received)).toEqual(outbox.everyone);
	});

	test("may repeat them: the reason that is stored does not", async () => {
		const server = await startMailServer({ password: "p4ss word" });
		await outbox.report("11");
		await deliverDue(outbox.delivery({ ...server.address, user: "gateway", password: "mistaken" }));

		expect((await outbox.stored()).map(({ error }) => error)).toEqual(Array(3).fill("The mail server refused the service's sign-in."));
	});
});
