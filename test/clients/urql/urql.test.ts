import { Client, fetchExchange, gql } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";
import { getIntrospectedSchema, minifyIntrospectionQuery } from "@urql/introspection";
import { getIntrospectionQuery } from "graphql";
import { beforeAll, expect, test } from "vitest";
import { demoHandles } from "../../../src/world/demo.ts";
import { gatewayForFile } from "../../support/gateway.ts";
import { published, signedIn } from "../service.ts";

const gateway = gatewayForFile(published);
let schema: ReturnType<typeof minifyIntrospectionQuery>;
beforeAll(async () => {
	schema = minifyIntrospectionQuery(getIntrospectedSchema(await gateway().ask("demo_owner", getIntrospectionQuery())));
});

/** What has no id of its own is kept with the object that it was read with. */
const embedded = () => null;

/** A client with a cache that knows the schema; what the cache complains about comes to `complaints`. */
function clientOf(token: string, complaints: string[] = []): Client {
	const cache = cacheExchange({
		schema,
		keys: { ComponentAmount: embedded },
		resolvers: { Query: { resources: relayPagination() } },
		logger: (_severity, message) => void complaints.push(message),
	});
	return new Client({ url: gateway().url, exchanges: [cache, fetchExchange], preferGetMethod: false, fetchOptions: { headers: signedIn(token) } });
}

const resource = gql`query Resource($uuid: UUID!) { resource(uuid: $uuid) { id name state currentUsages { type amount } project { id name } } }`;

const project = gql`query Project($uuid: UUID!) { project(uuid: $uuid) { id name resources(first: 100) { nodes { id name state } } } }`;

const setState = gql`
	mutation SetState($input: SetResourceStateInput!) {
		setResourceState(input: $input) { __typename ... on SetResourceStatePayload { resource { id state } } ... on Error { code message } }
	}
`;

test("Graphcache knows the introspected schema, keys every object by its id, and shows a mutation's answer wherever the object is", async () => {
	const complaints: string[] = [];
	const client = clientOf("demo_staff", complaints);
	await client.query(project, { uuid: demoHandles.project }).toPromise();
	const { data } = await client.query(resource, { uuid: demoHandles.resource }).toPromise();
	const { id, state } = data.resource;
	const changed = state === "ERRED" ? "OK" : "ERRED";
	const { data: answered } = await client.mutation(setState, { input: { resource: demoHandles.resource, state: changed } }).toPromise();
	expect(answered.setResourceState.__typename).toBe("SetResourceStatePayload");

	const cached = client.readQuery(project, { uuid: demoHandles.project });
	expect(cached?.data.project.resources.nodes.find((node: { id: string }) => node.id === id).state).toBe(changed);
	expect(complaints).toEqual([]);
});

test("relayPagination makes one list of the pages that were read by cursors", async () => {
	const client = clientOf("demo_staff");
	const page = gql`query Resources($after: String) { resources(first: 3, after: $after) { edges { cursor node { id name } } pageInfo { hasNextPage endCursor } } }`;
	const { data } = await client.query(page, {}).toPromise();
	const second = await client.query(page, { after: data.resources.pageInfo.endCursor }).toPromise();
	const names = second.data.resources.edges.map(({ node }: { node: { name: string } }) => node.name);
	const { resources } = await gateway().ask("demo_staff", "{ resources(first: 6) { nodes { name } } }");
	expect(names).toEqual(resources.nodes.map(({ name }: { name: string }) => name));
});

test("a refused field leaves what is beside it, and its error says where it is", async () => {
	const beside = gql`query Beside($uuid: UUID!) { customer(uuid: $uuid) { id name } customerQuotas(quotaName: NC_PROJECT_COUNT) { nodes { value } } }`;
	const { data, error } = await clientOf("demo_owner").query(beside, { uuid: demoHandles.customer }).toPromise();
	expect(data).toMatchObject({ customer: { name: "University of Larkholm" }, customerQuotas: null });
	expect(error?.graphQLErrors).toMatchObject([{ path: ["customerQuotas"], extensions: { code: "FORBIDDEN" } }]);
});
