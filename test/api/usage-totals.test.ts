import { describe, expect, test } from "vitest";
import { Decimal } from "../../src/shared/decimal.ts";
import { uuidOf } from "../support/fixture.rows.ts";
import { whoSeesWhat } from "../support/fixture.sees.ts";
import type { Answer } from "../support/gateway.ts";
import { added, amounts, answered, type Dimension, dimensions, keyOf, listed, measuredGatewayForFile, totals } from "./usage-totals.ts";

const gateway = measuredGatewayForFile();

const pairs: readonly (readonly Dimension[])[] = [
	["CUSTOMER", "MONTH"],
	["MONTH", "CUSTOMER"],
	["PROJECT", "COMPONENT_TYPE"],
	["OFFERING", "QUARTER"],
	["PROVIDER", "CUSTOMER"],
	["CATEGORY", "YEAR"],
	["RESOURCE", "USERNAME"],
	["USERNAME", "MONTH"],
];

describe.each(Object.values(whoSeesWhat).map(({ viewer }) => viewer))("%s", (viewer) => {
	const token = `demo_${viewer}`;

	test("gets by every dimension, and by two, what the records and parts add up to that they can list, and nothing else", async () => {
		const [records, parts] = [await listed(gateway(), token, "componentUsages"), await listed(gateway(), token, "componentUserUsages")];
		for (const groupBy of [...dimensions.map((dimension) => [dimension]), ...pairs]) {
			const expected = added(groupBy.includes("USERNAME") ? parts : records, groupBy);
			const { nodes, totalCount } = await totals(gateway(), token, groupBy);
			expect(answered(nodes, groupBy), groupBy.join()).toEqual(expected);
			expect(totalCount).toBe(expected.length);
		}
	});

	test("gets the same of each object that they see, in one statement for all of a kind", async () => {
		const records = await listed(gateway(), token, "componentUsages");
		for (const [list, dimension] of [
			["customers", "CUSTOMER"],
			["projects", "PROJECT"],
			["offerings", "OFFERING"],
			["resources", "RESOURCE"],
		] as const) {
			const { page } = await gateway().ask(
				token,
				`{ page: ${list}(first: 100) { nodes { uuid usageTotals(groupBy: [MONTH], first: 1000) { totalCount nodes { period ${amounts} } } } } }`,
			);
			for (const { uuid, usageTotals } of page.nodes) {
				const own = records.filter((record) => keyOf[dimension](record, record) === uuid);
				expect(answered(usageTotals.nodes, ["MONTH"]), `${list} ${uuid}`).toEqual(added(own, ["MONTH"]));
				expect(usageTotals.totalCount).toBe(usageTotals.nodes.length);
			}
		}
	});

	test("gets nothing of what they do not see by naming it", async () => {
		const everything = await listed(gateway(), "demo_staff", "componentUsages");
		const own = await listed(gateway(), token, "componentUsages");
		for (const [filter, dimension] of [
			["customers", "CUSTOMER"],
			["projects", "PROJECT"],
			["resources", "RESOURCE"],
			["offerings", "OFFERING"],
			["providers", "PROVIDER"],
			["categories", "CATEGORY"],
		] as const) {
			for (const uuid of new Set(everything.map((record) => keyOf[dimension](record, record)))) {
				const seen = own.filter((record) => keyOf[dimension](record, record) === uuid);
				const { nodes } = await totals(gateway(), token, ["MONTH"], `, filter: { ${filter}: ["${uuid}"] }`);
				expect(answered(nodes, ["MONTH"]), `${filter} ${uuid}`).toEqual(added(seen, ["MONTH"]));
			}
		}
	});
});

test("nothing is totalled for somebody who is not signed in", async () => {
	const { errors } = await gateway().send(undefined, "{ usageTotals(groupBy: [MONTH]) { totalCount } }");
	expect(errors?.map(({ extensions }) => extensions["code"])).toEqual(["UNAUTHENTICATED"]);
});

