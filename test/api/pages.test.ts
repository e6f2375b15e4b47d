import { getNamedType, isEnumType, isInputObjectType } from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import type { VisibleModel } from "../../src/access/visibility.ts";
import { type ListField, listFieldsOf, nodeTypes, typeNamed } from "../support/fixture.fields.ts";
import { insert, nodeId, type Thing, uuidOf } from "../support/fixture.rows.ts";
import { buildFixture } from "../support/fixture.ts";
import { type Answer, gatewayForFile } from "../support/gateway.ts";

const gateway = gatewayForFile();
let things: readonly Thing[];
beforeAll(async () => {
	things = await buildFixture(gateway().database);
	// A resource that has run under a plan several times, all recorded at one moment.
	const period = { resourceUuid: uuidOf("Resource", "n1 compute"), planUuid: uuidOf("Plan", "compute"), created: "2026-01-01T00:00:00.000Z" };
	const uuids = ["a", "b", "c", "d"].map((name) => uuidOf("ResourcePlanPeriod", name));
	await insert(
		gateway().database,
		"ResourcePlanPeriod",
		uuids.map((uuid) => ({ uuid, ...period })),
	);
});

/** The orders that a list can be asked for, as arguments; the default one first. */
function ordersOf({ on, name }: ListField): string[] {
	const input = typeNamed(on)
		.getFields()
		[name]?.args.find((arg) => arg.name === "orderBy");
	const type = input === undefined ? undefined : getNamedType(input.type);
	const field = isInputObjectType(type) ? getNamedType(type.getFields()["field"]?.type) : undefined;
	const values = isEnumType(field) ? field.getValues().map((value) => value.name) : [];
	return ["", ...values.flatMap((value) => ["ASC", "DESC"].map((direction) => `orderBy: { field: ${value}, direction: ${direction} }`))];
}

interface Edge {
	readonly cursor: string;
	readonly node: { readonly uuid: string };
}

interface Page {
	readonly edges: readonly Edge[];
	readonly nodes: readonly Edge["node"][];
	readonly pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
	readonly totalCount: number;
}

const selection = "{ totalCount edges { cursor node { uuid } } nodes { uuid } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }";

/** How a page of the list is read: at the root, or below the parent that has the most rows. */
async function reader(viewer: string, { on, name }: ListField, order: string): Promise<(paging: string) => Promise<Page>> {
	const field = (paging: string) => `${name}(${[paging, order].filter(Boolean).join(", ")}) ${selection}`;
	const ask = (document: string): Promise<Answer> => gateway().ask(`demo_${viewer}`, document);
	if (on === "Query") return async (paging) => (await ask(`{ ${field(paging)} }`))[name];
	const ids = things.filter(({ model }) => model === on).map((thing) => nodeId(on, uuidOf(on as VisibleModel, thing.name)));
	const { nodes } = await ask(`{ nodes(ids: ${JSON.stringify(ids)}) { id ... on ${on} { ${name}(first: 1) { totalCount } } } }`);
	const counts: [string, number][] = nodes.filter(Boolean).map((node: Record<string, never>) => [node["id"], node[name]?.["totalCount"] ?? 0]);
	const [[fullest]] = counts.sort(([, one], [, other]) => other - one) as [[string, number]];
	return async (paging) => (await ask(`{ node(id: "${fullest}") { ... on ${on} { ${field(paging)} } } }`)).node[name];
}

const connections = ["Query", ...nodeTypes.map(({ name }) => name)].flatMap(listFieldsOf).filter(({ isConnection }) => isConnection);
const walks = connections.flatMap((list) => ordersOf(list).map((order) => ({ ...list, order, list })));

describe.each(walks)("$on.$name $order", ({ list, order }) => {
	test.each([1, 2, 3])("in pages of %i, forwards and backwards, has the same rows in the same order as one page", async (size) => {
		const page = await reader("staff", list, order);
		const { edges, nodes, totalCount, pageInfo } = await page("first: 100");
		expect(edges.length).toBeGreaterThan(1);
		expect(nodes).toEqual(edges.map(({ node }) => node));
		expect(totalCount).toBe(edges.length);
		expect(new Set(edges.map(({ node }) => node.uuid)).size).toBe(edges.length);
		expect(pageInfo).toEqual({ hasNextPage: false, hasPreviousPage: false, startCursor: edges[0]?.cursor, endCursor: edges.at(-1)?.cursor });

		const forwards: Edge[] = [];
		for (let start = 0; start < edges.length; start += size) {
			const part = await page(`first: ${size}${start === 0 ? "" : `, after: "${forwards.at(-1)?.cursor}"`}`);
			forwards.push(...part.edges);
			expect(part.pageInfo).toMatchObject({ hasNextPage: start + size < edges.length, hasPreviousPage: start > 0, endCursor: part.edges.at(-1)?.cursor });
		}
		expect(forwards).toEqual(edges);

		const backwards: Edge[] = [];
		for (let left = edges.length; left > 0; left -= size) {
			const part = await page(`last: ${size}${left === edges.length ? "" : `, before: "${backwards[0]?.cursor}"`}`);
			backwards.unshift(...part.edges);
			expect(part.pageInfo).toMatchObject({ hasPreviousPage: left > size, hasNextPage: left < edges.length, startCursor: part.edges[0]?.cursor });
		}
		expect(backwards).toEqual(edges);
	});
});

test.each(["northowner", "ann", "alpinesupport", "computemanager"])("%s pages through what they see alone", async (viewer) => {
	for (const list of connections.filter(({ on }) => on === "Query")) {
		const page = await reader(viewer, list, "");
		const { edges } = await page("first: 100");
		const seen: Edge[] = [];
		for (let more = true; more; ) {
			const part = await page(`first: 2${seen.length === 0 ? "" : `, after: "${seen.at(-1)?.cursor}"`}`);
			seen.push(...part.edges);
			more = part.pageInfo.hasNextPage;
		}
		expect(seen).toEqual(edges);
	}
});

test("between two cursors lie the rows between them", async () => {
	const page = await reader("staff", { on: "Query", name: "componentUsages", model: "ComponentUsage", isConnection: true }, "");
	const { edges } = await page("first: 100");
	const between = `after: "${edges[3]?.cursor}", before: "${edges[9]?.cursor}"`;

	expect((await page(`first: 100, ${between}`)).edges).toEqual(edges.slice(4, 9));
	expect((await page(`first: 2, ${between}`)).edges).toEqual(edges.slice(4, 6));
	expect((await page(`last: 2, ${between}`)).edges).toEqual(edges.slice(7, 9));
});

test("a page holds 25 rows unless told otherwise", async () => {
	const { componentUsages } = await gateway().ask("demo_staff", "{ componentUsages { nodes { uuid } pageInfo { hasNextPage } } }");

	expect([componentUsages.nodes.length, componentUsages.pageInfo.hasNextPage]).toEqual([25, true]);
});
