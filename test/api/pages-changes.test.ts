import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { insert, uuidOf } from "../support/fixture.rows.ts";
import { buildFixture } from "../support/fixture.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";

let gateway: Gateway;
beforeEach(async () => {
	gateway = await startGateway();
	await buildFixture(gateway.database);
});
afterEach(() => gateway.stop());

interface Page {
	readonly nodes: readonly { uuid: string }[];
	readonly pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
}

const orders = ["", ", orderBy: { field: USAGE, direction: DESC }", ", orderBy: { field: BILLING_PERIOD }"];

const pageOf = async (paging: string, order: string): Promise<Page> =>
	(
		await gateway.ask(
			"demo_staff",
			`{ page: componentUsages(${paging}${order}) { nodes { uuid } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
		)
	).page;
const remove = (uuids: readonly string[]) => gateway.database.rows(sql`delete from "ComponentUsage" where "uuid" = any(${[...uuids]}::uuid[])`);

describe.each(orders)("in the order%s,", (order) => {
	test("a page goes on although the row of its cursor is gone, forwards", async () => {
		const { nodes } = await pageOf("first: 100", order);
		const { pageInfo } = await pageOf("first: 5", order);
		await remove(nodes.slice(2, 6).map(({ uuid }) => uuid));

		const next = await pageOf(`first: 4, after: "${pageInfo.endCursor}"`, order);
		expect(next.nodes).toEqual(nodes.slice(6, 10));
		expect(next.pageInfo.hasNextPage).toBe(true);
	});

	test("and backwards", async () => {
		const { nodes } = await pageOf("first: 100", order);
		const { pageInfo } = await pageOf("last: 5", order);
		await remove(nodes.slice(-6, -3).map(({ uuid }) => uuid));

		const previous = await pageOf(`last: 4, before: "${pageInfo.startCursor}"`, order);
		expect(previous.nodes).toEqual(nodes.slice(-10, -6));
		expect(previous.pageInfo.hasPreviousPage).toBe(true);
	});

	test("rows that come in before the cursor shift nothing", async () => {
		const { nodes } = await pageOf("first: 100", order);
		const { pageInfo } = await pageOf("first: 5", order);
		const resource = { offeringUuid: uuidOf("Offering", "compute"), projectUuid: uuidOf("Project", "n1"), customerUuid: uuidOf("Customer", "north") };
		await insert(gateway.database, "ComponentUsage", [
			{
				uuid: uuidOf("ComponentUsage", "new"),
				resourceUuid: uuidOf("Resource", "n1 compute"),
				componentUuid: uuidOf("OfferingComponent", "compute cpu"),
				...resource,
				type: "cpu",
				usage: "1000000",
				date: "2026-11-20T11:59:59.999Z",
				billingPeriod: "2024-01-01",
			},
		]);

		expect((await pageOf("first: 1", order)).nodes).toEqual([{ uuid: uuidOf("ComponentUsage", "new") }]);
		expect((await pageOf(`first: 4, after: "${pageInfo.endCursor}"`, order)).nodes).toEqual(nodes.slice(5, 9));
	});

	test("the last page says so when the rows behind it are gone meanwhile", async () => {
		const { nodes } = await pageOf("first: 100", order);
		const { pageInfo } = await pageOf("first: 5", order);
		await remove(nodes.slice(5).map(({ uuid }) => uuid));

		const next = await pageOf(`first: 4, after: "${pageInfo.endCursor}"`, order);
		expect([next.nodes, next.pageInfo.hasNextPage, next.pageInfo.endCursor]).toEqual([[], false, null]);
	});
});

test("rows that are equal in all but their uuid are neither lost nor repeated, however many they are", async () => {
	await insert(
		gateway.database,
		"Customer",
		Array.from({ length: 60 }, (_, index) => ({ uuid: uuidOf("Customer", `twin ${index}`), name: "twin" })),
	);
	const seen: string[] = [];
	for (let after: string | null = null, more = true; more; ) {
		const { customers } = await gateway.ask(
			"demo_staff",
			"query ($after: String) { customers(first: 7, after: $after) { nodes { uuid } pageInfo { hasNextPage endCursor } } }",
			{ after },
		);
		seen.push(...customers.nodes.map(({ uuid }: { uuid: string }) => uuid));
		after = customers.pageInfo.endCursor;
		more = customers.pageInfo.hasNextPage;
	}

	expect([seen.length, new Set(seen).size]).toEqual([65, 65]);
});

test("names sort and page on whatever characters they have", async () => {
	const names = ["", " ", "Zürich", "zurich", "Ω", "'; --", '"', "a\\b", "emoji 🎉", "line\nbreak", "%", "_", "İ"];
	await insert(
		gateway.database,
		"Customer",
		names.map((name, index) => ({ uuid: uuidOf("Customer", `odd ${index}`), name })),
	);
	const all = (await gateway.ask("demo_staff", "{ customers(first: 100) { edges { cursor node { name } } } }")).customers.edges;

	expect(all.length).toBe(names.length + 5);
	for (const [index, { cursor }] of all.entries()) {
		const { customers } = await gateway.ask("demo_staff", "query ($after: String) { customers(first: 1, after: $after) { edges { cursor node { name } } } }", {
			after: cursor,
		});
		expect(customers.edges).toEqual(all.slice(index + 1, index + 2));
	}
});
