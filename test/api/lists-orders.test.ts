import { beforeAll, describe, expect, test } from "vitest";
import { uuidOf } from "../support/fixture.rows.ts";
import { buildFixture } from "../support/fixture.ts";
import { gatewayForFile } from "../support/gateway.ts";

const gateway = gatewayForFile();
beforeAll(async () => {
	await buildFixture(gateway().database);
});

type Node = Record<string, never>;
const nodesOf = async (list: string, args: string, selection: string): Promise<Node[]> =>
	(await gateway().ask("demo_staff", `{ ${list}(first: 100${args}) { nodes { uuid ${selection} } } }`))[list].nodes;

type Compare<Value> = (one: Value, other: Value) => number;
const text: Compare<string> = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
const amount: Compare<string> = (one, other) => Number(one) - Number(other);

/** The rows stand in the order: each is not before its predecessor. */
function expectSorted(nodes: Node[], ...compares: Compare<Node>[]): void {
	const before = nodes.slice(1).filter((node, index) => {
		const previous = nodes[index];
		return previous !== undefined && (compares.map((compare) => compare(previous, node)).find((order) => order !== 0) ?? 0) > 0;
	});
	expect(before).toEqual([]);
	expect(nodes.length).toBeGreaterThan(1);
}

const by =
	(value: (node: Node) => string, compare = text): Compare<Node> =>
	(one, other) =>
		compare(value(one), value(other));
const descending =
	(compare: Compare<Node>): Compare<Node> =>
	(one, other) =>
		-compare(one, other);

const orders: [list: string, field: string, selection: string, order: Compare<Node>][] = [
	["componentUsages", "BILLING_PERIOD", "billingPeriod", by(({ billingPeriod = "" }) => billingPeriod)],
	["componentUsages", "USAGE", "usage", by(({ usage = "" }) => usage, amount)],
	["componentUserUsages", "BILLING_PERIOD", "componentUsage { billingPeriod }", by(({ componentUsage }) => componentUsage?.["billingPeriod"] ?? "")],
	["componentUserUsages", "USAGE", "usage", by(({ usage = "" }) => usage, amount)],
	["componentUserUsages", "USERNAME", "username", by(({ username = "" }) => username)],
	["componentUsages", "DATE", "date", by(({ date = "" }) => date)],
	["componentUserUsages", "DATE", "componentUsage { date }", by(({ componentUsage }) => componentUsage?.["date"] ?? "")],
	["componentUserUsageLimits", "LIMIT", "limit", by(({ limit = "" }) => limit, amount)],
	["offeringUsagePolicies", "OFFERING", "scope { name }", by(({ scope }) => scope?.["name"] ?? "")],
	["categories", "TITLE", "title", by(({ title = "" }) => title)],
	["customers", "NAME", "name", by(({ name = "" }) => name)],
	["projects", "NAME", "name", by(({ name = "" }) => name)],
	["offerings", "NAME", "name", by(({ name = "" }) => name)],
	...["categories", "componentUserUsageLimits", "customers", "notifications", "offeringUsagePolicies", "offerings", "policyFirings", "projects"].map(
		(list): (typeof orders)[number] => [list, "CREATED", "created", by(({ created = "" }) => created)],
	),
	["resources", "NAME", "name", by(({ name = "" }) => name)],
	["resources", "CREATED", "created", by(({ created = "" }) => created)],
];

describe.each(orders)("%s by %s", (list, field, selection, order) => {
	const ordered = (direction: string) => nodesOf(list, `, orderBy: { field: ${field}${direction} }`, selection);

	test("ascend unless told otherwise", async () => {
		const nodes = await ordered("");

		expectSorted(nodes, order);
		expect(nodes).toEqual(await ordered(", direction: ASC"));
	});

	test("descend, exactly the other way round", async () => {
		const nodes = await ordered(", direction: DESC");

		expectSorted(nodes, descending(order));
		expect(nodes).toEqual((await ordered("")).reverse());
	});
});

