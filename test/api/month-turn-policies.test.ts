import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { evaluateAllPolicies } from "../../src/domain/month-turn/month-turn.service.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { makeReportingProvider, type ReportingProvider } from "./month-turn.ts";

const gateway = gatewayForFile();
let provider: ReportingProvider;

beforeEach(async () => {
	provider = await makeReportingProvider(gateway());
});

describe("policies at the turn of the month", () => {
	test("of one month are reset when the new one has nothing", async () => {
		const resource = await provider.resource();
		const policy = await provider.policy({ limits: { cpu: 10 }, period: "ONE_MONTH" });
		await provider.report(resource, "2017-09-10T12:00:00Z", "11", { recurring: false });
		expect(await provider.isFired(policy)).toBe(true);
		expect(await provider.turn("2017-10-01T00:00:05Z")).toMatchObject([{ fired: 0, reset: 1 }]);

		expect(await provider.firings()).toEqual(["2017-09: FIRED", "2017-10: RESET"]);
		expect(await provider.isFired(policy)).toBe(false);
	});

	test("of three months count them until they have passed", async () => {
		const resource = await provider.resource();
		await provider.policy({ limits: { cpu: 10 }, period: "THREE_MONTHS" });
		await provider.turn("2017-09-01T00:00:05Z");
		await provider.report(resource, "2017-09-10T12:00:00Z", "11", { recurring: false });
		await provider.turn("2017-10-01T00:00:05Z");
		await provider.turn("2017-11-01T00:00:05Z");
		expect(await provider.firings()).toEqual(["2017-09: FIRED"]);

		await provider.turn("2017-12-01T00:00:05Z");
		expect(await provider.firings()).toEqual(["2017-09: FIRED", "2017-12: RESET"]);
	});

	test("stay fired without a word when what is carried over exceeds them anew", async () => {
		const resource = await provider.resource();
		await provider.policy({ limits: { cpu: 10 }, period: "ONE_MONTH" });
		await provider.report(resource, "2017-09-10T12:00:00Z", "11");
		await provider.turn("2017-10-01T00:00:05Z");

		expect(await provider.firings()).toEqual(["2017-09: FIRED"]);
	});

	test("fire by what is carried over", async () => {
		const resource = await provider.resource();
		const policy = await provider.policy({ limits: { cpu: 10 }, period: "THREE_MONTHS" });
		await provider.report(resource, "2017-09-10T12:00:00Z", "6");
		const [month] = await provider.turn("2017-10-01T00:00:05Z");

		expect(month).toMatchObject({ month: "2017-10-01", copied: 1, fired: 1, reset: 0 });
		expect(await provider.isFired(policy)).toBe(true);
	});

	test("turn once for all the months that the service was down over, as of now", async () => {
		const resource = await provider.resource();
		await provider.policy({ limits: { cpu: 10 }, period: "THREE_MONTHS" });
		await provider.turn("2017-01-05T00:00:00Z");
		await provider.report(resource, "2017-01-10T12:00:00Z", "6");
		await provider.turn("2017-02-10T12:00:00Z");
		await provider.report(resource, "2017-02-11T12:00:00Z", "6", { recurring: false });
		await provider.turn("2017-06-10T12:00:00Z");

		expect(await provider.firings()).toEqual(["2017-02: FIRED", "2017-06: RESET"]);
	});

	test("do not turn back for a month that was missed before they fired", async () => {
		const resource = await provider.resource();
		await provider.policy({ limits: { cpu: 10 }, period: "ONE_MONTH" });
		await provider.turn("2017-01-05T00:00:00Z");
		await provider.report(resource, "2017-03-05T12:00:00Z", "11");
		await provider.turn("2017-03-05T12:00:30Z");

		expect(await provider.firings()).toEqual(["2017-03: FIRED"]);
	});

	test("are told of after the records that turned them, in the order of the log", async () => {
		const resource = await provider.resource();
		await provider.policy({ limits: { cpu: 10 }, period: "THREE_MONTHS" });
		await provider.report(resource, "2017-09-10T12:00:00Z", "6");
		await provider.turn("2017-10-01T00:00:05Z");

		const entries = await gateway().database.rows<{ kind: string }>(sql`
			select case when u."uuid" is null then 'firing' else 'usage' end as kind from "LogEntry" l
			left join "ComponentUsage" u on u."uuid" = l."componentUsageUuid" left join "PolicyFiring" f on f."uuid" = l."policyFiringUuid"
			where (u."offeringUuid" = ${provider.offering}::uuid and u."billingPeriod" = '2017-10-01') or f."offeringUuid" = ${provider.offering}::uuid
			order by l."xid", l."id"
		`);
		expect(entries.map(({ kind }) => kind)).toEqual(["usage", "firing"]);
	});
});

describe("a policy that was fired where it comes from, and never turned here,", () => {
	/** A policy as a first import leaves it, fired by what recurs each month. */
	async function imported(amount: string): Promise<string> {
		const resource = await provider.resource();
		const record = await provider.usage(resource, "cpu", "2017-01-01", amount);
		await gateway().database.rows(sql`update "ComponentUsage" set "recurring" = true where "uuid" = ${record}::uuid`);
		const policy = await provider.policy({ limits: { cpu: 10 } });
		await gateway().database.rows(sql`update "OfferingUsagePolicy" set "hasFired" = true, "firedDatetime" = '2017-01-05' where "uuid" = ${policy}::uuid`);
		return policy;
	}

	const moment = { now: new Date("2017-02-03T12:00:00Z"), timeZone: "UTC" };

	test("is not told of while what recurs keeps it fired: the import evaluates before the month begins here", async () => {
		const policy = await imported("11");
		await evaluateAllPolicies(gateway().database, moment);
		await provider.turn("2017-02-03T12:00:00Z");
		await evaluateAllPolicies(gateway().database, moment);
		expect({ isFired: await provider.isFired(policy), firings: await provider.firings() }).toEqual({ isFired: true, firings: [] });
	});

	test("is reset once where nothing keeps it fired", async () => {
		const policy = await imported("9");
		await evaluateAllPolicies(gateway().database, moment);
		await provider.turn("2017-02-03T12:00:00Z");
		await evaluateAllPolicies(gateway().database, moment);
		expect({ isFired: await provider.isFired(policy), firings: await provider.firings() }).toEqual({ isFired: false, firings: ["2017-02: RESET"] });
	});
});
