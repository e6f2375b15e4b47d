import type { GraphQLObjectType } from "graphql";
import { beforeEach, describe, expect, test } from "vitest";
import { isVisibleModel } from "../../src/access/visibility.ts";
import { sql } from "../../src/database/sql.ts";
import { schema } from "../../src/schema.ts";
import { nodeTypes } from "../support/fixture.fields.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { insert } from "../support/insert.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const gateway = gatewayForFile();
let provider: Provider;
let resource: string;
let record: string;
let account: string;
let category: string;
let component: string;

beforeEach(async () => {
	provider = await makeProvider(gateway());
	component = await provider.component("cpu");
	resource = await provider.resource();
	record = await provider.usage(resource, "cpu", "2017-01-01", "1");
	account = await provider.account("ann");
	category = await insert(gateway().database, "Category", { title: "Computing" });
	await insert(gateway().database, "CategoryComponent", { categoryUuid: category, type: "cpu", name: "cpu" });
});

type Row = () => Record<string, unknown>;
const long = (length: number): string => "x".repeat(length);
const ofOffering =
	(fields: object): Row =>
	() => ({ offeringUuid: provider.offering, type: "disk", name: "Disk", billingType: "USAGE", ...fields });
const ofCategory =
	(fields: object): Row =>
	() => ({ categoryUuid: category, type: "disk", name: "Disk", ...fields });
const part =
	(fields: object): Row =>
	() => ({ componentUsageUuid: record, username: "ann", usage: "1", ...fields });
const limit =
	(amount: string): Row =>
	() => ({ resourceUuid: resource, componentUuid: component, userUuid: account, offeringUuid: provider.offering, limit: amount });

async function offeringUser(username: string | null): Promise<Record<string, unknown>> {
	return { offeringUuid: provider.offering, userUuid: await insert(gateway().database, "User", { username: `user${made++}` }), username };
}
let made = 0;

describe("the database keeps", () => {
	test.each<[string, string, () => Record<string, unknown> | Promise<Record<string, unknown>>]>([
		["a component's type of 50 characters", "OfferingComponent", ofOffering({ type: long(50) })],
		["a component's type of every character that it may have", "OfferingComponent", ofOffering({ type: "aZ09_-/:" })],
		["a component's name of 150 characters", "OfferingComponent", ofOffering({ name: long(150) })],
		["a component's unit of 30 characters", "OfferingComponent", ofOffering({ measuredUnit: long(30) })],
		["a category component's type of 50, name of 150 and unit of 30 characters", "CategoryComponent", ofCategory({ type: long(50), name: long(150), measuredUnit: long(30) })], // biome-ignore format: a row
		["an account's username of 100 characters", "OfferingUser", () => offeringUser(long(100))],
		["an account without a username", "OfferingUser", () => offeringUser(null)],
		["a part's username of 100 characters", "ComponentUserUsage", part({ username: long(100) })],
		["a part of 20 digits", "ComponentUserUsage", part({ usage: "999999999999999999.99" })],
		["a limit of 20 digits", "ComponentUserUsageLimit", limit("999999999999999999.99")],
		["a limit of 0", "ComponentUserUsageLimit", limit("0")],
		...["FIXED", "USAGE", "LIMIT", "ONE_TIME", "ON_PLAN_SWITCH"].map((billingType): [string, string, Row] => [
			`a component with billing type ${billingType}`,
			"OfferingComponent",
			ofOffering({ billingType }),
		]),
		...["MONTH", "QUARTERLY", "ANNUAL", "TOTAL", null].map((limitPeriod): [string, string, Row] => [
			`a component with limit period ${limitPeriod}`,
			"OfferingComponent",
			ofOffering({ limitPeriod, limitAmount: 5 }),
		]),
	])("%s", async (_what, table, row) => {
		await expect(insert(gateway().database, table, await row())).resolves.toEqual(expect.any(String));
	});
});

