import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { type Sql, sql } from "../../src/database/sql.ts";
import { turnMonth } from "../../src/domain/month-turn/month-turn.service.ts";
import { importDataset } from "../../src/import/import.ts";
import type { ListName } from "../../src/import/source.ts";
import { wrongTotals } from "../support/component-totals.ts";
import { setUsage } from "../support/documents.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const gateway = gatewayForFile({ now: "2017-01-10T12:00:00Z" });
let provider: Provider;
let cpu: string;
let first: { customer: string; resource: string; record: string };
let second: { customer: string; resource: string };

/** Two customers, of whom one used 1 and 5 of cpu in two months, and the other 7. */
beforeEach(async () => {
	provider = await makeProvider(gateway());
	cpu = await provider.component("cpu");
	await provider.component("ram");
	const customers = [await provider.customer(), await provider.customer()] as const;
	const resources = [await provider.resource({ customer: customers[0] }), await provider.resource({ customer: customers[1] })] as const;
	await provider.usage(resources[0], "cpu", "2016-12-01", "1");
	first = { customer: customers[0], resource: resources[0], record: await provider.usage(resources[0], "cpu", "2017-01-01", "5") };
	second = { customer: customers[1], resource: resources[1] };
	await provider.usage(second.resource, "cpu", "2017-01-01", "7");
});

/** The component's totals, as "customer month total", after a look at whether any total of anything is not a sum any more. */
async function totalsOf(component: string): Promise<string[]> {
	expect(await wrongTotals(gateway().database)).toEqual([]);
	const rows = await gateway().database.rows<{ customer: string | null; month: string; used: string }>(sql`
		select "customerUuid" as "customer", "billingPeriod"::text as "month", trim_scale("used") as "used"
		from "ComponentTotal" where "componentUuid" = ${component}::uuid and "used" <> 0
	`);
	const names = new Map<string | null, string>([
		[null, "all"],
		[first.customer, "first"],
		[second.customer, "second"],
	]);
	return rows.map(({ customer, month, used }) => `${names.get(customer)} ${month.replace("infinity", "ever").replace(/-01$/, "")} ${used}`).sort();
}

const run = (...statements: Sql[]) =>
	gateway().database.transaction(async (tx) => {
		for (const statement of statements) await tx.rows(statement);
	});

const report = (resource: string, ...usages: { type: string; amount: string; recurring?: boolean }[]) =>
	gateway().ask(provider.token, setUsage, { input: { resource, usages } });

/** Imports usages of the first resource, as Waldur writes them. */
const imported = (...records: object[]) => {
	const common = { resource_uuid: first.resource, type: "cpu", usage: "5.00", date: "2017-01-09T00:00:00Z", billing_period: "2017-01-01", recurring: false };
	const lists = new Map<ListName, object[]>([["marketplace-component-usages", records.map((record) => ({ ...common, ...record }))]]);
	const read = async function* (name: ListName) {
		yield { records: lists.get(name) ?? [] };
	};
	return importDataset({
		database: gateway().database,
		source: { name: "records", check: async () => {}, read },
		timeZone: "UTC",
		evaluatePolicies: async () => {},
	});
};

/** What the two customers of beforeEach used. */
const atFirst = ["all 2016-12 1", "all 2017-01 12", "all ever 13", "first 2016-12 1", "first 2017-01 5", "first ever 6", "second 2017-01 7", "second ever 7"];

/** The same, with what the first customer used in January replaced. */
const withJanuary = (amount: number) => [
	"all 2016-12 1",
	`all 2017-01 ${amount + 7}`,
	`all ever ${amount + 8}`,
	"first 2016-12 1",
	`first 2017-01 ${amount}`,
	`first ever ${amount + 1}`,
	"second 2017-01 7",
	"second ever 7",
];

