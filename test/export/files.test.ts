import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { csvLine } from "../../src/export/csv.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { makeProvider, type Provider } from "../support/provider.ts";
import { csvReader, get, jsonLines } from "./client.ts";

const gateway = gatewayForFile({ timeZone: "Europe/Tallinn", now: "2026-11-30T23:30:00Z" });
const csv = csvReader();
let provider: Provider;
let resource: string;

beforeAll(async () => {
	provider = await makeProvider(gateway());
	await provider.component("cpu");
	resource = await provider.resource();
	await provider.usage(resource, "cpu", "2026-10-01", "123456789012345678.90");
	await gateway().database.rows(sql`update "OfferingComponent" set "measuredUnit" = 'core-hours'`);
});

afterAll(() => csv.close());

const nameResource = (name: string) => gateway().database.rows(sql`update "Resource" set "name" = ${name} where "uuid" = ${resource}::uuid`);

test("a file is named by its list and the day in the service's time zone, and is nobody else's", async () => {
	const { headers } = await get(gateway(), "/export/componentUsages.csv", { token: provider.token });
	expect(headers.get("content-disposition")).toBe('attachment; filename="componentUsages-2026-12-01.csv"');
	expect(headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
	expect(headers.get("cache-control")).toBe("private, no-store");
	expect(headers.get("x-export-snapshot")).toBe("none");
	expect(headers.get("referrer-policy")).toBe("no-referrer");
});

test("amounts keep their digits, beside the unit of their component", async () => {
	const { text } = await get(gateway(), "/export/componentUsages.csv", { token: provider.token });
	expect(await csv.read(text)).toMatchObject([{ usage: "123456789012345678.9", "component.measuredUnit": "core-hours" }]);
});

describe("a text that a spreadsheet would calculate is text", () => {
	test.each(['=HYPERLINK("http://evil.example","x")', "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "-2,5"])("%j", async (name) => {
		await nameResource(name);
		const { text } = await get(gateway(), "/export/componentUsages.csv", { token: provider.token });
		expect(await csv.read(text)).toMatchObject([{ "resource.name": `'${name}` }]);
	});

	test.each(["-5", "-0.25", "a=1", "5"])("and %j is what it was", async (name) => {
		await nameResource(name);
		const { text } = await get(gateway(), "/export/componentUsages.csv", { token: provider.token });
		expect(await csv.read(text)).toMatchObject([{ "resource.name": name }]);
	});
});

test.each(['with "quotes", commas', "two\r\nlines", "; semicolon", " space ", "ünïcödé 計算", ""])("a text is read back as it was: %j", async (name) => {
	await nameResource(name);
	const { text } = await get(gateway(), "/export/componentUsages.csv", { token: provider.token });
	expect(await csv.read(text)).toMatchObject([{ "resource.name": name }]);
});

test("what is null is an empty cell, and what is empty a text", () => {
	expect(csvLine([null, "", undefined, 0, false, ["A", "B"], { a: 1 }])).toBe(',"",,0,false,"A;B","{""a"":1}"');
});

test("a list without rows is a file with a head", async () => {
	const { status, text } = await get(gateway(), "/export/componentUsages.csv?type=none", { token: provider.token });
	expect([status, text.split("\r\n").length, text.startsWith("uuid,billingPeriod,date,type,usage,")]).toEqual([200, 2, true]);
	expect((await get(gateway(), "/export/componentUsages.ndjson?type=none", { token: provider.token })).text).toBe("");
});

describe("as FOCUS", () => {
	const expected = async () => {
		await nameResource("n1");
		const { componentUsages } = await gateway().ask(
			provider.token,
			"{ componentUsages { nodes { component { uuid name } resource { uuid customer { uuid name } project { uuid name } offering { name provider { name } } } } } }",
		);
		const [{ component, resource }] = componentUsages.nodes;
		return {
			BillingAccountId: resource.customer.uuid,
			BillingAccountName: resource.customer.name,
			BillingPeriodStart: "2026-09-30T21:00:00Z",
			BillingPeriodEnd: "2026-10-31T22:00:00Z",
			ChargeCategory: "Usage",
			ChargePeriodStart: "2026-09-30T21:00:00Z",
			ChargePeriodEnd: "2026-10-31T22:00:00Z",
			ConsumedQuantity: "123456789012345678.9",
			ConsumedUnit: "core-hours",
			ProviderName: resource.offering.provider.name,
			ResourceId: resource.uuid,
			ResourceName: "n1",
			ServiceName: resource.offering.name,
			SkuId: component.uuid,
			SkuMeter: component.name,
			SubAccountId: resource.project.uuid,
			SubAccountName: resource.project.name,
		};
	};

	test("usage has the names of FOCUS, and months as moments of the service's calendar", async () => {
		const row = await expected();
		const file = await get(gateway(), "/export/componentUsages.csv?format=focus", { token: provider.token });
		const lines = await get(gateway(), "/export/componentUsages.ndjson?format=focus", { token: provider.token });
		expect(await csv.read(file.text)).toEqual([row]);
		expect(jsonLines(lines.text)).toEqual([row]);
		expect(file.headers.get("content-disposition")).toContain("componentUsages-focus-2026-12-01.csv");
	});

	test.each([
		["/export/customers.csv?format=focus", "FOCUS has columns for usage records: format=focus is for componentUsages."],
		["/export/componentUsages.csv?format=parquet", "format is focus, or absent."],
	])("%s is refused", async (path, message) => {
		const { status, errors } = await get(gateway(), path, { token: provider.token });
		expect([status, errors[0].message]).toEqual([400, message]);
	});
});
