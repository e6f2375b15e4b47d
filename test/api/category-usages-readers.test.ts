import { beforeAll, describe, expect, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { nodeId, uuidOf } from "../support/fixture.rows.ts";
import { buildFixture } from "../support/fixture.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { insert } from "../support/insert.ts";
import { listDocument } from "../support/totals.ts";

const gateway = gatewayForFile();

/** Who reads the totals of customer north, its projects n1 and n2, served by alpine and baltic. */
describe("who reads the totals of a scope", () => {
	beforeAll(async () => {
		const { database } = gateway();
		await buildFixture(database);
		const component = await insert(database, "CategoryComponent", { categoryUuid: uuidOf("Category", "machines"), type: "cpu", name: "CPU" });
		await database.rows(
			sql`update "OfferingComponent" set "categoryComponentUuid" = ${component}::uuid where "uuid" = ${uuidOf("OfferingComponent", "compute cpu")}::uuid`,
		);
	});

	const scopes = { north: "Customer", n1: "Project", n2: "Project", south: "Customer", s2: "Project", alpine: "Customer" } as const;
	const names = Object.keys(scopes) as (keyof typeof scopes)[];
	const ids = names.map((name) => nodeId(scopes[name], uuidOf(scopes[name], name)));
	const rows: [string, string, string][] = [
		["staff", "staff", "north n1 n2 south s2 alpine"],
		["support", "support", "north n1 n2 south s2 alpine"],
		["a customer's owner", "northowner", "north n1 n2"],
		["a customer's manager", "northmanager", "north n1 n2"],
		["a customer's support", "northsupport", "north n1 n2"],
		["a project's admin", "projectadmin", "n1"],
		["a project's manager", "projectmanager", "n1"],
		["a project's member", "ann", "n1"],
		["a member of another tenant's project", "sven", "s2"],
		["a provider's owner", "alpineowner", "alpine"],
		["a provider's manager", "alpinemanager", "alpine"],
		["a provider's support", "alpinesupport", "alpine"],
		["an offering's manager", "computemanager", ""],
		["a stranger", "stranger", ""],
		["someone whose roles have expired", "expired", ""],
	];
	/** Those that have totals: alpine consumes nothing itself. */
	const filled = (readable: string) => readable.split(" ").filter((name) => name !== "" && name !== "alpine");
	const readable = (readable: string) => readable.split(" ").filter(Boolean);

	test.each(rows)("%s: at the root, NOT_FOUND elsewhere", async (_who, viewer, expected) => {
		const document = `{ ${ids.map((id, index) => `${names[index]}: categoryComponentUsages(scope: "${id}") { totalCount nodes { reportedUsage fixedUsage } }`).join(" ")} }`;
		const { data, errors = [] } = await gateway().send(`demo_${viewer}`, document);

		expect(names.filter((name) => data[name] !== null)).toEqual(readable(expected));
		expect(names.filter((name) => data[name]?.nodes.length > 0)).toEqual(filled(expected));
		expect(errors.map(({ extensions }) => extensions?.["code"])).toEqual(names.filter((name) => data[name] === null).map(() => "NOT_FOUND"));
	});

	test.each(rows)("%s: on the objects that are seen, an empty list elsewhere", async (_who, viewer, expected) => {
		const totals = "categoryComponentUsages { totalCount nodes { reportedUsage } }";
		const { nodes } = await gateway().ask(
			`demo_${viewer}`,
			`query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer { ${totals} } ... on Project { ${totals} } } }`,
			{ ids },
		);

		expect(names.filter((_, index) => nodes[index]?.categoryComponentUsages.nodes.length > 0)).toEqual(filled(expected));
		expect(names.filter((_, index) => nodes[index]?.categoryComponentUsages.totalCount > 0)).toEqual(filled(expected));
	});

	test.each(rows)("%s: by the id of a total, NOT_FOUND elsewhere", async (_who, viewer, expected) => {
		const found = await gateway().ask(
			"demo_staff",
			`query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer { categoryComponentUsages { nodes { id } } } ... on Project { categoryComponentUsages { nodes { id } } } } }`,
			{ ids },
		);
		const withTotals = names.filter((_, index) => found.nodes[index].categoryComponentUsages.nodes.length > 0);
		const totals = withTotals.map(
			(name) => `${name}: categoryComponentUsage(id: "${found.nodes[names.indexOf(name)].categoryComponentUsages.nodes[0].id}") { date }`,
		);
		const { data, errors = [] } = await gateway().send(`demo_${viewer}`, `{ ${totals.join(" ")} }`);

		expect(withTotals.filter((name) => data[name] !== null)).toEqual(filled(expected));
		expect(errors.map(({ extensions }) => extensions?.["code"])).toEqual(withTotals.filter((name) => data[name] === null).map(() => "NOT_FOUND"));
	});

	test("nobody who is not signed in", async () => {
		const { errors = [] } = await gateway().send(undefined, listDocument, { scope: ids[0] });
		expect(errors.map(({ extensions }) => extensions?.["code"])).toEqual(["UNAUTHENTICATED"]);
	});
});
