import { describe, expect, test } from "vitest";
import { type CategoryUsageKey, parsedId, printedId, requiredScope } from "../../src/domain/category-usage/category-usage.ts";

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
	test.each(["Customer", "Project"] as const)("is a %s by its id", (typename) => {
		expect(requiredScope({ typename, id: scopeUuid })).toEqual({ kind: typename, uuid: scopeUuid });
	});

	test.each([
		["another kind of object", { typename: "Offering", id: scopeUuid }],
		["an id without a uuid", { typename: "Customer", id: "north" }],
	])("is refused when it is %s", (_what, scope) => {
		expect(() => requiredScope(scope)).toThrow("scope must be the id of a customer or a project, as it was answered.");
	});
});
