import { GraphQLError } from "graphql";

/** Codes of errors at the top of an answer. Refusals of the domain are typed data instead (see refusals.ts). */
export const unauthenticated = (message = "Sign in: send a token as «Authorization: Token …» or, over WebSocket, in connectionParams.Authorization.") =>
	new GraphQLError(message, { extensions: { code: "UNAUTHENTICATED", http: { status: 401 } } });

export const notFound = (what: string, uuid: string) => new GraphQLError(`${what} ${uuid} was not found.`, { extensions: { code: "NOT_FOUND" } });

export const badUserInput = (message: string) => new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT" } });

export const positionExpired = (message: string) => new GraphQLError(message, { extensions: { code: "POSITION_EXPIRED" } });

export const fellBehind = () =>
	new GraphQLError("The stream fell too far behind: connect again, and go on from your last position.", { extensions: { code: "FELL_BEHIND" } });

export const rateLimited = (message: string) => new GraphQLError(message, { extensions: { code: "RATE_LIMITED" } });

/** The same error at the same place of the document, with another message or code. What it was made from is kept only when said. */
export function recoded(error: GraphQLError, code: string, message = error.message, originalError?: Error): GraphQLError {
	const { nodes = null, source = null, positions = null, path = null, extensions } = error;
	return new GraphQLError(message, { nodes, source, positions, path, originalError: originalError ?? null, extensions: { ...extensions, code } });
}
