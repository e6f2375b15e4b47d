import { describe, expect, test } from "vitest";
import { Decimal } from "../../src/shared/decimal.ts";
import type { Answer } from "../support/gateway.ts";
import { amounts, measuredGatewayForFile, totals } from "./usage-totals.ts";

const gateway = measuredGatewayForFile();

describe("the largest groups and the rest", () => {
	const cores = ', filter: { types: ["cpu"] }, orderBy: { field: TOTAL, direction: DESC }, withRest: true';

	test("are together what there is, however many are asked for", async () => {
		const all = (await totals(gateway(), "demo_staff", ["RESOURCE"], cores)).nodes;
		const whole = all.reduce((sum: Decimal, { total }: Answer) => sum.plus(total), new Decimal(0));
		for (let first = 1; first <= all.length; first++) {
			const document = `{ usageTotals(groupBy: [RESOURCE], first: ${first} ${cores}) { totalCount rest { groups ${amounts} } nodes { resource { uuid } total records } } }`;
			const { nodes, rest, totalCount } = (await gateway().ask("demo_staff", document)).usageTotals;
			expect(nodes).toEqual(all.slice(0, first).map(({ resource, total, records }: Answer) => ({ resource, total, records })));
			expect([rest.groups, totalCount, rest.measuredUnit]).toEqual([all.length - first, all.length, "h"]);
			expect(nodes.reduce((sum: Decimal, { total }: Answer) => sum.plus(total), new Decimal(rest.total)).toFixed()).toBe(whole.toFixed());
		}
	});

	test("are walked page by page in every order from either end", async () => {
		const window = 'filter: { types: ["cpu"], billingPeriodFrom: "2026-11-01", billingPeriodTo: "2026-11-01" }, comparePrevious: true';
		for (const field of ["TOTAL", "KEY", "CHANGE"]) {
			for (const direction of ["ASC", "DESC"]) {
				const list = (page: string) => `{ usageTotals(groupBy: [PROJECT, OFFERING], ${window}, orderBy: { field: ${field}, direction: ${direction} }, ${page}) {
					edges { cursor node { project { name } offering { name } total } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
				const { edges } = (await gateway().ask("demo_staff", list("first: 100"))).usageTotals;
				const walk = async (size: string, cursor: string, end: string, more: string) => {
					const pages: Answer[][] = [];
					for (let at = ""; ; ) {
						const { usageTotals: page } = await gateway().ask("demo_staff", list(`${size}: 2${at}`));
						pages.push(page.edges);
						if (!page.pageInfo[more]) return pages;
						at = `, ${cursor}: "${page.pageInfo[end]}"`;
					}
				};
				expect((await walk("first", "after", "endCursor", "hasNextPage")).flat(), `${field} ${direction}`).toEqual(edges);
				expect((await walk("last", "before", "startCursor", "hasPreviousPage")).reverse().flat(), `${field} ${direction}`).toEqual(edges);
			}
		}
	});

	test("of nothing are no rest", async () => {
		expect(await totals(gateway(), "demo_stranger", ["RESOURCE"], cores, "rest { groups }")).toEqual({ totalCount: 0, rest: null, nodes: [] });
	});

	test("behind the last group are all before it", async () => {
		const { edges } = (await gateway().ask("demo_staff", `{ usageTotals(groupBy: [RESOURCE], first: 1000 ${cores}) { edges { cursor } } }`)).usageTotals;
		const after = `, after: "${edges.at(-1).cursor}"`;
		expect(await totals(gateway(), "demo_staff", ["RESOURCE"], `${cores} ${after}`, "rest { groups }")).toEqual({
			totalCount: edges.length,
			rest: { groups: edges.length },
			nodes: [],
		});
	});
});

describe("several measured units", () => {
	test("are groups of their own, also under one key", async () => {
		const { nodes } = await totals(gateway(), "demo_staff", ["YEAR"]);
		expect(nodes.map(({ period, measuredUnit }: Answer) => `${period} ${measuredUnit}`)).toEqual(
			["2025", "2026"].flatMap((year) => ["GB", "TB", "h"].map((unit) => `${year}-01-01 ${unit}`)),
		);
	});

	test.each([
		["ordered by TOTAL", "orderBy: { field: TOTAL }"],
		["ordered by CHANGE", 'orderBy: { field: CHANGE }, comparePrevious: true, filter: { billingPeriodFrom: "2026-11-01", billingPeriodTo: "2026-11-01" }'],
		["with a rest", "withRest: true"],
	])("are refused %s, with what to do", async (_what, more) => {
		const { data, errors } = await gateway().send("demo_staff", `{ usageTotals(groupBy: [CUSTOMER], ${more}) { totalCount } viewer { username } }`);
		expect(errors?.map(({ message, extensions, path }) => [message.includes("name types in the filter"), extensions["code"], path])).toEqual([
			[true, "BAD_USER_INPUT", ["usageTotals"]],
		]);
		expect(data).toEqual({ usageTotals: null, viewer: { username: "staff" } });
	});

	test("are no obstacle to who sees one of them, or names types of one", async () => {
		expect(
			(await totals(gateway(), "demo_staff", ["CUSTOMER"], ', filter: { types: ["gb", "tb"] }, orderBy: { field: TOTAL }, withRest: true')).nodes.length,
		).toBe(2);
		expect((await totals(gateway(), "demo_balticowner", ["CUSTOMER"], ", orderBy: { field: TOTAL }")).nodes.length).toBeGreaterThan(0);
	});

	test("of one object do not erase the totals of another", async () => {
		const { data } = await gateway().send(
			"demo_staff",
			"{ resources(first: 100) { nodes { name usageTotals(groupBy: [MONTH], orderBy: { field: TOTAL }) { totalCount } } } }",
		);
		const shown = Object.fromEntries(data.resources.nodes.map(({ name, usageTotals }: Answer) => [name, usageTotals?.totalCount ?? null]));
		expect(shown).toMatchObject({ "n1 compute": null, "n1 storage": 3, "s2 archive": 3 });
	});
});

test.each([
	["no dimension", "groupBy: []"],
	["three dimensions", "groupBy: [MONTH, CUSTOMER, PROJECT]"],
	["more than 1,000 groups", "groupBy: [MONTH], first: 1001"],
	["months that end before they begin", 'groupBy: [MONTH], filter: { billingPeriodFrom: "2026-02-01", billingPeriodTo: "2026-01-31" }'],
	[
		"a comparison with what was before the year 1",
		'groupBy: [MONTH], comparePrevious: true, filter: { billingPeriodFrom: "0001-01-01", billingPeriodTo: "9999-12-31" }',
	],
	["a piece of a username that is too short", 'groupBy: [MONTH], filter: { username: "sv" }'],
	["a cursor of another order", 'groupBy: [MONTH], after: "WyJuYW1lLHV1aWQiLCJhIiwiYiJd"'],
	["a type that no text can be", 'groupBy: [MONTH], filter: { types: ["\\u0000"] }'],
])("is refused as BAD_USER_INPUT: %s", async (_what, args) => {
	const { errors } = await gateway().send("demo_staff", `{ usageTotals(${args}) { totalCount } }`);
	expect(errors?.map(({ extensions }) => extensions["code"])).toEqual(["BAD_USER_INPUT"]);
	expect(gateway().bugs()).toEqual([]);
});

test("the last months that there can be are compared with those before", async () => {
	const { nodes } = await totals(
		gateway(),
		"demo_staff",
		["MONTH"],
		', filter: { billingPeriodFrom: "9999-12-01", billingPeriodTo: "9999-12-31" }, comparePrevious: true',
	);
	expect(nodes).toEqual([]);
});

test("totals are one statement, and one more for each kind of object that they are linked to", async () => {
	const { length } = await gateway().statementsOf(() =>
		totals(gateway(), "demo_staff", ["CUSTOMER", "MONTH"], ', withRest: true, filter: { types: ["cpu"] }', "rest { total }"),
	);
	expect(length).toBe(3); // the first of them signs in
	const below = await gateway().statementsOf(() =>
		gateway().ask("demo_staff", "{ customers(first: 5) { nodes { usageTotals(groupBy: [MONTH]) { nodes { total } } } } }"),
	);
	expect(below.length).toBe(3);
});
