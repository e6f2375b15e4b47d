import { getOperationAST, type OperationDefinitionNode, parse } from "graphql";
import { describe, expect, test } from "vitest";
import { schema } from "../../src/schema.ts";
import { costOf } from "../../src/server/limits/cost.ts";

function asked(document: string, variables: Record<string, unknown> = {}) {
	const parsed = parse(document);
	return costOf(schema, parsed, getOperationAST(parsed) as OperationDefinitionNode, variables);
}
const cost = (document: string, variables?: Record<string, unknown>) => asked(document, variables).cost;

describe("an operation costs 1, and 1 for each 10 objects that it may read", () => {
	test.each<[string, string, number, Record<string, unknown>?]>([
		["one row", `{ resource(uuid: "84c3d8b4-7c1e-582d-93d0-cad07cfd302a") { name project { name customer { name } } } }`, 1],
		["a page of 100", "{ resources(first: 100) { nodes { name offering { name } } } }", 1 + 10],
		["a page of 10", "{ resources(first: 10) { nodes { name } } }", 1 + 1],
		["a page of 11", "{ resources(first: 11) { nodes { name } } }", 1 + 2],
		["a page from the end", "{ resources(last: 30) { nodes { name } } }", 1 + 3],
		["a page of no given size, which is 25", "{ resources { nodes { name } } }", 1 + 3],
		["a page of more than there may be, which is refused later", "{ resources(first: 100000) { nodes { name } } }", 1 + 10],
		["a page of a size in a variable", "query ($n: Int) { resources(first: $n) { nodes { name } } }", 1 + 5, { n: 50 }],
		["a page of a size that the variable has by default", "query ($n: Int = 40) { resources(first: $n) { nodes { name } } }", 1 + 4],
		["a page of a size in a variable that is not given", "query ($n: Int) { resources(first: $n) { nodes { name } } }", 1 + 3],
		["pages below pages", "{ resources(first: 20) { nodes { componentUsages(first: 10) { nodes { usage } } } } }", 1 + 2 + 20],
		["pages below edges", "{ resources(first: 20) { edges { node { componentUsages(first: 10) { nodes { usage } } } } } }", 1 + 2 + 20],
		[
			"pages below pages below pages",
			"{ resources(first: 20) { nodes { componentUsages(first: 10) { nodes { userUsages(first: 10) { nodes { usage } } } } } } }",
			1 + 2 + 20 + 200,
		],
		["a short list, which is reckoned with 10", "{ offerings(first: 10) { nodes { components { name } } } }", 1 + 1 + 10],
		["the count of a list", "{ resources(first: 10) { totalCount } }", 1 + 1 + 1],
		["the count of usage records, which grow with every report", "{ componentUsages(first: 10) { totalCount } }", 1 + 1 + 25],
		["the count of their parts", "{ componentUserUsages(first: 10) { ...C } } fragment C on ComponentUserUsageConnection { ... { totalCount } }", 1 + 1 + 50],
		["usage records in another order", "{ componentUsages(first: 10, orderBy: { field: USAGE }) { nodes { usage } } }", 1 + 1 + 10],
		[
			"parts that a variable searches and orders",
			"query ($f: ComponentUserUsageFilter, $o: ComponentUserUsageOrder) { componentUserUsages(first: 10, filter: $f, orderBy: $o) { nodes { usage } } }",
			1 + 1 + 5 + 10,
			{ f: { username: "ann" }, o: { field: "USAGE" } },
		],
		["a piece of a name", `{ resources(first: 10, filter: { search: "ann" }) { nodes { name } } }`, 1 + 1 + 5],
		["one of several offerings", `{ componentUsages(first: 10, filter: { offerings: [] }) { nodes { usage } } }`, 1 + 1 + 10],
		[
			"months from one to another, ordered",
			`{ componentUsages(first: 10, filter: { billingPeriodFrom: "2026-01-01", billingPeriodTo: "2026-02-01" }, orderBy: { field: USAGE }) { nodes { usage } } }`,
			1 + 1 + 10,
		],
		[
			"parts of one of several types among those of some days",
			`{ componentUserUsages(first: 10, filter: { types: ["cpu"], dateAfter: "2026-01-01" }) { nodes { usage } } }`,
			1 + 1 + 8 + 10,
		],
		[
			"one of several offerings, below a page",
			`{ projects(first: 10) { nodes { resources(first: 10, filter: { offerings: [] }) { nodes { componentUsages(first: 10, filter: { types: [] }) { nodes { usage } } } } } } }`,
			1 + 1 + 10 + 100,
		],
		["a piece of a username", `{ componentUserUsages(first: 10, filter: { username: "ann" }) { nodes { usage } } }`, 1 + 1 + 5],
		["parts of a type within some days", `{ componentUserUsages(first: 10, filter: { type: "cpu", dateAfter: "2026-01-01" }) { nodes { usage } } }`, 1 + 1 + 8],
		[
			"parts of a type within some days, below a page",
			`{ resources(first: 10) { nodes { userUsages(first: 10, filter: { type: "cpu", dateBefore: "2026-01-01" }) { nodes { usage } } } } }`,
			1 + 1 + 10,
		],
		["parts within some days", `{ componentUserUsages(first: 10, filter: { dateAfter: "2026-01-01" }) { nodes { usage } } }`, 1 + 1],
		[
			"a piece of a username, below a page",
			`{ resources(first: 10) { nodes { userUsages(first: 10, filter: { username: "ann" }) { nodes { usage } } } } }`,
			1 + 1 + 10 * (1 + 5),
		],
		[
			"the count of their parts, below a page",
			"{ resources(first: 20) { nodes { componentUsages(first: 1) { nodes { userUsages(first: 1) { totalCount } } } } } }",
			1 + 2 + 20 + 20 * (1 + 10),
		],
		["totals of all that there is", "{ usageTotals(groupBy: [MONTH], first: 1000) { nodes { total } } }", 1 + 100 + 100],
		["totals of more groups than there may be, which is refused later", "{ usageTotals(groupBy: [MONTH], first: 5000) { totalCount } }", 1 + 100 + 100 + 1],
		["totals of a customer", `{ usageTotals(groupBy: [MONTH], filter: { customers: ["x"] }) { nodes { total } } }`, 1 + 3 + 30],
		["totals that are compared", "{ usageTotals(groupBy: [MONTH], comparePrevious: true) { nodes { total } } }", 1 + 3 + 200],
		["totals of a piece of a username", `{ usageTotals(groupBy: [MONTH], filter: { username: "ann" }) { nodes { total } } }`, 1 + 3 + 5 + 100],
		["totals below a page", "{ customers(first: 10) { nodes { usageTotals(groupBy: [MONTH], first: 10) { nodes { total } } } } }", 1 + 1 + 10 * (1 + 20)],
		["counts of lists below", "{ customers(first: 10) { nodes { projects(first: 1) { totalCount } } } }", 1 + 1 + 10 * (1 + 1)],
		["what lies beyond a page", "{ resources(first: 10) { pageInfo { hasNextPage endCursor } } }", 1 + 1],
		["a chart", `{ resources(first: 10) { nodes { usageSeries(from: "2026-01-01", to: "2026-12-01") { points { usage } } } } }`, 1 + 1 + 10 * (1 + 10)],
		[
			"as many nodes as ids are given",
			`query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer { projects(first: 10) { nodes { name } } } } }`,
			1 + 3 + 21,
			{ ids: Array(21).fill("x") },
		],
		["aliases, each on its own", "{ a: resources(first: 10) { nodes { name } } b: resources(first: 10) { nodes { name } } }", 1 + 2],
		[
			"fragments, wherever they are used",
			"{ a: resources(first: 10) { ...P } b: resources(first: 100) { ...P } } fragment P on ResourceConnection { nodes { componentUsages(first: 10) { nodes { usage } } } }",
			1 + 1 + 10 + 10 + 100,
		],
		[
			"a fragment that is hidden in others",
			"{ resources(first: 100) { ...A } } fragment A on ResourceConnection { ... { ...B } } fragment B on ResourceConnection { nodes { planPeriods(first: 10) { nodes { start } } } }",
			1 + 10 + 100,
		],
		["the schema as a router composes it", "{ _service { sdl } }", 1 + 50],
		["introspection", "{ __schema { types { name fields { name } } } }", 1 + 50],
		[
			"a report",
			`mutation { setUsage(input: { resource: "x", usages: [{ type: "a", amount: "1" }, { type: "b", amount: "1" }] }) { __typename } }`,
			1 + 10 + 2,
		],
		[
			"many reports",
			"mutation ($input: [SetUsageInput!]!) { setUsages(input: $input) { __typename } }",
			1 + 10 + 200,
			{ input: Array(200).fill({ usages: [] }) },
		],
		["a subscription", "subscription { policyFirings { __typename } }", 1],
	])("%s", (_what, document, expected, variables) => {
		expect(cost(document, variables)).toBe(expected);
	});
});

