import { beforeAll, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { Decimal } from "../../src/shared/decimal.ts";
import { uuidOf } from "../support/fixture.rows.ts";
import { whoSeesWhat } from "../support/fixture.sees.ts";
import { buildFixture } from "../support/fixture.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";

const gateway = gatewayForFile();

/** Units by type: cores and memory are measured apart, and both kinds of disks alike. */
const units: Readonly<Record<string, string>> = { cpu: "h", ram: "GB", gb: "TB", tb: "TB" };

beforeAll(async () => {
	const { database } = gateway();
	await buildFixture(database);
	for (const [type, unit] of Object.entries(units)) await database.rows(sql`update "OfferingComponent" set "measuredUnit" = ${unit} where "type" = ${type}`);
});

/** The keys of a group, as they are asked for. */
const keysOf = {
	MONTH: "period",
	QUARTER: "period",
	YEAR: "period",
	CUSTOMER: "customer { uuid }",
	PROJECT: "project { uuid }",
	RESOURCE: "resource { uuid }",
	OFFERING: "offering { uuid }",
	PROVIDER: "provider { uuid }",
	CATEGORY: "category { uuid }",
	COMPONENT_TYPE: "componentType",
	USERNAME: "username",
} as const;

type Dimension = keyof typeof keysOf;

const dimensions = Object.keys(keysOf) as Dimension[];

/** The key that a record, or a part with its record, has: what a client that adds up itself would go by. */
const keyOf: Readonly<Record<Dimension, (record: Answer, part: Answer) => string>> = {
	MONTH: ({ billingPeriod }) => billingPeriod,
	QUARTER: ({ billingPeriod }) => `${billingPeriod.slice(0, 5)}${String(Math.floor((Number(billingPeriod.slice(5, 7)) - 1) / 3) * 3 + 1).padStart(2, "0")}-01`,
	YEAR: ({ billingPeriod }) => `${billingPeriod.slice(0, 4)}-01-01`,
	CUSTOMER: ({ resource }) => resource.customer.uuid,
	PROJECT: ({ resource }) => resource.project.uuid,
	RESOURCE: ({ resource }) => resource.uuid,
	OFFERING: ({ resource }) => resource.offering.uuid,
	PROVIDER: ({ resource }) => resource.offering.provider.uuid,
	CATEGORY: ({ resource }) => resource.offering.category.uuid,
	COMPONENT_TYPE: ({ type }) => type,
	USERNAME: (_record, part) => part.username,
};

const recordFields =
	"usage type billingPeriod component { measuredUnit } resource { uuid customer { uuid } project { uuid } offering { uuid provider { uuid } category { uuid } } }";

/** Every record, or part, that the viewer can list. */
async function listed(token: string, list: "componentUsages" | "componentUserUsages"): Promise<Answer[]> {
	const fields = list === "componentUsages" ? recordFields : `usage username componentUsage { ${recordFields} }`;
	const found: Answer[] = [];
	for (let after: string | null = null, more = true; more; ) {
		const { page } = await gateway().ask(
			token,
			`query ($after: String) { page: ${list}(first: 100, after: $after) { nodes { ${fields} } pageInfo { hasNextPage endCursor } } }`,
			{ after },
		);
		found.push(...page.nodes);
		after = page.pageInfo.endCursor;
		more = page.pageInfo.hasNextPage;
	}
	return found;
}

/** "keys unit total records" of each group that the listed records make, sorted. */
function added(found: readonly Answer[], groupBy: readonly Dimension[]): string[] {
	const groups = new Map<string, { total: Decimal; records: number }>();
	for (const one of found) {
		const record = one.componentUsage ?? one;
		const key = [...groupBy.map((dimension) => keyOf[dimension](record, one)), record.component.measuredUnit].join(" ");
		const { total, records } = groups.get(key) ?? { total: new Decimal(0), records: 0 };
		groups.set(key, { total: total.plus(one.usage), records: records + 1 });
	}
	return [...groups].map(([key, { total, records }]) => `${key} ${total.toFixed()} ${records}`).sort();
}

/** The same as it is answered. */
function answered(nodes: readonly Answer[], groupBy: readonly Dimension[]): string[] {
	const text = (value: string | { uuid: string }) => (typeof value === "string" ? value : value.uuid);
	return nodes
		.map((node) =>
			[...groupBy.map((dimension) => text(node[keysOf[dimension].split(" ")[0] as string])), node.measuredUnit, node.total, node.records].join(" "),
		)
		.sort();
}

const amounts = "measuredUnit total records previousTotal change";

async function totals(token: string, groupBy: readonly Dimension[], more = "", fields = ""): Promise<Answer> {
	const keys = [...new Set(groupBy.map((dimension) => keysOf[dimension]))].join(" ");
	const document = `{ usageTotals(groupBy: [${groupBy}], first: 1000 ${more}) { totalCount ${fields} nodes { ${keys} ${amounts} } } }`;
	return (await gateway().ask(token, document)).usageTotals;
}

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
		const [records, parts] = [await listed(token, "componentUsages"), await listed(token, "componentUserUsages")];
		for (const groupBy of [...dimensions.map((dimension) => [dimension]), ...pairs]) {
			const expected = added(groupBy.includes("USERNAME") ? parts : records, groupBy);
			const { nodes, totalCount } = await totals(token, groupBy);
			expect(answered(nodes, groupBy), groupBy.join()).toEqual(expected);
			expect(totalCount).toBe(expected.length);
		}
	});

	test("gets the same of each object that they see, in one statement for all of a kind", async () => {
		const records = await listed(token, "componentUsages");
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
		const everything = await listed("demo_staff", "componentUsages");
		const own = await listed(token, "componentUsages");
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
				const { nodes } = await totals(token, ["MONTH"], `, filter: { ${filter}: ["${uuid}"] }`);
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
			(await listed("demo_staff", list)).filter((one) => matches(one.componentUsage ?? one)),
			["MONTH"],
		);
	const found = async (filter: string) => answered((await totals("demo_staff", ["MONTH"], `, filter: { ${filter} }`)).nodes, ["MONTH"]);

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
		const parts = (await listed("demo_staff", "componentUserUsages")).filter(({ username }) => username === "sven");
		expect(await found('username: "SVE"')).toEqual(added(parts, ["MONTH"]));
	});
});

