import { beforeAll, describe, expect, test } from "vitest";
import { buildFixture } from "../support/fixture.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { unlimited } from "../support/unlimited.ts";
import { get, jsonLines } from "./client.ts";

const gateway = gatewayForFile({ limits: { ...unlimited, exportPage: 4 } });

beforeAll(async () => {
	await buildFixture(gateway().database);
});

const token = "demo_staff";
const query = `query ($type: String, $deep: Boolean = true) {
	componentUsages(first: 2, filter: { type: $type }, orderBy: { field: USAGE, direction: DESC }) {
		totalCount pageInfo { hasNextPage }
		edges { cursor node { id amount: usage component { unit: measuredUnit } ...place @include(if: $deep) } }
	}
}
fragment place on ComponentUsage { resource { offering { name } } }`;

const post = (body: object, accept: string) => get(gateway(), "/graphql", { method: "POST", token, headers: { accept }, body });

test("the rows of a query's list are all of it, whatever its page", async () => {
	const { headers, text } = await post({ query, variables: { type: "cpu" } }, "application/x-ndjson");
	const { componentUsages } = await gateway().ask(token, query.replace("first: 2", "first: 100"), { type: "cpu" });
	expect(jsonLines(text)).toEqual(componentUsages.edges.map(({ node }: { node: object }) => node));
	expect(componentUsages.edges.length).toBeGreaterThan(4);
	expect(headers.get("content-type")).toContain("application/x-ndjson");
	expect(gateway().bugs()).toEqual([]);
});

test("the columns are the leaf fields under the names that the query gives them", async () => {
	const { text, headers } = await post({ query }, "text/csv");
	expect(text.split("\r\n")[0]).toBe("id,amount,component.unit,resource.offering.name");
	expect(headers.get("content-disposition")).toContain('filename="componentUsages-');
	const shallow = await post({ query, variables: { deep: false } }, "text/csv, application/json;q=0.5");
	expect(shallow.text.split("\r\n")[0]).toBe("id,amount,component.unit");
});

test("a GET asks by its address", async () => {
	const address = `/graphql?query=${encodeURIComponent("{ customers { nodes { name } } }")}`;
	const { text } = await get(gateway(), address, { token, headers: { accept: "text/csv" } });
	expect(text).toBe("name\r\nalpine\r\nbaltic\r\ncoral\r\nnorth\r\nsouth\r\n");
});

test.each(["*/*", "application/json", "application/json, text/csv;q=0.9", "text/csv;q=0, */*"])("with Accept: %s the answer is GraphQL's", async (accept) => {
	const response = await get(gateway(), "/graphql", { method: "POST", token, headers: { accept }, body: { query: "{ customers { nodes { name } } }" } });
	expect(JSON.parse(response.text).data.customers.nodes.length).toBe(5);
});

describe("refuses", () => {
	test.each([
		["{ customers { nodes { name } } projects { nodes { name } } }", "An export is of one list: ask for one field of the query, not 2."],
		["{ viewer { username } }", "viewer is no list that can be exported."],
		["{ customers { totalCount } }", "An export has the fields of customers's nodes as columns: ask for nodes { … }."],
		[
			"{ customers { nodes { name projects { nodes { name } } } } }",
			"projects is a list, and a row has one value in each column: export it as a list of its own.",
		],
		[
			"{ resources { nodes { offering { components { name } } } } }",
			"offering.components is a list, and a row has one value in each column: export it as a list of its own.",
		],
		["{ customers(last: 5) { nodes { name } } }", "An export has its pages by itself: leave out last, before and after."],
		['mutation { deleteOfferingUsagePolicy(input: { uuid: "00000000-0000-0000-0000-000000000000" }) { __typename } }', "An export is of a query."],
		["{ customers { nodes { nothing } } }", 'Cannot query field "nothing" on type "Customer".'],
		["{ customers {", "Syntax Error: Expected Name, found <EOF>."],
		["", "Send an object with the text of a document as query."],
	])("%s", async (query, message) => {
		const { status, errors } = await post({ query }, "text/csv");
		expect([status, errors[0].message]).toEqual([400, message]);
		expect(gateway().bugs()).toEqual([]);
	});

	test("variables that are none of their type", async () => {
		const { status, errors } = await post({ query, variables: { type: 5 } }, "text/csv");
		expect([status, errors[0].message]).toEqual([400, 'Variable "$type" got invalid value 5; String cannot represent a non string value: 5']);
	});

	test("a client that is not signed in", async () => {
		const { status, errors } = await get(gateway(), "/graphql", { method: "POST", headers: { accept: "text/csv" }, body: { query } });
		expect([status, errors[0].extensions.code]).toEqual([401, "UNAUTHENTICATED"]);
	});
});
