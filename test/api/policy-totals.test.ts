import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { makeProvider } from "../support/provider.ts";
import { beginning, type LimitingProvider, makeLimitingProvider } from "./policy-life.ts";

const gateway = gatewayForFile({ now: beginning });
let provider: LimitingProvider;

beforeEach(async () => {
	provider = await makeLimitingProvider(gateway());
});

describe("a policy totals", () => {
	const member = async (groups: string[], options: object = {}) => provider.resource({ customer: await provider.customer({ groups, ...options }) });

	test("a customer of several groups once, when it applies to all", async () => {
		const several = await member([await provider.group(), await provider.group()]);
		await provider.policy({ limits: { cpu: 10 } });

		expect(await provider.kindsOf({ cpu: "6" }, several)).toEqual([]);
		expect(await provider.kindsOf({ cpu: "5" })).toEqual(["FIRED"]);
	});

	test.each(["blocked", "archived"])("no member of its group that is %s", async (flag) => {
		const group = await provider.group();
		await provider.policy({ limits: { cpu: 10 }, groups: [group] });

		expect(await provider.kindsOf({ cpu: "100" }, await member([group], { [flag]: true }))).toEqual([]);
		expect(await provider.kindsOf({ cpu: "11" }, await member([group]))).toEqual(["FIRED"]);
	});

	test.each(["CREATING", "OK", "ERRED", "UPDATING", "TERMINATING", "TERMINATED"])("what a resource used that is %s", async (state) => {
		await provider.policy({ limits: { cpu: 10 } });
		await provider.usage(await provider.resource({ state }), "cpu", "2017-09-01", "6");

		expect(await provider.kindsOf({ cpu: "5" })).toEqual(["FIRED"]);
	});

	test("by the month that is billed, however late it was reported", async () => {
		await provider.policy({ limits: { cpu: 10 } });
		const late = await provider.usage(await provider.resource(), "cpu", "2017-08-01", "100");
		await gateway().database.rows(sql`update "ComponentUsage" set "date" = '2017-09-14T00:00:00Z' where "uuid" = ${late}::uuid`);

		expect(await provider.kindsOf({ cpu: "5" })).toEqual([]);
	});

	test.each([
		["ONE_MONTH", []],
		["THREE_MONTHS", []],
		["TWELVE_MONTHS", []],
		["TOTAL", ["FIRED"]],
	])("over %s, when it comes to a month that has not begun: %j", async (period, kinds) => {
		await provider.policy({ limits: { cpu: 10 }, period });
		await provider.begin("2017-09-01");
		await provider.usage(provider.reportedResource, "cpu", "2017-10-01", "100");

		expect(await provider.kindsOf({ cpu: "5" })).toEqual(kinds);
	});

	test("nothing as not more than a limit of 0, and the least amount as more", async () => {
		await provider.policy({ limits: { cpu: 0 } });
		expect(await provider.kindsOf({ cpu: "0" })).toEqual([]);
		expect(await provider.kindsOf({ cpu: "0.01" })).toEqual(["FIRED"]);
	});

	test("its own offering alone, though another has a component of the same type", async () => {
		await provider.policy({ limits: { cpu: 10 } });
		const other = await makeProvider(gateway());
		await other.component("cpu");
		await other.usage(await other.resource({ customer: provider.consumer }), "cpu", "2017-09-01", "100");

		expect(await provider.kindsOf({ cpu: "5" })).toEqual([]);
	});
});
