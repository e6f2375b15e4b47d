// A router: composes the schemas of the subgraphs in the environment, and serves the whole.
import { createServer } from "node:http";
import { createGatewayRuntime } from "@graphql-hive/gateway-runtime";
import { composeServices } from "@theguild/federation-composition";
import { parse } from "graphql";
import { listening } from "./listening.mjs";

const { USAGE, TICKETS, SCHEMA_TOKEN, SUBSCRIPTIONS, FEDERATION_TOKEN = "" } = process.env;

async function subgraph(name, url) {
	const headers = { "content-type": "application/json", authorization: `Token ${SCHEMA_TOKEN}` };
	const response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query: "{ _service { sdl } }" }) });
	const { data, errors } = await response.json();
	if (errors !== undefined) throw new Error(`${name}: ${JSON.stringify(errors)}`);
	return { name, url, typeDefs: parse(data._service.sdl) };
}

const composed = composeServices([await subgraph("usage", USAGE), await subgraph("tickets", TICKETS)]);
if (composed.errors !== undefined) throw new Error(composed.errors.map(({ message }) => message).join("\n"));

const ownToken = FEDERATION_TOKEN === "" ? {} : { "x-federation-token": FEDERATION_TOKEN };
const gateway = createGatewayRuntime({
	supergraph: composed.supergraphSdl,
	logging: false,
	landingPage: false,
	propagateHeaders: {
		fromClientToSubgraphs: ({ request, subgraphName }) =>
			subgraphName === "usage" ? { authorization: request.headers.get("authorization") ?? "", ...ownToken } : undefined,
	},
	transportEntries:
		SUBSCRIPTIONS === "ws"
			? {
					usage: {
						headers: Object.entries(ownToken),
						options: {
							subscriptions: {
								kind: "ws",
								location: "/graphql",
								options: { retryAttempts: 0, connectionParams: { Authorization: "{context.headers.authorization}" } },
							},
						},
					},
				}
			: {},
});
process.stdout.write(`${await listening(createServer(gateway))}\n`);