describe("the totals of a component are the sums of its records", () => {
	test("that were stored", async () => {
		expect(await totalsOf(cpu)).toEqual(atFirst);
	});

	test("after a report, and after its correction", async () => {
		await report(first.resource, { type: "cpu", amount: "9" }, { type: "ram", amount: "3" });
		expect(await totalsOf(cpu)).toEqual(withJanuary(9));
		await report(first.resource, { type: "cpu", amount: "2.25" });
		expect(await totalsOf(cpu)).toEqual(withJanuary(2.25));
	});

	test("after the deletion of a record", async () => {
		const document = "mutation ($input: DeleteComponentUsageInput!) { deleteComponentUsage(input: $input) { __typename } }";
		await gateway().ask(await provider.staffToken(), document, { input: { uuid: first.record } });
		expect(await totalsOf(cpu)).toEqual([
			"all 2016-12 1",
			"all 2017-01 7",
			"all ever 8",
			"first 2016-12 1",
			"first ever 1",
			"second 2017-01 7",
			"second ever 7",
		]);
	});

	test("after the turn of a month that carries usage over", async () => {
		await report(first.resource, { type: "cpu", amount: "5", recurring: true });
		await turnMonth(gateway().database, { now: new Date("2017-01-11T00:00:00Z"), timeZone: "UTC" });
		await turnMonth(gateway().database, { now: new Date("2017-02-01T00:00:00Z"), timeZone: "UTC" });
		expect(await totalsOf(cpu)).toEqual([
			"all 2016-12 1",
			"all 2017-01 12",
			"all 2017-02 5",
			"all ever 18",
			"first 2016-12 1",
			"first 2017-01 5",
			"first 2017-02 5",
			"first ever 11",
			"second 2017-01 7",
			"second ever 7",
		]);
	});

	test("after an import of a new record, of one that changed, and of one that is of another month and component now", async () => {
		const { created, updated } = await imported({ uuid: randomUUID(), billing_period: "2016-11-01", usage: "0.5" }, { uuid: first.record, usage: "6" });
		expect({ created, updated }).toEqual({ created: 1, updated: 1 });
		const before = withJanuary(6).map((line) => line.replace("ever 14", "ever 14.5").replace("first ever 7", "first ever 7.5"));
		expect(await totalsOf(cpu)).toEqual(["all 2016-11 0.5", "first 2016-11 0.5", ...before].sort());
		await imported({ uuid: first.record, usage: "6", billing_period: "2017-03-01" });
		expect(await totalsOf(cpu)).toEqual(expect.arrayContaining(["all 2017-01 7", "all 2017-03 6", "all ever 14.5", "first 2017-03 6"]));
		await imported({ uuid: first.record, usage: "6", billing_period: "2017-03-01", type: "ram" });
		expect(await totalsOf(cpu)).toEqual(expect.arrayContaining(["all 2017-01 7", "all ever 8.5", "first ever 1.5"]));
	});

	test("after a project went to another customer with its usage", async () => {
		await run(
			sql`update "Project" set "customerUuid" = ${second.customer}::uuid where "customerUuid" = ${first.customer}::uuid`,
			sql`update "Resource" set "customerUuid" = ${second.customer}::uuid where "uuid" = ${first.resource}::uuid`,
		);
		expect(await totalsOf(cpu)).toEqual(["all 2016-12 1", "all 2017-01 12", "all ever 13", "second 2016-12 1", "second 2017-01 12", "second ever 13"]);
	});

	test("after a resource is deleted with its records, and after its customer is", async () => {
		await run(sql`delete from "Resource" where "uuid" = ${first.resource}::uuid`);
		expect(await totalsOf(cpu)).toEqual(["all 2017-01 7", "all ever 7", "second 2017-01 7", "second ever 7"]);
		await run(sql`delete from "Project" where "customerUuid" = ${first.customer}::uuid`, sql`delete from "Customer" where "uuid" = ${first.customer}::uuid`);
		expect(await totalsOf(cpu)).toEqual(["all 2017-01 7", "all ever 7", "second 2017-01 7", "second ever 7"]);
		expect(await gateway().database.rows(sql`select from "ComponentTotal" where "customerUuid" = ${first.customer}::uuid`)).toEqual([]);
	});

	test("after one statement deletes a customer, its project, its resource and thereby its records", async () => {
		await run(sql`
			with resources as (delete from "Resource" where "customerUuid" = ${first.customer}::uuid),
				projects as (delete from "Project" where "customerUuid" = ${first.customer}::uuid)
			delete from "Customer" where "uuid" = ${first.customer}::uuid
		`);
		expect(await totalsOf(cpu)).toEqual(["all 2017-01 7", "all ever 7", "second 2017-01 7", "second ever 7"]);
	});

	test("after one statement deletes a component with its records", async () => {
		await run(sql`
			with records as (delete from "ComponentUsage" where "componentUuid" = ${cpu}::uuid)
			delete from "OfferingComponent" where "uuid" = ${cpu}::uuid
		`);
		expect(await totalsOf(cpu)).toEqual([]);
	});

	test("after all records were removed at once", async () => {
		await run(sql`truncate "ComponentUsage" cascade`);
		expect(await totalsOf(cpu)).toEqual([]);
	});

	test("to the last digit", async () => {
		await report(first.resource, { type: "cpu", amount: "999999999999999999.99" });
		await report(second.resource, { type: "cpu", amount: "999999999999999999.99" });
		expect(await totalsOf(cpu)).toEqual(expect.arrayContaining(["all 2017-01 1999999999999999999.98", "all ever 2000000000000000000.98"]));
	});
});

test("a report that says what is stored already writes no total", async () => {
	const versions = () => gateway().database.rows(sql`select "ctid"::text, "xmin"::text, "used" from "ComponentTotal" order by 1`);
	await report(first.resource, { type: "cpu", amount: "5" }, { type: "ram", amount: "0" });
	const before = await versions();
	await report(first.resource, { type: "cpu", amount: "5.00" }, { type: "ram", amount: "0" });
	expect(await versions()).toEqual(before);
});
