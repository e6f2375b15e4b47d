import { expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { type Filter, listOf, requireSingleDemands } from "../../src/reading/declared-list.ts";
import { byName } from "../../src/reading/list.ts";

const has: Filter<string> = { conditions: (value, { column }) => [sql`${column} = ${value}`] };

const listed = (filters: Record<string, Filter<string>>, filter: Record<string, string | null>) =>
	listOf("Resource", { filters, order: byName("Resource") }, { filter }, "UTC");

test("a filter that is absent or null adds nothing to the list", () => {
	const { where, links } = listed({ name: has, state: { ...has, link: "offering" } }, { name: null });

	expect({ where, links }).toEqual({ where: [], links: [] });
});

test("a filter compares the column of its own name, or the one that it names, behind the link that it names", () => {
	const { where, links } = listed({ name: has, offeringName: { ...has, link: "offering", column: "name" } }, { name: "a", offeringName: "b" });

	expect(where.map(({ text }) => text)).toEqual(['"t"."name" = $1', '"t.offering"."name" = $1']);
	expect(links).toEqual(["offering"]);
});

test("a list in which two filters have the viewer see a row is refused when it is declared", () => {
	const sees: Filter<string> = { ...has, sees: "Customer" };

	expect(() => requireSingleDemands({ one: sees, other: has })).not.toThrow();
	expect(() => requireSingleDemands({ one: sees, other: sees })).toThrow("A list has one filter with sees, not one and other.");
});
