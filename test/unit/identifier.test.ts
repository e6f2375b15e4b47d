import { describe, expect, test } from "vitest";
import { identifierIn } from "../../src/shared/identifier.ts";

const uuid = "6ff0a0f5-57d8-4a4a-a7c4-4d8b6ff5cd41";
const hex = "6ff0a0f557d84a4aa7c44d8b6ff5cd41";
const id = (text: string) => Buffer.from(text).toString("base64");

describe("an object is named", () => {
	test.each([
		["its uuid", uuid, undefined],
		["its uuid without dashes, in capitals", hex.toUpperCase(), undefined],
		["its id", id(`Resource:${uuid}`), "Resource"],
		["Waldur's address of it", `https://waldur.example.com/api/marketplace-resources/${hex}/`, "Resource"],
		["an address without its last slash, on a port", `http://localhost:8000/api/customers/${hex}`, "Customer"],
		["an address of what has no type here", `https://waldur.example.com/api/openstack-instances/${hex}/`, undefined],
		["an address at the root of a host", `https://waldur.example.com/${hex}/`, undefined],
		["an address whose collection is called as what every object has", `https://waldur.example.com/api/constructor/${hex}/`, undefined],
	])("by %s", (_what, text, type) => {
		expect(identifierIn(text)).toEqual({ uuid, type });
	});

	test.each([
		["nothing", ""],
		["a word", "compute"],
		["an id without a uuid", id("Resource:7")],
		["an id of a total", id(`CategoryComponentUsage:Customer:${uuid}:${uuid}:2026-10-01`)],
		["an id with something behind it", `${id(`Resource:${uuid}`)}!`],
		["a type and a uuid that are no id", `Resource:${uuid}`],
		["an address of something below it", `https://waldur.example.com/api/marketplace-resources/${hex}/plan_periods/`],
		["an address with a question", `https://waldur.example.com/api/marketplace-resources/${hex}/?field=name`],
		["a uuid behind something else than an address", `x/${hex}/`],
		["a very long text", "A".repeat(1_000_000)],
		["a very long address", `https://${"/".repeat(100_000)}x`],
	])("not by %s", (_what, text) => {
		expect(identifierIn(text)).toBeUndefined();
	});
});
