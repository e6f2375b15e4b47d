import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { setUsage } from "../support/documents.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { makeWorld, type World } from "../support/totals.ts";

const gateway = gatewayForFile();
const inTallinn = gatewayForFile({ timeZone: "Europe/Tallinn" });

let world: World;
beforeEach(async () => {
	gateway().setTime("2026-11-20T12:00:00Z");
	world = await makeWorld(gateway());
});

describe("the reported usage of a category component", () => {
	test("is the sum over the customer's resources and all components that are totalled in it", async () => {
		await world.component("cpu", "cpu");
		await world.component("vcpu", "cpu");
		const one = await world.resource();
		const other = await world.resource({ customer: one.customer });
		await world.provider.usage(one.uuid, "cpu", "2026-10-01", "1.25");
		await world.provider.usage(one.uuid, "vcpu", "2026-10-01", "2");
		await world.provider.usage(other.uuid, "cpu", "2026-10-01", "4.5");

		expect(await world.totals("Customer", one.customer)).toEqual(["2026-10 cpu 7.75 "]);
	});

	test("stays exact when the sum has more than twenty digits", async () => {
		await world.component("cpu", "cpu");
		const one = await world.resource();
		const other = await world.resource({ customer: one.customer });
		for (const { uuid } of [one, other]) await world.provider.usage(uuid, "cpu", "2026-10-01", "999999999999999999.99");

		expect(await world.totals("Customer", one.customer)).toEqual(["2026-10 cpu 1999999999999999999.98 "]);
	});

	test("is 0 where 0 was reported, and not told where nothing was", async () => {
		await world.included(await world.component("cpu", "cpu"), "10");
		const { uuid, customer } = await world.resource();
		await world.provider.planPeriod(uuid, "2026-09-01T00:00:00Z", "2026-10-15T00:00:00Z");
		await world.provider.usage(uuid, "cpu", "2026-10-01", "0");
		const { nodes } = await world.list("Customer", customer);

		expect(nodes).toMatchObject([
			{ date: "2026-10-01", reportedUsage: "0", fixedUsage: "10" },
			{ date: "2026-09-01", reportedUsage: null, fixedUsage: "10" },
		]);
	});

	test.each(["OK", "TERMINATED"])("counts what a resource used that is %s, and is not told with a plan's figure where there is none", async (state) => {
		await world.component("cpu", "cpu");
		const { uuid, customer } = await world.resource();
		await gateway().database.rows(sql`update "Resource" set "state" = ${state}::text::"ResourceState" where "uuid" = ${uuid}::uuid`);
		await world.provider.usage(uuid, "cpu", "2026-10-01", "5");

		expect((await world.list("Customer", customer)).nodes).toMatchObject([{ reportedUsage: "5", fixedUsage: null }]);
	});

	test("leaves out components that are totalled in none", async () => {
		await world.component("other", null);
		const { uuid, customer } = await world.resource();
		await world.provider.usage(uuid, "other", "2026-10-01", "5");

		expect(await world.totals("Customer", customer)).toEqual([]);
	});

	test("belongs to the month that it is billed in, however late it was reported", async () => {
		await world.component("cpu", "cpu");
		const { uuid, customer } = await world.resource();
		const usage = await world.provider.usage(uuid, "cpu", "2026-09-01", "5");
		await gateway().database.rows(sql`update "ComponentUsage" set "date" = '2026-10-03T00:00:00Z' where "uuid" = ${usage}::uuid`);

		expect(await world.totals("Customer", customer)).toEqual(["2026-09 cpu 5 "]);
	});

	test("of a project counts that project alone, and nobody else's", async () => {
		await world.component("cpu", "cpu");
		const one = await world.resource();
		const other = await world.resource({ customer: one.customer });
		const foreign = await world.resource();
		for (const { uuid } of [one, other, foreign]) await world.provider.usage(uuid, "cpu", "2026-10-01", "3");

		expect(await world.totals("Project", one.project)).toEqual(["2026-10 cpu 3 "]);
		expect(await world.totals("Customer", one.customer)).toEqual(["2026-10 cpu 6 "]);
	});

	test("is what was reported a moment ago", async () => {
		await world.component("cpu", "cpu");
		const { uuid, customer } = await world.resource();
		await gateway().ask(world.provider.token, setUsage, { input: { resource: uuid, usages: [{ type: "cpu", amount: "8" }] } });

		expect(await world.totals("Customer", customer)).toEqual(["2026-11 cpu 8 "]);
	});
});