const newest = descending(by(({ created = "" }) => created));
const name = by(({ name = "" }) => name);

const defaults: [sentence: string, list: string, selection: string, ...Compare<Node>[]][] = [
	["usages: newest report first, then by type", "componentUsages", "date type", descending(by(({ date = "" }) => date)), by(({ type = "" }) => type)],
	[
		"parts of usages: newest report first, then by type",
		"componentUserUsages",
		"componentUsage { date type }",
		descending(by(({ componentUsage }) => componentUsage?.["date"] ?? "")),
		by(({ componentUsage }) => componentUsage?.["type"] ?? ""),
	],
	["per-user limits: newest first", "componentUserUsageLimits", "created", newest],
	["policies: newest first", "offeringUsagePolicies", "created", newest],
	["notifications: newest first", "notifications", "created", newest],
	["firings: newest first", "policyFirings", "created", newest],
	["resources by name", "resources", "name", name],
	["projects by name", "projects", "name", name],
	["offerings by name", "offerings", "name", name],
	["customers by name", "customers", "name", name],
	["categories by title", "categories", "title", by(({ title = "" }) => title)],
];

test.each(defaults)("without an order asked for, %s", async (_sentence, list, selection, ...order) => {
	expectSorted(await nodesOf(list, "", selection), ...order);
});

test("the parts of one usage record stand by username, unless another order is asked for", async () => {
	const usage = uuidOf("ComponentUsage", "n1 compute cpu 2026-11-01");
	const { componentUsage } = await gateway().ask(
		"demo_staff",
		`{ componentUsage(uuid: "${usage}") { userUsages { nodes { username } } backwards: userUsages(orderBy: { field: USERNAME, direction: DESC }) { nodes { username } } } }`,
	);

	expect(componentUsage.userUsages.nodes).toEqual([{ username: "ann" }, { username: "guest" }]);
	expect(componentUsage.backwards.nodes).toEqual([{ username: "guest" }, { username: "ann" }]);
});

test("the accounts of an offering stand in either direction, and are found by a part of their names", async () => {
	const accounts = async (args: string) =>
		(
			await gateway().ask("demo_staff", `{ offering(uuid: "${uuidOf("Offering", "compute")}") { users(${args}) { nodes { username } } } }`)
		).offering.users.nodes.map(({ username }: { username: string }) => username);

	expect(await accounts("orderBy: { field: CREATED, direction: DESC }")).toEqual((await accounts("first: 9")).reverse());
	expect(await accounts('filter: { search: "VEN" }')).toEqual(["sven"]);
	expect(await accounts('filter: { search: "ven" }, username: "ann"')).toEqual([]);
	expect(await accounts("filter: { isRestricted: true }")).toEqual([]);
});

test("the roles of a viewer, and monthly totals, stand in the order that is asked for", async () => {
	const { viewer, customer } = await gateway().ask(
		"demo_northowner",
		`{ viewer { customers(orderBy: { field: CREATED }, filter: { roles: [OWNER] }) { nodes { role } } none: customers(filter: { roles: [] }) { totalCount } }
		customer(uuid: "${uuidOf("Customer", "north")}") { categoryComponentUsages(orderBy: { field: BILLING_PERIOD, direction: ASC }) { nodes { date } } } }`,
	);
	expect(viewer).toEqual({ customers: { nodes: [{ role: "OWNER" }] }, none: { totalCount: 0 } });
	const months = customer.categoryComponentUsages.nodes.map(({ date }: { date: string }) => date);
	expect(months).toEqual([...months].sort());
});

test("a filter up to the last day of all leaves nothing out", async () => {
	const { componentUsages } = await gateway().ask("demo_staff", '{ componentUsages(filter: { dateBefore: "9999-12-31" }) { totalCount } }');

	expect(componentUsages.totalCount).toBe(39);
});