describe("the database refuses", () => {
	const tooLong = /too long/;
	const twice = /duplicate key|unique constraint/i;
	test.each<[string, string, () => Record<string, unknown>, RegExp]>([
		["a component's type of 51 characters", "OfferingComponent", ofOffering({ type: long(51) }), tooLong],
		["a component without a type", "OfferingComponent", ofOffering({ type: "" }), /type_check/],
		["a component's type with a space", "OfferingComponent", ofOffering({ type: "a b" }), /type_check/],
		["a component's type with a full stop", "OfferingComponent", ofOffering({ type: "a.b" }), /type_check/],
		["a component's type with an accent", "OfferingComponent", ofOffering({ type: "é" }), /type_check/],
		["a component's type that ends its line", "OfferingComponent", ofOffering({ type: "cpu\n" }), /type_check/],
		["a component's type with a backslash", "OfferingComponent", ofOffering({ type: "a\\b" }), /type_check/],
		["a component's name of 151 characters", "OfferingComponent", ofOffering({ name: long(151) }), tooLong],
		["a component's unit of 31 characters", "OfferingComponent", ofOffering({ measuredUnit: long(31) }), tooLong],
		["a type of an offering twice", "OfferingComponent", ofOffering({ type: "cpu" }), twice],
		["a billing type that is none", "OfferingComponent", ofOffering({ billingType: "FREE" }), /invalid input value for enum/],
		["a limit period that is none", "OfferingComponent", ofOffering({ limitPeriod: "WEEK" }), /invalid input value for enum/],
		["a type of a category twice", "CategoryComponent", ofCategory({ type: "cpu" }), twice],
		["a category component's type of 51 characters", "CategoryComponent", ofCategory({ type: long(51) }), tooLong],
		["a part without a username", "ComponentUserUsage", part({ username: "" }), /username_check/],
		["a part's username of 101 characters", "ComponentUserUsage", part({ username: long(101) }), tooLong],
		["a negative part", "ComponentUserUsage", part({ usage: "-0.01" }), /usage_check/],
		["a part that is not a number", "ComponentUserUsage", part({ usage: "NaN" }), /usage_check/],
		["a part of 21 digits", "ComponentUserUsage", part({ usage: "1000000000000000000" }), /overflow/],
		["a negative limit", "ComponentUserUsageLimit", limit("-0.01"), /limit_check/],
	])("%s", async (_what, table, row, reason) => {
		await expect(insert(gateway().database, table, row())).rejects.toThrow(reason);
	});

	test.each<[string, string, () => Record<string, unknown>]>([
		["an account's second username at an offering", "OfferingUser", () => ({ offeringUuid: provider.offering, userUuid: account, username: "x" })],
		["a username's second part of a record", "ComponentUserUsage", part({})],
		["an account's second limit on a component of a resource", "ComponentUserUsageLimit", limit("1")],
	])("%s", async (_what, table, row) => {
		const [user] = await gateway().database.rows<{ userUuid: string }>(sql`select "userUuid" from "OfferingUser" where "uuid" = ${account}::uuid`);
		const fields = table === "OfferingUser" ? { ...row(), userUuid: user?.userUuid } : row();
		if (table !== "OfferingUser") await insert(gateway().database, table, fields);
		await expect(insert(gateway().database, table, fields)).rejects.toThrow(twice);
	});

	test("an account's username of 101 characters", async () => {
		await expect(insert(gateway().database, "OfferingUser", await offeringUser(long(101)))).rejects.toThrow(tooLong);
	});

	test("a second record of a resource, a component and a month", async () => {
		await expect(provider.usage(resource, "cpu", "2017-01-01", "2")).rejects.toThrow(twice);
	});

	test.each(["-0.01", "NaN"])("a usage of %s", async (usage) => {
		await expect(provider.usage(resource, "cpu", "2017-02-01", usage)).rejects.toThrow(/usage_check/);
	});
});

test("every stored entity says when it was created and last changed", () => {
	const fieldsOf = (name: string) => Object.keys((schema.getType(name) as GraphQLObjectType).getFields());

	const stored = nodeTypes.map(({ name }) => name).filter(isVisibleModel);

	expect(stored.filter((name) => !fieldsOf(name).includes("created") || !fieldsOf(name).includes("modified"))).toEqual([]);
});
