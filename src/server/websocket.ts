import { type ExecutionArgs, GraphQLError } from "graphql";
import { type Extra, useServer } from "graphql-ws/use/ws";
import type { YogaServerInstance } from "graphql-yoga";
import type { WebSocketServer } from "ws";
import { tokenIn } from "../access/token.ts";
import type { Context, Services } from "../graphql/context.ts";

/** The server's side of a pending operation: yoga's own functions, handed through graphql-ws. */
interface Operation extends ExecutionArgs {
	rootValue: { execute: (args: ExecutionArgs) => never; subscribe: (args: ExecutionArgs) => never };
}

const initialWait = 3_000;
const pingEvery = 12_000;

/**
 * Serves graphql-transport-ws on the sockets. A connection that gives a token gives a good one, or is closed with 4403.
 * What is wrong with one operation is answered to that operation: the socket and its other operations stay.
 */
export function serveWebSocket(
	sockets: WebSocketServer,
	yoga: YogaServerInstance<{ authorization?: string | undefined }, Context>,
	services: Services,
): { dispose: () => Promise<void> | void } {
	return useServer<{ Authorization?: unknown }, Extra & Record<PropertyKey, unknown>>(
		{
			connectionInitWaitTimeout: initialWait,
			onConnect: async ({ connectionParams }) => {
				const authorization = authorizationIn(connectionParams);
				if (authorization === undefined) return true;
				const token = tokenIn(authorization);
				return token !== undefined && (await services.authenticate(token)) !== undefined;
			},
			onSubscribe: async (connection, _id, { query, operationName, variables, extensions }) => {
				const { schema, parse, validate, contextFactory, execute, subscribe } = yoga.getEnveloped({
					authorization: authorizationIn(connection.connectionParams) ?? authorizationIn(extensions?.["headers"]),
				});
				try {
					const document = parse(query);
					const errors = validate(schema, document);
					if (errors.length > 0) return errors;
					return { schema, document, operationName, variableValues: variables, contextValue: await contextFactory(), rootValue: { execute, subscribe } };
				} catch (error) {
					if (error instanceof GraphQLError) return [error];
					throw error;
				}
			},
			execute: (args) => (args as Operation).rootValue.execute(args),
			subscribe: (args) => (args as Operation).rootValue.subscribe(args),
		},
		sockets,
		pingEvery,
	);
}

/** The Authorization among the connection's parameters, or among the headers that GraphiQL sends in an operation's extensions. */
function authorizationIn(values: unknown): string | undefined {
	const authorization = typeof values === "object" && values !== null && "Authorization" in values ? values.Authorization : undefined;
	return typeof authorization === "string" && authorization.trim() !== "" ? authorization : undefined;
}
