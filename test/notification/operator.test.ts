import { beforeEach, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { deliverDue } from "../../src/domain/notification/notification.service.ts";
import { discardNotifications, newestNotifications, requeueNotifications, type Selection } from "../../src/domain/notification/outbox.store.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { addresses, startMailServer } from "./mail-server.ts";
import { beginning, later, makeOutbox, type Outbox } from "./outbox.ts";

const gateway = gatewayForFile();
let outbox: Outbox;
beforeEach(async () => {
	outbox = await makeOutbox(gateway());
});

const all: Selection = { uuids: [], states: [], policy: undefined, offering: undefined, recipient: undefined };
const statesOf = async () => (await outbox.stored()).map(({ state }) => state);

test("what was discarded is not sent", async () => {
	const server = await startMailServer();
	await outbox.report("11");
	expect(await discardNotifications(gateway().database, { ...all, recipient: outbox.named.toUpperCase() }, outbox.now())).toBe(1);
	await deliverDue(outbox.delivery(server.address));

	expect(addresses(server.received)).toEqual([outbox.provider, outbox.consumer].sort());
});

test("what has expired is sent when it is queued again, with the age of a new one", async () => {
	const server = await startMailServer();
	await outbox.report("11");
	outbox.setTime(later(beginning, 48 * 60));
	await deliverDue(outbox.delivery(server.address));
	expect(await statesOf()).toEqual(["EXPIRED", "EXPIRED", "EXPIRED"]);
	expect(await requeueNotifications(gateway().database, { ...all, states: ["EXPIRED"] }, outbox.now())).toBe(3);
	await deliverDue(outbox.delivery(server.address));

	expect(server.received).toHaveLength(3);
});

test("what is queued again keeps to one message an hour", async () => {
	const server = await startMailServer();
	await outbox.report("11");
	await deliverDue(outbox.delivery(server.address));
	await outbox.report("5");
	await outbox.report("11");
	await discardNotifications(gateway().database, all, outbox.now());
	expect(await requeueNotifications(gateway().database, all, outbox.now())).toBe(3);
	await deliverDue(outbox.delivery(server.address));
	expect(server.received).toHaveLength(3);
	outbox.setTime(later(beginning, 60));
	await deliverDue(outbox.delivery(server.address));

	expect(server.received).toHaveLength(6);
});

test("of a policy and recipient the newest is queued again, and none while another one waits", async () => {
	const server = await startMailServer();
	for (let turn = 0; turn < 2; turn++) {
		await outbox.report("11");
		await discardNotifications(gateway().database, all, outbox.now());
		await outbox.report("5");
		outbox.setTime(later(outbox.now(), 1));
	}
	await outbox.report("11");
	await discardNotifications(gateway().database, { ...all, recipient: outbox.named }, outbox.now());
	expect(await requeueNotifications(gateway().database, all, outbox.now())).toBe(1);
	await deliverDue(outbox.delivery(server.address));

	expect(server.received).toHaveLength(3);
	expect((await statesOf()).filter((state) => state === "EXPIRED")).toHaveLength(6);
});

test("what was sent, and what is of a policy that was deleted, is not queued again", async () => {
	const server = await startMailServer();
	await outbox.report("11");
	await discardNotifications(gateway().database, { ...all, recipient: outbox.named }, outbox.now());
	await deliverDue(outbox.delivery(server.address));
	await gateway().database.rows(sql`delete from "OfferingUsagePolicy" where "scopeUuid" = ${outbox.offering}::uuid`);

	expect(await requeueNotifications(gateway().database, all, outbox.now())).toBe(0);
});

test("the newest are listed first, as many as are asked for", async () => {
	await outbox.report("11");
	const listed = await newestNotifications(gateway().database, { ...all, offering: outbox.offering, states: ["PENDING"] }, 2);

	expect(listed).toHaveLength(2);
	expect(listed[0]).toMatchObject({ state: "PENDING", offering: "Cluster", firings: 1, attempts: 0, error: null });
});
