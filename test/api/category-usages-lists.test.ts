import { beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { nodeId, uuidOf } from "../support/fixture.rows.ts";
import { type Answer, type Data, gatewayForFile } from "../support/gateway.ts";
import { listDocument, makeWorld, type World } from "../support/totals.ts";

const gateway = gatewayForFile();

let world: World;
beforeEach(async () => {
	gateway().setTime("2026-11-20T12:00:00Z");
	world = await makeWorld(gateway());
});

describe("the list of a scope's totals", () => {
	/** cpu and ram in three months, and gpu in the middle one. */
	async function filled() {
		for (const type of ["ram", "cpu", "gpu"]) await world.component(type, type);
		const resource = await world.resource();
		for (const month of ["2026-08-01", "2026-09-01", "2026-10-01"]) {
			for (const type of ["ram", "cpu"]) await world.provider.usage(resource.uuid, type, month, "1");
		}
		await world.provider.usage(resource.uuid, "gpu", "2026-09-01", "1");
		return resource;
	}
	const newestFirst = ["2026-10 cpu", "2026-10 ram", "2026-09 cpu", "2026-09 gpu", "2026-09 ram", "2026-08 cpu", "2026-08 ram"];
	const named = (nodes: Answer[]) => nodes.map(({ date, type }) => `${date.slice(0, 7)} ${type}`);

	test("is newest month first, then by type", async () => {
		expect(named((await world.list("Customer", (await filled()).customer)).nodes)).toEqual(newestFirst);
	});

	test("keeps to the months whose first day lies between the given days, both included", async () => {
		const { customer } = await filled();
		const months = async (filter: Data) => [...new Set(named((await world.list("Customer", customer, { filter })).nodes).map((name) => name.slice(0, 7)))];

		expect(await months({ dateAfter: "2026-09-01" })).toEqual(["2026-10", "2026-09"]);
		expect(await months({ dateAfter: "2026-09-02" })).toEqual(["2026-10"]);
		expect(await months({ dateBefore: "2026-09-01" })).toEqual(["2026-09", "2026-08"]);
		expect(await months({ dateAfter: "2026-09-01", dateBefore: "2026-09-30" })).toEqual(["2026-09"]);
	});

	test("counts what the filter leaves", async () => {
		const { customer } = await filled();
		expect((await world.list("Customer", customer, { filter: { dateAfter: "2026-09-01" } })).totalCount).toBe(5);
	});

	test("is walked page by page from either end", async () => {
		const { customer } = await filled();
		const walk = async (size: Data, cursor: "after" | "before", end: "endCursor" | "startCursor", more: "hasNextPage" | "hasPreviousPage") => {
			const pages: string[][] = [];
			for (
				let page = await world.list("Customer", customer, size);
				;
				page = await world.list("Customer", customer, { ...size, [cursor]: page.pageInfo[end] })
			) {
				pages.push(named(page.nodes));
				if (!page.pageInfo[more]) return pages;
			}
		};

		expect(await walk({ first: 3 }, "after", "endCursor", "hasNextPage")).toEqual([newestFirst.slice(0, 3), newestFirst.slice(3, 6), newestFirst.slice(6)]);
		expect(await walk({ last: 3 }, "before", "startCursor", "hasPreviousPage")).toEqual([
			newestFirst.slice(4),
			newestFirst.slice(1, 4),
			newestFirst.slice(0, 1),
		]);
	});

	test("goes on behind a cursor whose total has gone", async () => {
		const { customer, uuid } = await filled();
		const { pageInfo } = await world.list("Customer", customer, { first: 3 });
		await gateway().database.rows(sql`delete from "ComponentUsage" where "resourceUuid" = ${uuid}::uuid and "billingPeriod" = '2026-09-01' and "type" = 'cpu'`);

		expect(named((await world.list("Customer", customer, { first: 2, after: pageInfo.endCursor })).nodes)).toEqual(["2026-09 gpu", "2026-09 ram"]);
	});

	test.each([
		["first and last together", { first: 1, last: 1 }],
		["no rows", { first: 0 }],
		["more than a hundred rows", { last: 101 }],
		["a cursor of another list", { after: Buffer.from(JSON.stringify(["name,Customer.uuid", "a", uuidOf("Customer", "a")])).toString("base64url") }],
		[
			"a cursor with a day that there is not",
			{ after: Buffer.from(JSON.stringify(["-date,type,categoryComponentUuid", "2026-02-30", "cpu", uuidOf("Customer", "a")])).toString("base64url") },
		],
	])("refuses %s", async (_what, page) => {
		const { customer } = await world.resource();
		const { errors = [] } = await gateway().send(world.staff, listDocument, { scope: nodeId("Customer", customer), ...page });

		expect(errors.map(({ extensions }) => extensions?.["code"])).toEqual(["BAD_USER_INPUT"]);
	});

	test.each([
		["an id of something else", () => nodeId("Offering", world.provider.offering)],
		["an id without a uuid", () => nodeId("Customer", "north")],
		["no id at all", () => "north"],
	])("refuses %s as the scope", async (_what, scope) => {
		const { errors = [] } = await gateway().send(world.staff, listDocument, { scope: scope() });

		expect(errors.map(({ extensions }) => extensions?.["code"])).toEqual(["BAD_USER_INPUT"]);
		expect(gateway().bugs()).toEqual([]);
	});

	test("of a scope that is not there is NOT_FOUND", async () => {
		const { errors = [] } = await gateway().send(world.staff, listDocument, { scope: nodeId("Project", uuidOf("Project", "nowhere")) });
		expect(errors.map(({ extensions }) => extensions?.["code"])).toEqual(["NOT_FOUND"]);
	});
});

describe("a total", () => {
	const byId = `query ($id: ID!) { categoryComponentUsage(id: $id) {
		id date type name measuredUnit reportedUsage fixedUsage category { title } categoryComponent { type } scope { __typename ... on Customer { uuid } ... on Project { uuid name } }
	} }`;
	const one = async (kind: "customer" | "project") => {
		await world.included(await world.component("cpu", "cpu"), "10");
		const resource = await world.resource();
		await world.provider.usage(resource.uuid, "cpu", "2026-10-01", "4");
		await world.provider.planPeriod(resource.uuid, "2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z");
		const [node] = (await world.list(kind === "customer" ? "Customer" : "Project", resource[kind])).nodes;
		return { ...resource, id: node.id as string };
	};
	const figures = { date: "2026-10-01", type: "cpu", name: "All cpu", measuredUnit: "h", reportedUsage: "4", fixedUsage: "10" };
	const links = { category: { title: "Compute" }, categoryComponent: { type: "cpu" } };

	test("of a customer is found again by its id", async () => {
		const { id, customer } = await one("customer");
		expect(await gateway().ask(world.staff, byId, { id })).toEqual({
			categoryComponentUsage: { id, ...figures, ...links, scope: { __typename: "Customer", uuid: customer } },
		});
	});

	test("of a project is found again by its id", async () => {
		const { id, project } = await one("project");
		const scope = { __typename: "Project", uuid: project, name: "Project" };
		expect(await gateway().ask(world.staff, byId, { id })).toEqual({ categoryComponentUsage: { id, ...figures, ...links, scope } });
	});

	test("that is not there, is not the viewer's, or has a malformed id is NOT_FOUND alike", async () => {
		const { id } = await one("customer");
		const text = Buffer.from(id, "base64").toString();
		const encoded = (text: string) => Buffer.from(text).toString("base64");
		const attempts = [
			[world.staff, encoded(text.replace("2026-10", "2026-09"))],
			[world.staff, encoded(text.replace("2026-10-01", "2026-10-02"))],
			[world.staff, encoded(text.replace("Customer", "Project"))],
			[world.staff, encoded(text.replace("Customer", "Offering"))],
			[world.staff, "nothing"],
			[world.staff, ""],
			[world.provider.token, id],
		] as const;
		const answers = await Promise.all(attempts.map(([token, id]) => gateway().send(token, byId, { id })));

		expect(answers.map(({ data, errors }) => [data, errors?.map(({ message, extensions }) => [message, extensions?.["code"]])])).toEqual(
			attempts.map(([, id]) => [{ categoryComponentUsage: null }, [[`CategoryComponentUsage ${id} was not found.`, "NOT_FOUND"]]]),
		);
		expect(gateway().bugs()).toEqual([]);
	});

	test("costs one statement with any number of others", async () => {
		const { customer } = await one("customer");
		const [, { id }] = [
			await world.provider.usage((await world.resource({ customer })).uuid, "cpu", "2026-09-01", "1"),
			(await world.list("Customer", customer)).nodes[1],
		];
		const several = `query ($id: ID!, $other: ID!) { a: categoryComponentUsage(id: $id) { date } b: categoryComponentUsage(id: $other) { date } }`;
		const [newest] = (await world.list("Customer", customer)).nodes;
		const statements = await gateway().statementsOf(async () => {
			expect(await gateway().ask(world.staff, several, { id, other: newest.id })).toEqual({ a: { date: "2026-09-01" }, b: { date: "2026-10-01" } });
		});

		expect(statements.filter((text) => text.includes('"PlanComponent"'))).toHaveLength(1);
	});
});

test("the totals of fifty customers cost one statement, and their count one more", async () => {
	await world.included(await world.component("cpu", "cpu"), "10");
	const uuids: string[] = [];
	for (let index = 0; index < 50; index++) {
		const { uuid, customer } = await world.resource();
		await world.provider.usage(uuid, "cpu", "2026-10-01", String(index));
		uuids.push(customer);
	}
	const document = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer { categoryComponentUsages(first: 5) { totalCount nodes { reportedUsage scope { ... on Customer { name } } category { title } } } } } }`;
	let nodes: Answer[] = [];
	const statements = await gateway().statementsOf(async () => {
		nodes = (await gateway().ask(world.staff, document, { ids: uuids.map((uuid) => nodeId("Customer", uuid)) })).nodes;
	});

	expect(nodes.map((node) => node.categoryComponentUsages.nodes[0].reportedUsage)).toEqual(uuids.map((_, index) => String(index)));
	expect(nodes.map((node) => node.categoryComponentUsages.totalCount)).toEqual(uuids.map(() => 1));
	expect(statements.filter((text) => text.includes('"PlanComponent"'))).toHaveLength(2);
	// The viewer, the customers, a page, its count, the scopes and the categories.
	expect(statements).toHaveLength(6);
});
