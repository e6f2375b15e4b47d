import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { setUsage, setUserUsage } from "../support/documents.ts";
import { nodeId } from "../support/fixture.rows.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";
import { insert } from "../support/insert.ts";
import { person } from "../support/person.ts";
import { makeProvider, type Provider } from "../support/provider.ts";

const gateway = gatewayForFile({ now: "2017-01-10T12:00:00Z" });
let provider: Provider;
let staff: string;
let customer: string;
let project: string;
let resource: string;
let period: string;
let record: string;
let part: string;
let limit: string;

/** Viewers by what they are to the resource, each with a token. */
let viewers: Record<string, string>;

const setRemoved = (isRemoved: boolean) => gateway().database.rows(sql`update "Project" set "isRemoved" = ${isRemoved} where "uuid" = ${project}::uuid`);

const report = async (token: string, amount: string): Promise<Answer> =>
	(await gateway().ask(token, setUsage, { input: { resource, usages: [{ type: "cpu", amount }] } })).setUsage;

beforeEach(async () => {
	gateway().setTime("2017-01-10T12:00:00Z");
	provider = await makeProvider(gateway());
	const category = await insert(gateway().database, "Category", { title: "Computing" });
	const unit = await insert(gateway().database, "CategoryComponent", { categoryUuid: category, type: "hours", name: "Hours" });
	const cpu = await provider.component("cpu");
	await gateway().database.rows(sql`update "OfferingComponent" set "categoryComponentUuid" = ${unit}::uuid where "uuid" = ${cpu}::uuid`);
	await insert(gateway().database, "PlanComponent", { planUuid: provider.plan, componentUuid: cpu, offeringUuid: provider.offering, amount: "3" });
	customer = await provider.customer();
	resource = await provider.resource({ customer });
	const [held] = await gateway().database.rows<{ projectUuid: string }>(sql`select "projectUuid" from "Resource" where "uuid" = ${resource}::uuid`);
	project = held?.projectUuid ?? "";
	period = await provider.planPeriod(resource, "2017-01-01T00:00:00Z", null);
	await provider.policy({ limits: { cpu: 10 } });
	record = (await report(provider.token, "11")).componentUsages[0].uuid;
	const account = await provider.account("alice");
	limit = await provider.limit(resource, "cpu", account, "100");
	part = (await gateway().ask(provider.token, setUserUsage, { input: { componentUsage: record, username: "alice", usage: "1" } })).setUserUsage
		.componentUserUsage.uuid;
	staff = await provider.staffToken();
	viewers = {
		support: await person(gateway(), [], { isSupport: true }),
		"the customer's owner": await person(gateway(), [["CustomerRole", { customerUuid: customer, role: "OWNER" }]]),
		"the project's manager": await person(gateway(), [["ProjectRole", { projectUuid: project, role: "MANAGER" }]]),
		"the provider's owner": provider.token,
	};
});

/** The kinds of objects that belong to the project, with the uuid of one of each. */
const belongings = (): [model: string, lookUp: string | undefined, list: string | undefined, uuid: string][] => [
	["Project", "project", "projects", project],
	["Resource", "resource", "resources", resource],
	["ResourcePlanPeriod", undefined, undefined, period],
	["ComponentUsage", "componentUsage", "componentUsages", record],
	["ComponentUserUsage", "componentUserUsage", "componentUserUsages", part],
	["ComponentUserUsageLimit", "componentUserUsageLimit", "componentUserUsageLimits", limit],
];

const seers = ["support", "the customer's owner", "the project's manager", "the provider's owner"];

/** Which of the kinds the viewer reads: by uuid, by node(id), in the root's lists with their counts. */
async function read(token: string): Promise<string[]> {
	const found: string[] = [];
	for (const [model, lookUp, list, uuid] of belongings()) {
		const id = nodeId(model, uuid);
		const { data: node } = await gateway().send(token, "query ($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }", { id });
		if (node.node !== null || node.nodes[0] !== null) found.push(`${model} by node`);
		if (lookUp === undefined) continue;
		const { data } = await gateway().send(token, `query ($uuid: UUID!) { one: ${lookUp}(uuid: $uuid) { id } }`, { uuid });
		if (data.one !== null) found.push(`${model} by uuid`);
		const { page } = await gateway().ask(token, `{ page: ${list}(first: 100) { totalCount nodes { id } } }`);
		if (page.nodes.some((one: { id: string }) => one.id === id)) found.push(`${model} in a list of ${page.nodes.length === page.totalCount ? "all" : "some"}`);
	}
	return found;
}