test("fragments that come to more fields than there are atoms are reckoned at once", () => {
	const levels = Array.from(
		{ length: 60 },
		(_, level) =>
			`fragment F${level} on Resource { a${level}: planPeriods(first: 10) { nodes { resource { ...F${level + 1} } } } b${level}: planPeriods(first: 10) { nodes { resource { ...F${level + 1} } } } }`,
	);
	expect(cost(`{ resources(first: 1) { nodes { ...F0 } } } ${levels.join(" ")} fragment F60 on Resource { name }`)).toBeGreaterThan(1e70);
});

test.each<[string, string, number, Record<string, unknown>?]>([
	["in the document", `{ nodes(ids: [${Array(251).fill('"x"')}]) { id } }`, 251],
	["in a variable", "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", 300, { ids: Array(300).fill("x") }],
	["deep in a variable", "mutation ($input: [SetUsageInput!]!) { setUsages(input: $input) { __typename } }", 251, { input: [{ usages: Array(251).fill({}) }] }],
])("the longest list of an argument is found %s", (_where, document, expected, variables) => {
	expect(asked(document, variables).maxListLength).toBe(expected);
});

test("a value that is nested a hundred thousand deep is looked through", () => {
	expect(asked("query ($x: JSON) { __typename }", { x: JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`) }).maxListLength).toBe(1);
});
