import { beforeEach, describe, expect, test } from "vitest";
import { lockOfferings } from "../../src/database/lock.ts";
import { raw, sql } from "../../src/database/sql.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { makeProvider } from "../support/provider.ts";
import { makeReportingProvider, type ReportingProvider } from "./month-turn.ts";

const gateway = gatewayForFile();
let provider: ReportingProvider;

beforeEach(async () => {
	provider = await makeReportingProvider(gateway());
});

describe("a month begins", () => {
	test("once, and what is reported after that stands", async () => {
		const resource = await provider.resource();
		await provider.report(resource, "2017-01-10T12:00:00Z", "10");
		await provider.turn("2017-02-01T00:00:05Z");
		await provider.report(resource, "2017-02-10T12:00:00Z", "4");

		expect(await provider.turn("2017-02-11T00:00:00Z")).toEqual([]);
		expect(await provider.monthsOf(resource)).toEqual(["2017-01: 10", "2017-02: 4"]);
	});

	test("once where several processes begin it at the same time", async () => {
		const resource = await provider.resource();
		await provider.policy({ limits: { cpu: 15 }, period: "THREE_MONTHS" });
		await provider.report(resource, "2017-01-10T12:00:00Z", "10");
		const turns = await Promise.all(Array.from({ length: 8 }, () => provider.turn("2017-02-01T00:00:05Z")));

		expect(turns.flat()).toEqual([{ month: "2017-02-01", offerings: 1, copied: 1, fired: 1, reset: 0 }]);
		expect(await provider.monthsOf(resource)).toEqual(["2017-01: 10", "2017-02: 10"]);
		expect(await provider.firings()).toEqual(["2017-02: FIRED"]);
		expect(await provider.logEntriesOf(resource)).toBe(2);
	});

	test("after a report that is under way, and leaves it alone", async ({ skip }) => {
		const { database } = gateway();
		if (database.engine === "PGlite") skip("the embedded database has one connection: nothing else is under way");
		const resource = await provider.resource();
		await provider.report(resource, "2017-01-10T12:00:00Z", "10");
		const turned = await database.transaction(async (tx) => {
			await lockOfferings(tx, [provider.offering]);
			const turning = provider.turn("2017-02-01T00:00:05Z");
			const waiting = sql`select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`;
			await expect.poll(() => tx.rows(waiting), { timeout: 5_000 }).toHaveLength(1);
			await tx.rows(sql`update "ComponentUsage" set "recurring" = false where "resourceUuid" = ${resource}::uuid`);
			return { turning };
		});

		expect(await turned.turning).toMatchObject([{ offerings: 1, copied: 0 }]);
	});

	test("in order, where the service was down over several", async () => {
		const resource = await provider.resource();
		await provider.turn("2017-01-05T00:00:00Z");
		await provider.report(resource, "2017-01-10T12:00:00Z", "10");
		const months = await provider.turn("2017-03-10T08:00:00Z");

		expect(months.map(({ month }) => month)).toEqual(["2017-02-01", "2017-03-01"]);
		const { nodes } = (await provider.resourceOf(resource)).componentUsages;
		expect(nodes.map(({ usage, date }: Answer) => `${date} ${usage}`)).toEqual([
			"2017-01-10T12:00:00.000Z 10",
			"2017-02-01T00:00:00.000Z 10",
			"2017-03-10T08:00:00.000Z 10",
		]);
	});

	test("by the calendar of the configured zone", async () => {
		const resource = await provider.resource();
		await provider.turn("2026-11-05T00:00:00Z");
		await provider.report(resource, "2026-11-10T12:00:00Z", "10");

		expect(await provider.turn("2026-11-30T22:30:00Z", "UTC")).toEqual([]);
		expect(await provider.turn("2026-11-30T22:30:00Z", "Europe/Tallinn")).toMatchObject([{ month: "2026-12-01" }]);
		expect(await provider.monthsOf(resource)).toEqual(["2026-11: 10", "2026-12: 10"]);
	});

	test("for the others when it cannot for one offering, and for that one later", async () => {
		const { database } = gateway();
		const offerings = [provider.offering, (await makeProvider(gateway())).offering].sort();
		await database.rows(raw(`alter table "MonthTurn" add constraint "refused" check ("offeringUuid" <> '${offerings[0]}') not valid`));
		await expect(provider.turn("2017-02-01T00:00:05Z")).rejects.toThrow("refused");
		await database.rows(raw(`alter table "MonthTurn" drop constraint "refused"`));
		const begun = await database.rows(
			sql`select "offeringUuid" from "MonthTurn" where "billingPeriod" = '2017-02-01' and "offeringUuid" = any(${offerings}::uuid[])`,
		);

		expect(begun).toEqual([{ offeringUuid: offerings[1] }]);
		expect(await provider.turn("2017-02-01T00:00:35Z")).toMatchObject([{ offerings: 1 }]);
	});
});
