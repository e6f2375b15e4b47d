import { beforeAll, describe, expect, test } from "vitest";
import type { VisibleModel } from "../../src/access/visibility.ts";
import { listFieldsOf, nodeTypes, typeNamed } from "../support/fixture.fields.ts";
import { nodeId, type Thing, uuidOf } from "../support/fixture.rows.ts";
import { namesSeen, nothing, type Row, whoSeesWhat } from "../support/fixture.sees.ts";
import { buildFixture } from "../support/fixture.ts";
import { gatewayForFile } from "../support/gateway.ts";

const gateway = gatewayForFile();
let things: readonly Thing[];
beforeAll(async () => {
	things = await buildFixture(gateway().database);
});

/** The names of what must be seen of a model. */
const expected = (row: Row, model: VisibleModel) => namesSeen(row, model, things);

const namesOf = (some: readonly Thing[]) => some.map(({ name }) => name).sort();
const ofModel = (model: string) => things.filter((thing) => thing.model === model);
/** Names of the uuids; a uuid of nothing in the fixture stands for itself. */
const named = (model: string, uuids: readonly string[]) => {
	const names = new Map(ofModel(model).map(({ name }) => [uuidOf(model as VisibleModel, name), name]));
	return uuids.map((uuid) => names.get(uuid) ?? uuid).sort();
};
const uuids = (nodes: { uuid: string }[]) => nodes.map(({ uuid }) => uuid);

const rootLists = listFieldsOf("Query");
const rootObjects = Object.values(typeNamed("Query").getFields()).filter(({ args }) => args.length === 1 && args[0]?.name === "uuid");

describe.each(Object.entries(whoSeesWhat))("%s", (_sentence, row) => {
	const token = `demo_${row.viewer}`;

	test.each(rootLists)("in $name, page by page, and in its totalCount", async ({ name, model }) => {
		const seen: string[] = [];
		const totals = new Set<number>();
		for (let after: string | null = null, more = true; more; ) {
			const { page } = await gateway().ask(
				token,
				`query ($after: String) { page: ${name}(first: 7, after: $after) { totalCount nodes { uuid } pageInfo { hasNextPage endCursor } } }`,
				{ after },
			);
			seen.push(...uuids(page.nodes));
			totals.add(page.totalCount);
			after = page.pageInfo.endCursor;
			more = page.pageInfo.hasNextPage;
		}

		expect(named(model, seen)).toEqual(expected(row, model));
		expect([...totals]).toEqual([seen.length]);
	});

	test.each(rootObjects)("by uuid in $name, anything else is NOT_FOUND", async ({ name, type }) => {
		const model = String(type) as VisibleModel;
		const all = ofModel(model);
		const document = `{ ${all.map((thing, index) => `_${index}: ${name}(uuid: "${uuidOf(model, thing.name)}") { uuid }`).join(" ")} }`;
		const { data, errors = [] } = await gateway().send(token, document);

		expect(namesOf(all.filter((_, index) => data[`_${index}`] !== null))).toEqual(expected(row, model));
		expect(errors.map(({ extensions }) => extensions?.["code"])).toEqual(Array(all.length - expected(row, model).length).fill("NOT_FOUND"));
	});

	test.each(nodeTypes)("by node(id) and nodes(ids) of every %s, anything else is null", async ({ name: model }) => {
		const all = ofModel(model).map(({ name }) => ({ name, id: nodeId(model, uuidOf(model as VisibleModel, name)) }));
		const data = await gateway().ask(
			token,
			`query ($ids: [ID!]!) { nodes(ids: $ids) { id } ${all.map(({ id }, index) => `_${index}: node(id: "${id}") { id }`)} }`,
			{
				ids: all.map(({ id }) => id),
			},
		);

		expect(
			all
				.filter((_, index) => data[`_${index}`]?.id !== undefined)
				.map(({ name }) => name)
				.sort(),
		).toEqual(expected(row, model as VisibleModel));
		expect(data.nodes.map((node: { id: string } | null) => node?.id)).toEqual(all.map((_, index) => data[`_${index}`]?.id));
	});

	test.each(nodeTypes.flatMap(({ name }) => listFieldsOf(name)))("below every $on that is seen, in its $name", async ({ on, name, model, isConnection }) => {
		const ids = expected(row, on as VisibleModel).map((parent) => nodeId(on, uuidOf(on as VisibleModel, parent)));
		const selection = isConnection ? `${name}(first: 100) { totalCount nodes { uuid } }` : `${name} { uuid }`;
		const { nodes } = await gateway().ask(token, `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ${on} { ${selection} } } }`, { ids });
		const below: { uuid: string }[] = nodes.flatMap((node: Record<string, never>) => (isConnection ? node[name]?.["nodes"] : node[name]));

		expect(named(model, [...new Set(uuids(below))])).toEqual(expected(row, model).filter((child) => hangsBelow[`${on}.${name}`]?.(child, row) ?? true));
		if (isConnection) {
			const total = nodes.reduce((sum: number, node: Record<string, { totalCount: number }>) => sum + (node[name]?.totalCount ?? 0), 0);
			expect(total).toBe(below.length);
		}
	});
});

/** Where not every object that is seen hangs below one that is seen: which do. */
const hangsBelow: Record<string, (name: string, row: Row) => boolean> = {
	"OfferingUser.usages": (part) => !part.endsWith("guest"),
	"Customer.organizationGroups": (group, { customers }) =>
		(group === "universities" && customers.includes("north")) || (group === "companies" && customers.includes("south")),
	"OfferingUsagePolicy.organizationGroups": (group, { provides }) => group === "universities" && provides !== nothing,
};
