import { ApolloClient, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";
import { expect, test } from "vitest";
import { demoHandles } from "../../../src/world/demo.ts";
import { gatewayForFile } from "../../support/gateway.ts";
import { published, signedIn } from "../service.ts";

const gateway = gatewayForFile(published);

const clientOf = (token: string) =>
	new ApolloClient({
		link: new HttpLink({ uri: gateway().url, headers: signedIn(token) }),
		cache: new InMemoryCache({
			possibleTypes: { Error: ["ForbiddenError", "InvalidInputError", "NotFoundError", "RuleError"] },
			typePolicies: { Query: { fields: { resources: relayStylePagination(["filter", "orderBy"]) } } },
		}),
	});

const resource = gql`query Resource($uuid: UUID!) { resource(uuid: $uuid) { id name state project { id name } } }`;

const project = gql`query Project($uuid: UUID!) { project(uuid: $uuid) { id name resources(first: 100) { nodes { id name state } } } }`;

const setState = gql`
	mutation SetState($input: SetResourceStateInput!) {
		setResourceState(input: $input) { ... on SetResourceStatePayload { resource { id state } } ... on Error { code message } }
	}
`;

test("the cache keeps an object once, under its type and id, and a mutation's answer changes it in every query that shows it", async () => {
	const client = clientOf("demo_staff");
	await client.query({ query: project, variables: { uuid: demoHandles.project } });
	const { data } = await client.query<{ resource: { id: string; state: string; project: { id: string } } }>({
		query: resource,
		variables: { uuid: demoHandles.resource },
	});
	const { id = "", state, project: { id: projectId } = { id: "" } } = data?.resource ?? {};
	expect(Object.keys(client.extract() as object)).toEqual(expect.arrayContaining([`Resource:${id}`, `Project:${projectId}`]));

	const changed = state === "ERRED" ? "OK" : "ERRED";
	await client.mutate({ mutation: setState, variables: { input: { resource: demoHandles.resource, state: changed } } });
	const cached = client.readQuery<{ project: { resources: { nodes: { id: string; state: string }[] } } }>({
		query: project,
		variables: { uuid: demoHandles.project },
	});
	expect(cached?.project.resources.nodes.find((node) => node.id === id)?.state).toBe(changed);
});

test("fetchMore appends the next page to a list by its cursor", async () => {
	const client = clientOf("demo_staff");
	const query = gql`
		query Resources($after: String) { resources(first: 3, after: $after) { edges { cursor node { id name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }
	`;
	interface Resources {
		resources: { edges: { node: { id: string; name: string } }[]; pageInfo: { endCursor: string } };
	}
	const { data } = await client.query<Resources>({ query });
	const watched = client.watchQuery<Resources>({ query });
	const shown = watched.subscribe(() => {});
	await watched.fetchMore({ variables: { after: data?.resources.pageInfo.endCursor } });
	const names = (client.readQuery<Resources>({ query })?.resources.edges ?? []).map(({ node }) => node.name);
	shown.unsubscribe();
	const { resources } = await gateway().ask("demo_staff", "{ resources(first: 6) { nodes { name } } }");
	expect(names).toEqual(resources.nodes.map(({ name }: { name: string }) => name));
});

test("with the error policy «all» a refused field leaves what is beside it", async () => {
	const client = clientOf("demo_owner");
	const { data, error } = await client.query<{ customer: { name: string }; customerQuotas: unknown }>({
		query: gql`query Beside($uuid: UUID!) { customer(uuid: $uuid) { id name } customerQuotas(quotaName: NC_PROJECT_COUNT) { nodes { value } } }`,
		variables: { uuid: demoHandles.customer },
		errorPolicy: "all",
	});
	expect(data?.customer.name).toBe("University of Larkholm");
	expect(data?.customerQuotas).toBeNull();
	expect(error).toMatchObject({ errors: [{ path: ["customerQuotas"], extensions: { code: "FORBIDDEN" } }] });
});