describe("a comparison", () => {
	const window = '{ types: ["cpu"], billingPeriodFrom: "2026-11-01", billingPeriodTo: "2026-11-30" }';

	test("is with as many months before, group by group, exactly", async () => {
		const records = (await listed("demo_staff", "componentUsages")).filter(({ type }) => type === "cpu");
		const sum = (customer: string, month: string) =>
			records
				.filter((record) => record.billingPeriod === month && record.resource.customer.uuid === customer)
				.reduce((total, { usage }) => total.plus(usage), new Decimal(0));
		const { nodes } = await totals("demo_staff", ["CUSTOMER"], `, filter: ${window}, comparePrevious: true`);
		expect(nodes.length).toBe(2);
		for (const { customer, total, previousTotal, change } of nodes) {
			const [now, before] = [sum(customer.uuid, "2026-11-01"), sum(customer.uuid, "2026-10-01")];
			expect({ total, previousTotal, change }).toEqual({ total: now.toFixed(), previousTotal: before.toFixed(), change: now.minus(before).toFixed() });
		}
	});

	test("stands beside the period that is as many months later", async () => {
		const { nodes } = await totals(
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
		const { nodes } = await totals("demo_staff", ["RESOURCE"], `, filter: ${filter}, comparePrevious: true, orderBy: { field: CHANGE }`);
		const [{ usage }] = (await listed("demo_staff", "componentUsages")).filter(
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

describe("the largest groups and the rest", () => {
	const cores = ', filter: { types: ["cpu"] }, orderBy: { field: TOTAL, direction: DESC }, withRest: true';

	test("are together what there is, however many are asked for", async () => {
		const all = (await totals("demo_staff", ["RESOURCE"], cores)).nodes;
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
		expect(await totals("demo_stranger", ["RESOURCE"], cores, "rest { groups }")).toEqual({ totalCount: 0, rest: null, nodes: [] });
	});

	test("behind the last group are all before it", async () => {
		const { edges } = (await gateway().ask("demo_staff", `{ usageTotals(groupBy: [RESOURCE], first: 1000 ${cores}) { edges { cursor } } }`)).usageTotals;
		const after = `, after: "${edges.at(-1).cursor}"`;
		expect(await totals("demo_staff", ["RESOURCE"], `${cores} ${after}`, "rest { groups }")).toEqual({
			totalCount: edges.length,
			rest: { groups: edges.length },
			nodes: [],
		});
	});
});

describe("several measured units", () => {
	test("are groups of their own, also under one key", async () => {
		const { nodes } = await totals("demo_staff", ["YEAR"]);
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
		expect((await totals("demo_staff", ["CUSTOMER"], ', filter: { types: ["gb", "tb"] }, orderBy: { field: TOTAL }, withRest: true')).nodes.length).toBe(2);
		expect((await totals("demo_balticowner", ["CUSTOMER"], ", orderBy: { field: TOTAL }")).nodes.length).toBeGreaterThan(0);
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
		"demo_staff",
		["MONTH"],
		', filter: { billingPeriodFrom: "9999-12-01", billingPeriodTo: "9999-12-31" }, comparePrevious: true',
	);
	expect(nodes).toEqual([]);
});

test("totals are one statement, and one more for each kind of object that they are linked to", async () => {
	const { length } = await gateway().statementsOf(() =>
		totals("demo_staff", ["CUSTOMER", "MONTH"], ', withRest: true, filter: { types: ["cpu"] }', "rest { total }"),
	);
	expect(length).toBe(3); // the first of them signs in
	const below = await gateway().statementsOf(() =>
		gateway().ask("demo_staff", "{ customers(first: 5) { nodes { usageTotals(groupBy: [MONTH]) { nodes { total } } } } }"),
	);
	expect(below.length).toBe(3);
});