const everything = [
	...["Project by node", "Project by uuid", "Project in a list of all"],
	...["Resource by node", "Resource by uuid", "Resource in a list of all"],
	"ResourcePlanPeriod by node",
	...["ComponentUsage by node", "ComponentUsage by uuid", "ComponentUsage in a list of all"],
	...["ComponentUserUsage by node", "ComponentUserUsage by uuid", "ComponentUserUsage in a list of all"],
	...["ComponentUserUsageLimit by node", "ComponentUserUsageLimit by uuid", "ComponentUserUsageLimit in a list of all"],
];

describe("what belongs to a project", () => {
	test.each(seers)("is read by %s, no more once it is removed, and again once it is restored", async (viewer) => {
		const token = viewers[viewer] ?? "";
		expect(await read(token)).toEqual(everything);
		await setRemoved(true);
		expect(await read(token)).toEqual([]);
		await setRemoved(false);
		expect(await read(token)).toEqual(everything);
	});

	test("is read by staff when it is removed", async () => {
		await setRemoved(true);
		expect(await read(staff)).toEqual(everything);
	});

	test("is hidden as well when it is stored in the project after its removal", async () => {
		await setRemoved(true);
		const [late] = await gateway().database.rows<{ uuid: string }>(sql`
			insert into "Resource" ("name", "state", "offeringUuid", "projectUuid", "customerUuid", "planUuid")
			values ('Late', 'OK', ${provider.offering}::uuid, ${project}::uuid, ${customer}::uuid, ${provider.plan}::uuid) returning "uuid"
		`);
		resource = late?.uuid ?? "";
		record = await provider.usage(resource, "cpu", "2017-01-01", "5");
		expect(await read(viewers["the provider's owner"] ?? "")).toEqual([]);
	});

	test("is not reached by a link from what stays: a firing that it caused has no cause, but for staff", async () => {
		const causes = async (token: string) => {
			const document = "query ($offering: UUID) { policyFirings(filter: { offeringUuid: $offering }) { nodes { cause { uuid } } } }";
			return (await gateway().ask(token, document, { offering: provider.offering })).policyFirings.nodes;
		};
		expect(await causes(provider.token)).toEqual([{ cause: { uuid: record } }]);
		await setRemoved(true);
		// Twice: the second time by the plan of the query.
		for (const _time of [1, 2]) expect(await causes(provider.token)).toEqual([{ cause: null }]);
		for (const _time of [1, 2]) expect(await causes(staff)).toEqual([{ cause: { uuid: record } }]);
	});

	test("is no reason to find a firing by its customer: whose record caused it is seen by nobody but staff", async () => {
		const document = "query ($customer: UUID) { policyFirings(filter: { causedByCustomerUuid: $customer }) { totalCount nodes { kind } } }";
		const caused = async (token: string) => (await gateway().ask(token, document, { customer })).policyFirings;
		const one = { totalCount: 1, nodes: [{ kind: "FIRED" }] };
		for (const token of [provider.token, viewers["support"] ?? "", staff]) expect(await caused(token)).toEqual(one);
		await setRemoved(true);
		for (const token of [provider.token, viewers["support"] ?? ""]) expect(await caused(token)).toEqual({ totalCount: 0, nodes: [] });
		expect(await caused(staff)).toEqual(one);
	});

	test("keeps its customer from nobody's eyes, but from the provider's who serves it nowhere else", async () => {
		const sees = async (viewer: string) => {
			const { data } = await gateway().send(viewers[viewer], "query ($uuid: UUID!) { customer(uuid: $uuid) { uuid } }", { uuid: customer });
			return data.customer !== null;
		};
		await setRemoved(true);
		expect([await sees("support"), await sees("the customer's owner")]).toEqual([true, true]);
		expect([await sees("the project's manager"), await sees("the provider's owner")]).toEqual([false, false]);
	});
});

