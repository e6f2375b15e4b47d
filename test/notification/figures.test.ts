import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { deliverDue } from "../../src/domain/notification/notification.service.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { insert } from "../support/insert.ts";
import { addresses, startMailServer } from "./mail-server.ts";
import { makeOutbox, type Outbox } from "./outbox.ts";

const gateway = gatewayForFile();
let outbox: Outbox;
beforeEach(async () => {
	outbox = await makeOutbox(gateway());
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
