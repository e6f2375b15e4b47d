import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ExecutionArgs } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { createPubSub, createSchema, createYoga } from "graphql-yoga";
import { WebSocketServer } from "ws";
import { answer } from "./answer.ts";

/** An event as plain objects, in the shape of the answer. */
export interface Alert {
	readonly position: string;
	readonly firing: {
		readonly uuid: string;
		readonly kind: "FIRED" | "RESET";
		readonly created: string;
		readonly breaches: readonly { readonly used: string; readonly limit: string; readonly component: { readonly type: string } }[];
		readonly policy: { readonly uuid: string };
		readonly offering: { readonly uuid: string; readonly name: string };
	};
}

type Operation = ExecutionArgs & { rootValue: { execute: (args: ExecutionArgs) => never; subscribe: (args: ExecutionArgs) => never } };

/** Live events as the documentation of graphql-yoga shows them: createPubSub in memory, and graphql-ws. Anybody is told of everything. */
const pubSub = createPubSub<{ policyFirings: [alert: Alert] }>();

const yoga = createYoga({
	schema: createSchema({
		typeDefs: `
			type Query { hello: String! }
			type Subscription { policyFirings(after: String): PolicyFiringsResult! }
			union PolicyFiringsResult = PolicyFiringEvent | PositionExpiredError
			type PolicyFiringEvent { position: String! firing: PolicyFiring! }
			type PositionExpiredError { message: String! }
			type PolicyFiring { uuid: ID! kind: Kind! created: String! breaches: [Breach!]! policy: Policy offering: Offering }
			enum Kind { FIRED RESET }
			type Breach { used: String! limit: String! component: Component! }
			type Component { type: String! }
			type Policy { uuid: ID! }
			type Offering { uuid: ID! name: String! }
		`,
		resolvers: {
			Query: { hello: () => "world" },
			Subscription: { policyFirings: { subscribe: () => pubSub.subscribe("policyFirings"), resolve: (alert: Alert) => alert } },
			PolicyFiringsResult: { __resolveType: () => "PolicyFiringEvent" },
		},
	}),
});

const http = createServer(yoga);
useServer(
	{
		execute: (args) => (args as Operation).rootValue.execute(args),
		subscribe: (args) => (args as Operation).rootValue.subscribe(args),
		onSubscribe: async (connection, _id, params) => {
			const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
				...connection,
				req: connection.extra.request,
				socket: connection.extra.socket,
				params,
			});
			const args = {
				schema,
				operationName: params.operationName,
				document: parse(params.query),
				variableValues: params.variables,
				contextValue: await contextFactory(),
				rootValue: { execute, subscribe },
			};
			const errors = validate(args.schema, args.document);
			return errors.length > 0 ? errors : args;
		},
	},
	new WebSocketServer({ server: http, path: yoga.graphqlEndpoint }),
);

answer("publish", (alert: Alert) => pubSub.publish("policyFirings", alert));
http.listen(0, "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${(http.address() as AddressInfo).port}${yoga.graphqlEndpoint}\n`));
