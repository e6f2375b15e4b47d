import { describe, expect, test } from "vitest";
import { type CategoryUsageKey, parsedId, printedId, scopeNamed } from "../../src/domain/category-usage/category-usage.ts";

const scopeUuid = "6ff0a0f5-57d8-4a4a-a7c4-4d8b6ff5cd41";
const categoryComponentUuid = "0c0d1c5a-8d54-4a1f-9b69-1dd4e3e8d9a0";
const key: CategoryUsageKey = { scopeKind: "Customer", scopeUuid, categoryComponentUuid, date: "2026-10-01" };

describe("the id of a total", () => {
	test("holds its scope, its category component and its month", () => {
		expect(parsedId(printedId(key))).toEqual(key);
	});

	test.each([
		["scope", { scopeUuid: categoryComponentUuid }],
		["kind of scope", { scopeKind: "Project" }],
		["category component", { categoryComponentUuid: scopeUuid }],
		["month", { date: "2026-11-01" }],
	] as const)("is another one for another %s", (_what, other) => {
		expect(printedId({ ...key, ...other })).not.toBe(printedId(key));
	});

	test.each([
		["nothing", ""],
		["no base64", "§"],
		["another object's id", Buffer.from(`Customer:${scopeUuid}`).toString("base64")],
		["another kind of scope", printedId({ ...key, scopeKind: "Offering" as never })],
		["a scope that is no uuid", printedId({ ...key, scopeUuid: "north" })],
		["a uuid without its dashes", printedId({ ...key, scopeUuid: scopeUuid.replaceAll("-", "") })],
		["a category component that is no uuid", printedId({ ...key, categoryComponentUuid: "cpu" })],
		["a day in the middle of a month", printedId({ ...key, date: "2026-10-02" })],
		["a thirteenth month", printedId({ ...key, date: "2026-13-01" })],
		["the year 0", printedId({ ...key, date: "0000-10-01" })],
		["something behind the month", `${printedId(key)}!`],
	])("is not read from %s", (_what, id) => {
		expect(parsedId(id)).toBeUndefined();
	});
});

describe("the scope of a list of totals", () => {
	test.each(["Customer", "Project"] as const)("is a %s where its type is said", (typename) => {
		expect(scopeNamed(`${typename}:${scopeUuid}`)).toEqual({ uuid: scopeUuid, kinds: [typename] });
	});

	test("can be of either kind by its uuid alone", () => {
		expect(scopeNamed(scopeUuid)).toEqual({ uuid: scopeUuid, kinds: ["Customer", "Project"] });
	});
});
