import { beforeEach, describe, expect, test } from "vitest";
import { raw, sql } from "../../src/database/sql.ts";
import { evaluateAllPolicies } from "../../src/domain/month-turn/month-turn.service.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { makeProvider } from "../support/provider.ts";
import { makeReportingProvider, type ReportingProvider } from "./month-turn.ts";

const gateway = gatewayForFile();
let provider: ReportingProvider;

beforeEach(async () => {
	provider = await makeReportingProvider(gateway());
});

describe("an offering that fails", () => {
	/** Offerings with a policy that is exceeded and has not fired, in the order in which they are evaluated; all but the last cannot be written. */
	async function failing(): Promise<{ last: string; heal: () => Promise<unknown> }> {
		const offerings: { offering: string; policy: string }[] = [];
		for (let count = 0; count < 3; count++) {
			const other = await makeProvider(gateway());
			await other.component("cpu");
			await other.usage(await other.resource(), "cpu", "2017-01-01", "11");
			offerings.push({ offering: other.offering, policy: await other.policy({ limits: { cpu: 10 } }) });
		}
		offerings.sort((one, other) => (one.offering < other.offering ? -1 : 1));
		const broken = offerings.slice(0, -1).map(({ offering }) => `'${offering}'`);
		await gateway().database.rows(raw(`alter table "PolicyFiring" add constraint "broken" check ("offeringUuid" not in (${broken.join(", ")})) not valid`));
		return {
			last: offerings.at(-1)?.policy ?? "",
			heal: () => gateway().database.rows(sql`alter table "PolicyFiring" drop constraint "broken"`),
		};
	}

	const fired = async (policy: string) =>
		(await gateway().database.rows<{ hasFired: boolean }>(sql`select "hasFired" from "OfferingUsagePolicy" where "uuid" = ${policy}::uuid`))[0]?.hasFired;

	test("holds up no other one, and each failure is told", async () => {
		const { last, heal } = await failing();
		const evaluated = await evaluateAllPolicies(gateway().database, { now: new Date("2017-01-20T12:00:00Z"), timeZone: "UTC" }).catch((error) => error);
		await heal();
		expect(await fired(last)).toBe(true);
		expect(evaluated).toBeInstanceOf(AggregateError);
		expect(evaluated.errors).toHaveLength(2);
	});

	test("does not keep others from beginning the month either", async () => {
		const { last, heal } = await failing();
		const turned = await provider.turn("2017-01-20T12:00:00Z").catch((error) => error);
		await heal();
		expect(await fired(last)).toBe(true);
		expect(turned.errors).toHaveLength(2);
	});
});