describe("the fixed usage of a category component", () => {
	const included = async (start: string | null, end: string | null, created?: string) => {
		await world.included(await world.component("cpu", "cpu"), "10");
		const resource = await world.resource(created === undefined ? {} : { created });
		await world.provider.planPeriod(resource.uuid, start, end);
		return world.totals("Customer", resource.customer);
	};

	test("is the plan's amount in every month that the plan period overlaps", async () => {
		expect(await included("2026-07-31T23:00:00Z", "2026-09-01T00:00:01Z")).toEqual(["2026-09 cpu  10", "2026-08 cpu  10", "2026-07 cpu  10"]);
	});

	test("does not reach into the month at whose first moment the plan period ends", async () => {
		expect(await included("2026-07-31T23:00:00Z", "2026-09-01T00:00:00Z")).toEqual(["2026-08 cpu  10", "2026-07 cpu  10"]);
	});

	test("of a plan period that is open reaches to the current month", async () => {
		expect(await included("2026-10-20T00:00:00Z", null)).toEqual(["2026-11 cpu  10", "2026-10 cpu  10"]);
	});

	test("of a plan period that will end is not told before its time", async () => {
		expect(await included("2026-10-20T00:00:00Z", "2027-03-01T00:00:00Z")).toEqual(["2026-11 cpu  10", "2026-10 cpu  10"]);
	});

	test("of a plan period that has not begun is none", async () => {
		expect(await included("2026-12-01T00:00:00Z", null)).toEqual([]);
	});

	test("of a plan period that ended where it began is none", async () => {
		expect(await included("2026-10-20T00:00:00Z", "2026-10-20T00:00:00Z")).toEqual([]);
	});

	test("of a plan period without a start begins when the resource was created", async () => {
		expect(await included(null, "2026-10-02T00:00:00Z", "2026-09-15T00:00:00Z")).toEqual(["2026-10 cpu  10", "2026-09 cpu  10"]);
	});

	test("is the sum over all plan periods of the month and all resources", async () => {
		await world.included(await world.component("cpu", "cpu"), "10");
		await world.included(await world.component("vcpu", "cpu"), "0.5");
		const one = await world.resource();
		const other = await world.resource({ customer: one.customer });
		await world.provider.planPeriod(one.uuid, "2026-10-01T00:00:00Z", "2026-10-15T00:00:00Z");
		await world.provider.planPeriod(one.uuid, "2026-10-15T00:00:00Z", "2026-10-20T00:00:00Z");
		await world.provider.planPeriod(other.uuid, "2026-10-20T00:00:00Z", "2026-10-21T00:00:00Z");

		expect(await world.totals("Customer", one.customer)).toEqual(["2026-10 cpu  31.5"]);
	});

	test("stands beside what was reported in the same month", async () => {
		await world.included(await world.component("cpu", "cpu"), "10");
		const { uuid, customer } = await world.resource();
		await world.provider.planPeriod(uuid, "2026-10-01T00:00:00Z", "2026-11-15T00:00:00Z");
		await world.provider.usage(uuid, "cpu", "2026-10-01", "4");

		expect(await world.totals("Customer", customer)).toEqual(["2026-11 cpu  10", "2026-10 cpu 4 10"]);
	});

	test("follows the months of the service's zone: 21:25Z on 31 July is August in Tallinn", async () => {
		inTallinn().setTime("2026-09-30T21:30:00Z");
		const tallinn = await makeWorld(inTallinn());
		await tallinn.included(await tallinn.component("cpu", "cpu"), "10");
		const [ended, open] = [await tallinn.resource(), await tallinn.resource()];
		await tallinn.provider.planPeriod(ended.uuid, "2026-07-31T21:25:00Z", "2026-08-31T21:00:00Z");
		await tallinn.provider.planPeriod(open.uuid, "2026-08-31T20:59:00Z", null);

		expect(await tallinn.totals("Customer", ended.customer)).toEqual(["2026-08 cpu  10"]);
		expect(await tallinn.totals("Customer", open.customer)).toEqual(["2026-10 cpu  10", "2026-09 cpu  10", "2026-08 cpu  10"]);
	});
});
