import { GraphQLError, type GraphQLErrorExtensions, type GraphQLFormattedError } from "graphql";
import { serviceStopping } from "../shared/unavailable.ts";

/** Codes of errors at the top of a response. Refusals of the domain are typed data instead (see refusals.ts). */
export const unauthenticated = (message = "Sign in: send a token as «Authorization: Token …» or, over WebSocket, in connectionParams.Authorization.") =>
	new GraphQLError(message, { extensions: { code: "UNAUTHENTICATED", http: { status: 401 } } });

export const notFound = (what: string, uuid: string) => new GraphQLError(`${what} ${uuid} was not found.`, { extensions: { code: "NOT_FOUND" } });

export const badUserInput = (message: string) => new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT" } });

/** The same of what is known before anything is executed. */
export const refusedInput = (message: string) => new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT", http: { status: 400, spec: true } } });

export const badRequest = (message: string, more: GraphQLErrorExtensions = {}) => new GraphQLError(message, { extensions: { ...more, code: "BAD_REQUEST" } });

/** The client is then to send the document together with its hash; that is no failure, and has the status of none. */
export const persistedQueryNotFound = () =>
	new GraphQLError("PersistedQueryNotFound", { extensions: { code: "PERSISTED_QUERY_NOT_FOUND", http: { status: 200 } } });

export const documentNotTrusted = () =>
	new GraphQLError("Only the documents of the service's own front-ends are answered: this is none of them.", {
		extensions: { code: "DOCUMENT_NOT_TRUSTED", http: { status: 400 } },
	});

export const hostNotAllowed = () =>
	new GraphQLError("The service is not called by the name in the header Host: use one of its own, or add this one to ALLOWED_HOSTS.", {
		extensions: { code: "HOST_NOT_ALLOWED" },
	});

export const originNotAllowed = () =>
	new GraphQLError("Pages of this origin may not ask here: add it to CORS_ORIGINS.", { extensions: { code: "ORIGIN_NOT_ALLOWED" } });

export const positionExpired = (message: string) => new GraphQLError(message, { extensions: { code: "POSITION_EXPIRED" } });

export const fellBehind = () =>
	new GraphQLError("The stream fell too far behind: connect again, and go on from your last position.", { extensions: { code: "FELL_BEHIND" } });

export const serviceStops = () => new GraphQLError(serviceStopping, { extensions: { code: "SERVICE_UNAVAILABLE" } });

export const rateLimited = (message: string) => new GraphQLError(message, { extensions: { code: "RATE_LIMITED" } });

/** What an operation asks for, next to the most that it may. */
interface AskedCost {
	readonly requested: number;
	readonly limit: number;
}

export const costLimitExceeded = (cost: AskedCost) =>
	new GraphQLError(`The operation may cost ${cost.requested}, and ${cost.limit} is allowed: ask for smaller pages, or in several steps.`, {
		extensions: { code: "COST_LIMIT_EXCEEDED", cost, http: { status: 400, spec: true } },
	});

export const tooFast = (who: "token" | "address", cost: AskedCost, seconds: number) =>
	new GraphQLError(`The ${who} has asked for too much at once: try again in ${seconds} s.`, {
		extensions: { code: "RATE_LIMITED", cost, retryAfter: seconds, http: { status: 429, headers: { "retry-after": String(seconds) } } },
	});

export const tooManyTokens = (seconds: number) =>
	new GraphQLError(`The address has tried too many tokens that are not good: try again in ${seconds} s.`, {
		extensions: { code: "RATE_LIMITED", retryAfter: seconds, http: { status: 429, headers: { "retry-after": String(seconds) } } },
	});

export const eventsTooFast = (seconds: number, position: string) =>
	new GraphQLError("The token's subscriptions take more than it may ask for: follow fewer, and go on from the position.", {
		extensions: { code: "RATE_LIMITED", retryAfter: seconds, position },
	});

export const introspectionOff = () => new GraphQLError("Introspection is off.", { extensions: { code: "FORBIDDEN" } });

export const entitiesClosed = () =>
	new GraphQLError("Entities are for the router of the federation: it sends its token as the header X-Federation-Token.", {
		extensions: { code: "FORBIDDEN" },
	});

export const timedOut = (seconds: number) =>
	new GraphQLError(`The operation took longer than ${seconds} s. A change may have been stored: send it again with its idempotency key.`, {
		extensions: { code: "TIMED_OUT" },
	});

/** The error as it is sent within a stream, without what is meant for a response of HTTP. */
export function withoutHttp(error: GraphQLError): GraphQLFormattedError {
	const { extensions: { http: _status, ...extensions } = {}, ...rest } = error.toJSON();
	return { ...rest, extensions };
}

/** Messages repeat what was asked, as long as it may be. */
export const shortened = (message: string): string => (message.length > 500 ? `${message.slice(0, 499)}…` : message);

/** The same error at the same place of the document, with another message or code. What it was made from is kept only when said. */
export function recoded(error: GraphQLError, code: string, message = error.message, originalError?: Error, more: GraphQLErrorExtensions = {}): GraphQLError {
	const { nodes = null, source = null, positions = null, path = null } = error;
	const { originalError: _inside, ...extensions } = error.extensions; // which the pipeline writes there of what it cannot read
	return new GraphQLError(shortened(message), {
		nodes,
		source,
		positions,
		path,
		originalError: originalError ?? null,
		extensions: { ...extensions, ...more, code },
	});
}
