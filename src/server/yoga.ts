import { GraphQLError } from "graphql";
import { createYoga, type YogaServerInstance } from "graphql-yoga";
import { tokenIn } from "../access/token.ts";
import { type Context, createContext, type Services } from "../graphql/context.ts";
import { useErrorCodes } from "../graphql/error-codes.ts";
import { unauthenticated } from "../graphql/errors.ts";
import { maskError } from "../graphql/mask-error.ts";
import { schema } from "../graphql/schema.ts";
import { createSubscriptions } from "../subscription/subscriptions.ts";
import { useCompiledQueries } from "./compiled-queries.ts";
import { graphiqlOptions, graphiqlPage } from "./graphiql.ts";
import { useSharedSubscriptions } from "./shared-subscriptions.ts";

export const endpoint = "/graphql";

/** What the transport hands to an operation. */
export interface Transport {
	/** The Authorization header, or the parameter of that name of a WebSocket connection. */
	authorization?: string | undefined;
}

export interface YogaOptions {
	/** Whether GraphiQL signs in with the demo's tokens. */
	readonly isDemo: boolean;
	/** Told of errors that nobody named: our bugs. */
	readonly onBug: (error: unknown) => void;
}

/** The GraphQL pipeline that HTTP, server-sent events and WebSocket share. */
export function createPipeline(services: Services, { isDemo, onBug }: YogaOptions): YogaServerInstance<Transport, Context> {
	const mask = (thrown: unknown) => {
		const { error, isBug } = maskError(thrown);
		if (isBug) onBug(thrown instanceof GraphQLError ? (thrown.originalError ?? thrown) : thrown);
		return error;
	};
	return createYoga<Transport, Context>({
		schema,
		graphqlEndpoint: endpoint,
		landingPage: false,
		cors: false,
		multipart: false,
		logging: false,
		graphiql: graphiqlOptions(isDemo),
		renderGraphiQL: graphiqlPage,
		plugins: [useErrorCodes(), useCompiledQueries(), useSharedSubscriptions(createSubscriptions(services, mask))],
		maskedErrors: { maskError: mask },
		context: ({ request, authorization }) =>
			contextFor(services, authorization ?? request?.headers.get("authorization") ?? undefined, request?.headers.get("last-event-id") ?? undefined),
	});
}

async function contextFor(services: Services, authorization: string | undefined, lastEventId: string | undefined): Promise<Context> {
	if (authorization === undefined || authorization.trim() === "") return createContext(services);
	const token = tokenIn(authorization);
	const viewer = token === undefined ? undefined : await services.authenticate(token);
	if (token === undefined || viewer === undefined) throw unauthenticated("The token is unknown, expired or revoked.");
	return createContext(services, { token, viewer, lastEventId });
}
