import { beforeEach, describe, expect, test } from "vitest";
import { raw, sql } from "../../src/database/sql.ts";
import { setUsage } from "../support/documents.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { beginning, type LimitingProvider, makeLimitingProvider } from "./policy-life.ts";

const gateway = gatewayForFile({ now: beginning });
let provider: LimitingProvider;

beforeEach(async () => {
	provider = await makeLimitingProvider(gateway());
});

describe("the entry of a transition", () => {
	test("tells of a firing: its policy, offering, moment, window, the record that caused it, and of each exceeded limit the figures", async () => {
		const policy = await provider.policy({ limits: { cpu: 10, ram: 3 }, period: "THREE_MONTHS" });
		await provider.usage(provider.reportedResource, "cpu", "2017-07-01", "4.5");
		const { componentUsages, firings } = await provider.report({ ram: "3.01", cpu: "6" });

		const [entry, ...others] = (await provider.policyOf(policy)).firings;
		expect(others).toEqual([]);
		expect(firings.map(({ uuid }: Answer) => uuid)).toEqual([entry.uuid]);
		expect(entry).toMatchObject({
			kind: "FIRED",
			created: "2017-09-15T12:00:00.000Z",
			windowStart: "2017-07-01",
			windowEnd: "2017-09-01",
			position: expect.any(String),
			offering: { uuid: provider.offering },
			policy: { uuid: policy },
			breaches: [
				{ component: { type: "cpu" }, used: "10.5", limit: "10" },
				{ component: { type: "ram" }, used: "3.01", limit: "3" },
			],
		});
		expect(componentUsages.map(({ uuid }: Answer) => uuid)).toContain(entry.cause.uuid);
	});

	test("tells of a reset: the record that ended it, and nothing that is exceeded", async () => {
		const policy = await provider.policy({ limits: { cpu: 10 } });
		await provider.report({ cpu: "11" });
		gateway().setTime("2017-09-16T12:00:00Z");
		const { componentUsages } = await provider.report({ cpu: "9" });

		expect((await provider.policyOf(policy)).firings.at(-1)).toMatchObject({
			kind: "RESET",
			created: "2017-09-16T12:00:00.000Z",
			windowStart: "2017-09-01",
			windowEnd: "2017-09-01",
			position: expect.any(String),
			cause: { uuid: componentUsages[0].uuid },
			breaches: [],
		});
	});

	test("stands in the log once, behind the one before", async () => {
		const policy = await provider.policy({ limits: { cpu: 10 } });
		for (const [day, cpu] of ["11", "1", "11"].entries()) {
			gateway().setTime(`2017-09-${15 + day}T12:00:00Z`);
			await provider.report({ cpu });
		}
		const { firings } = await provider.policyOf(policy);
		const rows = await gateway().database.rows<{ uuid: string }>(
			sql`select "policyFiringUuid" as "uuid" from "LogEntry" where "policyFiringUuid" = any(${firings.map(({ uuid }: Answer) => uuid)}::uuid[]) order by "xid", "id"`,
		);

		expect(rows.map(({ uuid }) => uuid)).toEqual(firings.map(({ uuid }: Answer) => uuid));
		expect(new Set(firings.map(({ position }: Answer) => position)).size).toBe(3);
	});

	test("keeps its figures though the policy's limits change later", async () => {
		const policy = await provider.policy({ limits: { cpu: 10 } });
		await provider.report({ cpu: "11" });
		await gateway().database.rows(sql`update "OfferingUsagePolicyComponentLimit" set "limit" = 5 where "policyUuid" = ${policy}::uuid`);
		await provider.report({ cpu: "12" });

		expect((await provider.policyOf(policy)).firings).toMatchObject([{ breaches: [{ used: "11", limit: "10" }] }]);
	});

	test.each(["PolicyFiring", "Notification", "LogEntry"])(
		"is stored with the report that causes it, or neither is: when %s takes no more rows",
		async (table) => {
			const policy = await provider.policy({ limits: { cpu: 10 } });
			const { database } = gateway();
			await provider.report({ cpu: "1" });
			await database.rows(raw("create or replace function refuse() returns trigger language plpgsql as $$ begin raise exception 'no more'; end $$"));
			await database.rows(raw(`create trigger refuse before insert on "${table}" for each row execute function refuse()`));
			const input = { resource: provider.reportedResource, usages: [{ type: "cpu", amount: "11" }] };
			const { errors } = await gateway().send(provider.token, setUsage, { input });
			await database.rows(raw(`drop trigger refuse on "${table}"`));

			expect(errors).toHaveLength(1);
			expect(gateway().bugs()).toHaveLength(1);
			expect(await provider.policyOf(policy)).toMatchObject({ hasFired: false, firedDatetime: null, firings: [] });
			expect(await database.rows(sql`select "usage" from "ComponentUsage" where "resourceUuid" = ${provider.reportedResource}::uuid`)).toEqual([
				{ usage: "1.00" },
			]);
			expect(await provider.kindsOf({ cpu: "11" })).toEqual(["FIRED"]);
		},
	);
});