describe("filters", () => {
	const listedBy = async (matches: (record: Answer) => boolean, list: "componentUsages" | "componentUserUsages" = "componentUsages") =>
		added(
			(await listed(gateway(), "demo_staff", list)).filter((one) => matches(one.componentUsage ?? one)),
			["MONTH"],
		);
	const found = async (filter: string) => answered((await totals(gateway(), "demo_staff", ["MONTH"], `, filter: { ${filter} }`)).nodes, ["MONTH"]);

	test("keep to types and months, both included, whichever of their days is named", async () => {
		expect(await found('types: ["cpu", "ram"]')).toEqual(await listedBy(({ type }) => ["cpu", "ram"].includes(type)));
		expect(await found('billingPeriodFrom: "2026-10-31"')).toEqual(await listedBy(({ billingPeriod }) => billingPeriod >= "2026-10-01"));
		expect(await found('billingPeriodTo: "2026-10-01"')).toEqual(await listedBy(({ billingPeriod }) => billingPeriod <= "2026-10-01"));
		expect(await found('billingPeriodFrom: "2026-10-15", billingPeriodTo: "2026-10-15"')).toEqual(
			await listedBy(({ billingPeriod }) => billingPeriod === "2026-10-01"),
		);
	});

	test("hold together, take several values each, and are none when they are empty", async () => {
		const [n1, s2, north] = [uuidOf("Project", "n1"), uuidOf("Project", "s2"), uuidOf("Customer", "north")];
		expect(await found(`projects: ["${n1}", "${s2}"]`)).toEqual(await listedBy(({ resource }) => [n1, s2].includes(resource.project.uuid)));
		expect(await found(`projects: ["${n1}", "${s2}"], customers: ["${north}"]`)).toEqual(await listedBy(({ resource }) => resource.project.uuid === n1));
		expect(await found("projects: []")).toEqual([]);
		expect(await found("types: []")).toEqual([]);
	});

	test("by a piece of a username total parts, whatever they are grouped by", async () => {
		const parts = (await listed(gateway(), "demo_staff", "componentUserUsages")).filter(({ username }) => username === "sven");
		expect(await found('username: "SVE"')).toEqual(added(parts, ["MONTH"]));
	});
});

describe("a comparison", () => {
	const window = '{ types: ["cpu"], billingPeriodFrom: "2026-11-01", billingPeriodTo: "2026-11-30" }';

	test("is with as many months before, group by group, exactly", async () => {
		const records = (await listed(gateway(), "demo_staff", "componentUsages")).filter(({ type }) => type === "cpu");
		const sum = (customer: string, month: string) =>
			records
				.filter((record) => record.billingPeriod === month && record.resource.customer.uuid === customer)
				.reduce((total, { usage }) => total.plus(usage), new Decimal(0));
		const { nodes } = await totals(gateway(), "demo_staff", ["CUSTOMER"], `, filter: ${window}, comparePrevious: true`);
		expect(nodes.length).toBe(2);
		for (const { customer, total, previousTotal, change } of nodes) {
			const [now, before] = [sum(customer.uuid, "2026-11-01"), sum(customer.uuid, "2026-10-01")];
			expect({ total, previousTotal, change }).toEqual({ total: now.toFixed(), previousTotal: before.toFixed(), change: now.minus(before).toFixed() });
		}
	});

	test("stands beside the period that is as many months later", async () => {
		const { nodes } = await totals(
			gateway(),
			"demo_staff",
			["MONTH"],
			', filter: { types: ["cpu"], billingPeriodFrom: "2026-11-01", billingPeriodTo: "2027-09-01" }, comparePrevious: true',
		);
		// Eleven months: those of November 2026 beside those of December 2025, and nothing of October, which is beside itself later.
		expect(nodes.map(({ period, records, previousTotal }: Answer) => [period, records > 0, previousTotal !== "0"])).toEqual([
			["2026-11-01", true, true],
			["2027-09-01", false, true],
		]);
	});

	test("keeps a group that has nothing any more", async () => {
		const resource = uuidOf("Resource", "s2 archive");
		const filter = `{ resources: ["${resource}"], billingPeriodFrom: "2026-12-01", billingPeriodTo: "2026-12-01" }`;
		const { nodes } = await totals(gateway(), "demo_staff", ["RESOURCE"], `, filter: ${filter}, comparePrevious: true, orderBy: { field: CHANGE }`);
		const [{ usage }] = (await listed(gateway(), "demo_staff", "componentUsages")).filter(
			(record) => record.resource.uuid === resource && record.billingPeriod === "2026-11-01",
		);
		expect(nodes).toEqual([
			{ resource: { uuid: resource }, measuredUnit: "TB", total: "0", records: 0, previousTotal: usage, change: new Decimal(0).minus(usage).toFixed() },
		]);
	});

	test("is refused without both months", async () => {
		const { errors } = await gateway().send(
			"demo_staff",
			'{ usageTotals(groupBy: [CUSTOMER], comparePrevious: true, filter: { billingPeriodFrom: "2026-11-01" }) { totalCount } }',
		);
		expect(errors?.map(({ extensions, path }) => [extensions["code"], path])).toEqual([["BAD_USER_INPUT", ["usageTotals"]]]);
	});
});
