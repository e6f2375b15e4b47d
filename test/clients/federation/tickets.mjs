// A subgraph of somebody else's: a service desk that knows the gateway's objects by their keys alone.
import { createServer } from "node:http";
import { buildSchema, graphql } from "graphql";
import { listening } from "./listening.mjs";

const sdl = /* GraphQL */ `
	extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])
	scalar UUID
	type Resource @key(fields: "uuid") { uuid: UUID! ticketCount: Int! }
	type Customer @key(fields: "id") { id: ID! supportLevel: String! }
	type Ticket { subject: String! resource: Resource customer: Customer }
	type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
	type TicketConnection { nodes: [Ticket!]! pageInfo: PageInfo! }
	type Query { ticketsAbout(resources: [UUID!]!, customers: [ID!]!): TicketConnection! }
`;
const forRouters = /* GraphQL */ `
	directive @link(url: String!, import: [String!]) on SCHEMA
	directive @key(fields: String!) on OBJECT
	directive @shareable on OBJECT
	scalar _Any
	union _Entity = Resource | Customer
	type _Service { sdl: String! }
	extend type Query { _service: _Service! _entities(representations: [_Any!]!): [_Entity]! }
`;
const schema = buildSchema(sdl.replace("extend schema", "schema").replace(/(import: .*\))/, "$1 { query: Query }") + forRouters);

const known = { Resource: { ticketCount: ({ uuid }) => Number.parseInt(uuid[0], 16) }, Customer: { supportLevel: () => "gold" } };
const entity = (representation) => ({
	...representation,
	...Object.fromEntries(Object.entries(known[representation.__typename]).map(([name, value]) => [name, value(representation)])),
});
const rootValue = {
	_service: { sdl },
	_entities: ({ representations }) => representations.map(entity),
	ticketsAbout: ({ resources, customers }) => ({
		nodes: [
			...resources.map((uuid) => ({ subject: "slow", resource: entity({ __typename: "Resource", uuid }) })),
			...customers.map((id) => ({ subject: "billing", customer: entity({ __typename: "Customer", id }) })),
		],
		pageInfo: { hasNextPage: false, hasPreviousPage: false },
	}),
};

const server = createServer(async (request, response) => {
	let body = "";
	for await (const chunk of request) body += chunk;
	const { query, variables, operationName } = JSON.parse(body);
	const answer = await graphql({ schema, source: query, variableValues: variables, operationName, rootValue });
	response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
});
process.stdout.write(`${await listening(server)}\n`);