test("an offering that is not on sale any more is hidden from who consumed it in a removed project alone", async () => {
	await gateway().database.rows(sql`update "Offering" set "state" = 'PAUSED' where "uuid" = ${provider.offering}::uuid`);
	const sees = async () => {
		const { data } = await gateway().send(viewers["the customer's owner"], "query ($uuid: UUID!) { offering(uuid: $uuid) { uuid } }", {
			uuid: provider.offering,
		});
		return data.offering !== null;
	};
	expect(await sees()).toBe(true);
	await setRemoved(true);
	expect(await sees()).toBe(false);
});

describe("a removed project counts for staff alone in", () => {
	test.each(["the customer's owner", "support"])("the category totals of its customer, and not for %s", async (viewer) => {
		const totals = async (token: string) => {
			const document = "query ($id: ID!) { categoryComponentUsages(scope: $id) { totalCount nodes { reportedUsage fixedUsage } } }";
			return (await gateway().ask(token, document, { id: nodeId("Customer", customer) })).categoryComponentUsages;
		};
		const own = { totalCount: 1, nodes: [{ reportedUsage: "11", fixedUsage: "3" }] };
		expect(await totals(viewers[viewer] ?? "")).toEqual(own);
		await setRemoved(true);
		expect(await totals(viewers[viewer] ?? "")).toEqual({ totalCount: 0, nodes: [] });
		expect(await totals(staff)).toEqual(own);
	});

	test.each(seers.slice(0, 3))("its own category totals, which are not there for %s", async (viewer) => {
		await setRemoved(true);
		const document = "query ($id: ID!) { categoryComponentUsages(scope: $id) { totalCount } }";
		const { errors } = await gateway().send(viewers[viewer], document, { id: nodeId("Project", project) });
		expect(errors?.[0]?.extensions["code"]).toBe("NOT_FOUND");
		expect((await gateway().ask(staff, document, { id: nodeId("Project", project) })).categoryComponentUsages).toEqual({ totalCount: 1 });
	});
});

test("a removed project's resources are not counted among its customer's", async () => {
	const document = "query ($uuid: UUID!) { customer(uuid: $uuid) { quota(name: NC_RESOURCE_COUNT) { value } } }";
	const count = async () => (await gateway().ask(viewers["the customer's owner"] ?? "", document, { uuid: customer })).customer.quota.value;
	expect(await count()).toBe("1");
	await setRemoved(true);
	expect(await count()).toBe("0");
});

describe("a removed project takes no", () => {
	const settled = { __typename: "RuleError", code: "INVALID_RESOURCE_STATE", message: "Resource is not in valid state: its project was removed." };

	beforeEach(() => setRemoved(true));

	test("reports of its resources: staff are told why, and to anyone else they are not there", async () => {
		expect(await report(staff, "12")).toMatchObject({ ...settled, path: ["input", "resource"] });
		expect(await report(provider.token, "12")).toMatchObject({ code: "NOT_FOUND", path: ["input", "resource"] });
		expect(await gateway().database.rows(sql`select trim_scale("usage")::text as "usage" from "ComponentUsage" where "uuid" = ${record}::uuid`)).toEqual([
			{ usage: "11" },
		]);
	});

	test("parts of its records: staff are told why, and to anyone else they are not there", async () => {
		const input = { componentUsage: record, username: "bob", usage: "1" };
		expect((await gateway().ask(staff, setUserUsage, { input })).setUserUsage).toMatchObject({ ...settled, path: ["input", "componentUsage"] });
		expect((await gateway().ask(provider.token, setUserUsage, { input })).setUserUsage).toMatchObject({ code: "NOT_FOUND" });
	});

	test("new resources", async () => {
		const document = "mutation ($input: CreateResourceInput!) { createResource(input: $input) { ... on Error { code path } } }";
		const { createResource } = await gateway().ask(staff, document, { input: { name: "larch", offering: provider.offering, project } });
		expect(createResource).toEqual({ code: "NOT_FOUND", path: ["input", "project"] });
	});
});

test("a removed project's usage counts for policies as before: their totals are of what was used", async () => {
	await setRemoved(true);
	const document = "query ($offering: UUID) { offeringUsagePolicies(filter: { scopeUuid: $offering }) { nodes { hasFired componentLimits { used } } } }";
	const { offeringUsagePolicies } = await gateway().ask(provider.token, document, { offering: provider.offering });
	expect(offeringUsagePolicies.nodes).toEqual([{ hasFired: true, componentLimits: [{ used: "11" }] }]);
});
