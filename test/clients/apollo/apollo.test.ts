import { createHash } from "node:crypto";
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { relayStylePagination } from "@apollo/client/utilities";
import { expect, test } from "vitest";
import { demoHandles } from "../../../src/world/demo.ts";
import { gatewayForFile } from "../../support/gateway.ts";
import { published, signedIn } from "../service.ts";
import { type Alert, alerts, alertsOf } from "../streams/alerts.ts";

const gateway = gatewayForFile(published);

/** What was sent in the bodies of requests. */
interface Sent {
	readonly query?: string;
	readonly extensions?: { readonly persistedQuery?: { readonly sha256Hash: string } };
}

const clientOf = (token: string, { links = [], sent = [] }: { links?: ApolloLink[]; sent?: Sent[] } = {}) =>
	new ApolloClient({
		link: ApolloLink.from([
			...links,
			new HttpLink({
				uri: gateway().url,
				headers: signedIn(token),
				fetch: (url, init) => {
					if (typeof init?.body === "string") sent.push(JSON.parse(init.body));
					return fetch(url, init);
				},
			}),
		]),
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

test("persisted queries are sent as a hash, with the text only while the service does not know it", async () => {
	const sent: Sent[] = [];
	const hashes = new PersistedQueryLink({ sha256: (text) => createHash("sha256").update(text).digest("hex") });
	const client = clientOf("demo_owner", { links: [hashes], sent });
	const read = () => client.query<{ resource: { name: string } }>({ query: resource, variables: { uuid: demoHandles.resource }, fetchPolicy: "network-only" });
	for (let time = 0; time < 2; time++) expect((await read()).data?.resource.name).toEqual(expect.any(String));
	expect(sent.map(({ query, extensions }) => [typeof query, extensions?.persistedQuery?.sha256Hash.length])).toEqual([
		["undefined", 64],
		["string", 64],
		["undefined", 64],
	]);
});

test("the multipart protocol over HTTP follows alerts, and ends with the subscriber", async () => {
	const provider = await alertsOf(gateway());
	await provider.turn("FIRED");
	const client = clientOf(provider.token);
	const kinds: (string | undefined)[] = [];
	await new Promise<void>((resolve, reject) => {
		const following = client.subscribe<Alert>({ query: gql(alerts), variables: { after: "0" } }).subscribe({
			next: ({ data, error }) => {
				if (error !== undefined) reject(error);
				kinds.push(data?.policyFirings.firing.kind);
				if (kinds.length === 1) provider.turn("RESET").catch(reject);
				else {
					following.unsubscribe();
					resolve();
				}
			},
			error: reject,
		});
	});
	expect(kinds).toEqual(["FIRED", "RESET"]);
});

test("a subscription that is refused says why over the multipart protocol, too", async () => {
	const told = new Promise<unknown>((resolve) => {
		clientOf("demo_owner")
			.subscribe({ query: gql(alerts), variables: { after: "nowhere" } })
			.subscribe({ next: ({ error }) => resolve(error), error: resolve });
	});
	expect(await told).toMatchObject({ errors: [{ extensions: { code: "BAD_USER_INPUT" } }] });
});
