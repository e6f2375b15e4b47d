import { setTimeout as pause } from "node:timers/promises";
import { type ExecutionArgs, type ExecutionResult, type FormattedExecutionResult, GraphQLError, type GraphQLFormattedError } from "graphql";
import { type Extra, useServer } from "graphql-ws/use/ws";
import type { WebSocket, WebSocketServer } from "ws";
import { tokenIn } from "../access/token.ts";
import type { Viewer } from "../access/viewer.ts";
import { routerTokenIn } from "../federation/router.ts";
import type { Context, Services } from "../graphql/context.ts";
import { rateLimited, serviceStops } from "../graphql/errors.ts";
import type { BeginOperation, OperationTrace } from "../shared/operation-trace.ts";
import type { AskedDocument } from "./documents/asked-documents.ts";
import { refuseDeepJson } from "./limits/deep-json.ts";
import { deepestJson } from "./limits/json-bounds.ts";
import { betweenPings, initialisedWithin, subscriptionsPerSocket } from "./limits/limits.ts";
import { limitMessages } from "./limits/message-rate.ts";
import { SignIns } from "./limits/sign-ins.ts";
import { codesOf } from "./observed-operations.ts";
import type { Pipeline } from "./pipeline.ts";
import type { SocketRoot } from "./shared-subscriptions.ts";
import { rememberClose, restart } from "./socket-closes.ts";
import { SocketListener } from "./socket-listener.ts";
import { endIfUnread, SocketWriter } from "./socket-writer.ts";

/** The server's side of a pending operation: yoga's own functions, handed through graphql-ws. */
interface Operation extends ExecutionArgs {
	rootValue: SocketRoot & {
		execute: (args: ExecutionArgs) => Promise<ExecutionResult>;
		subscribe: (args: ExecutionArgs) => Promise<ExecutionResult | AsyncIterable<never>>;
	};
}

/** What is kept of a connection beside its socket. */
interface SignedIn extends Record<PropertyKey, unknown> {
	/** What it signs in with as a whole; otherwise each operation may for itself. */
	authorization?: string | undefined;
	/** The position that its subscriptions go on from, unless they say themselves. */
	after?: string | undefined;
	/** Where it comes from. */
	address?: string;
	/** What says that it is the connection of the router of a federation. */
	routerToken?: string | undefined;
}

const maxPosition = 100;

/** What an operation without text and name asks. */
const nothing = { query: "" };

const closeCodes = { badMessage: 4400, tooMany: 4429 };

/** What graphql-ws would hold on to, and never look at, for as long as a connection or a subscription lasts. There are thousands. */
const unused = {
	extra: { request: undefined },
	payload: { query: "", variables: undefined, extensions: undefined },
	operation: { contextValue: undefined, rootValue: undefined, variableValues: undefined },
};

/** How long a socket is kept open at a stop for what is under way on it, and how often that is looked at, in milliseconds. */
const answeredWithin = 2_000;
const betweenLooks = 10;

const tooManySubscriptions = () => rateLimited(`A connection has at most ${subscriptionsPerSocket} subscriptions: end one, or use another connection.`);

/**
 * Serves graphql-transport-ws on the sockets. A connection that gives a token gives a good one, or is closed with 4403.
 * An error of one operation is sent to that operation: the socket and its other operations stay. Stopping refuses
 * new operations, and closes each socket with 1012 when its queries and mutations are answered, or after two seconds.
 */
export function serveWebSocket(
	sockets: WebSocketServer,
	{ yoga, documents, mask, prepare, authenticate, connections, addressOf }: Pipeline,
	services: Services,
	beginOperation: BeginOperation,
): { stop(): Promise<void> } {
	const { tokens, metrics } = services;
	let isStopping = false;
	/** The operations of each socket by their ids, those that are refused at once aside. */
	const underWay = new WeakMap<WebSocket, () => Record<string, unknown>>();
	const hasCalls = (socket: WebSocket): boolean =>
		Object.values(underWay.get(socket)?.() ?? {}).some((listener) => listener instanceof SocketListener && !listener.isFollowing);

	async function closeWhenAnswered(socket: WebSocket): Promise<void> {
		const begun = performance.now();
		while (socket.readyState === socket.OPEN && hasCalls(socket) && performance.now() - begun < answeredWithin) await pause(betweenLooks);
		socket.close(restart.code, restart.reason);
	}

	const signIns = new WeakMap<WebSocket, SignIns>();
	const signIn = (socket: WebSocket, token: string): string | undefined => signIns.get(socket)?.add(token);
	sockets.on("connection", rememberClose);
	sockets.on("connection", (socket) => {
		metrics?.connection("socket", 1);
		socket.once("close", () => metrics?.connection("socket", -1));
	});
	sockets.on("connection", (socket) => signIns.set(socket, new SignIns(socket, { slots: connections, tokens, metrics })));
	// Before graphql-ws listens to the socket: messages that are no longer handed on do not reach it either.
	sockets.on("connection", (socket) =>
		refuseDeepJson(socket, () => socket.close(closeCodes.badMessage, `Lists and objects are nested more than ${deepestJson} deep.`)),
	);
	sockets.on("connection", (socket) => limitMessages(socket, () => socket.close(closeCodes.tooMany, "Too many messages: send fewer at a time.")));
	const served = useServer<{ Authorization?: unknown }, Extra & SignedIn>(
		{
			connectionInitWaitTimeout: initialisedWithin,
			isProd: true, // or what went wrong on our side would be the reason that a connection is closed with
			onConnect: async (connection) => {
				const { connectionParams, extra } = connection;
				const { socket, request } = extra;
				underWay.set(socket, () => connection.subscriptions);
				const authorization = authorizationIn(connectionParams) ?? given(request.headers.authorization);
				Object.assign(extra, {
					...unused.extra,
					authorization,
					after: afterIn(connectionParams),
					address: addressOf(request),
					routerToken: routerTokenIn(request.headers),
				});
				if (authorization === undefined) return true;
				const token = tokenIn(authorization);
				if (token === undefined) return false;
				let viewer: Viewer | undefined;
				try {
					viewer = await authenticate(token, extra.address ?? "");
					if (viewer === undefined) return false;
				} catch (error) {
					if (!(error instanceof GraphQLError)) throw error;
					socket.close(closeCodes.tooMany, error.message);
					return true;
				}
				const refused = signIn(socket, token);
				if (refused !== undefined) {
					metrics?.limitHit("RATE_LIMITED", viewer.username);
					socket.close(closeCodes.tooMany, refused);
				}
				return true;
			},
			onSubscribe: async (connection, id, payload) => {
				const { operationName, variables, extensions } = payload;
				const operation = beginOperation({});
				if (isStopping) return refused(operation, [serviceStops()]);
				if (Object.keys(connection.subscriptions).length > subscriptionsPerSocket) return refused(operation, [tooManySubscriptions()]);
				const listener = new SocketListener(writerOf(connection.extra.socket), id, () => operation.leave());
				// A client may leave before the operation is begun, and use the id again: it is this one that has to know.
				(connection.subscriptions as Record<string, unknown>)[id] = listener;
				const engine = yoga.getEnveloped({
					authorization: connection.extra.authorization ?? authorizationIn(extensions?.["headers"]),
					after: connection.extra.after,
					operation,
					address: connection.extra.address,
				});
				let asked: AskedDocument | undefined;
				try {
					asked = documents.documentOf(payload);
				} catch (error) {
					return refused(operation, [mask(error)]);
				}
				Object.assign(payload, unused.payload);
				const { address = "", routerToken } = connection.extra;
				const prepared = await prepare(engine, { ...(asked ?? nothing), variables, operationName, address, routerToken });
				if ("errors" in prepared) return refused(operation, prepared.errors);
				const { token } = prepared.args.contextValue;
				const tooMany = token === undefined ? undefined : signIn(connection.extra.socket, token);
				if (tooMany !== undefined) return refused(operation, [rateLimited(tooMany)]);
				return { ...prepared.args, rootValue: { execute: engine.execute, subscribe: engine.subscribe, listener } };
			},
			// Events are not among these: they go through the writer.
			onNext: ({ extra }, _id, _payload, _args, result) => {
				endIfUnread(extra.socket);
				return result.errors && ({ ...result, errors: told(result.errors) } as FormattedExecutionResult);
			},
			onError: ({ extra }, _id, _payload, errors) => {
				endIfUnread(extra.socket);
				return told(errors);
			},
			onPing: ({ extra }) => endIfUnread(extra.socket),
			execute: async (args) => {
				const result = await (args as Operation).rootValue.execute(args);
				operationOf(args)?.end(codesOf(result.errors));
				return result;
			},
			subscribe: async (args) => {
				const { subscribe, listener } = (args as Operation).rootValue;
				const begun = await subscribe(args);
				operationOf(args)?.end(codesOf("errors" in begun ? begun.errors : undefined));
				if (listener.isLeft) return new Promise<never>(() => {});
				if (!(Symbol.asyncIterator in begun)) return begun;
				Object.assign(args, unused.operation);
				return listener;
			},
		},
		sockets,
		betweenPings, // one that has not answered a ping when the next is due is dropped: nothing waits long for a client that does not read
	);
	// What a client does wrong closes its connection with a code; graphql-ws would write it to the error stream as well.
	sockets.on("connection", (socket) => socket.removeAllListeners("error").on("error", () => {}));
	return {
		stop: async () => {
			isStopping = true;
			await Promise.all([...sockets.clients].map(closeWhenAnswered));
			for (const socket of sockets.clients) socket.close(restart.code, restart.reason); // one that was opened meanwhile
			await served.dispose();
		},
	};
}

const operationOf = ({ contextValue }: ExecutionArgs): OperationTrace | undefined => (contextValue as Context).operation;

/** The errors of an operation's response, noted as what it ended with. */
function refused(operation: OperationTrace, errors: readonly GraphQLError[]): readonly GraphQLError[] {
	operation.end(codesOf(errors));
	return errors;
}

/** The errors as they are sent here: without what only a response over HTTP has. */
const told = (errors: readonly (GraphQLError | GraphQLFormattedError)[]): GraphQLFormattedError[] =>
	errors.map((error) => {
		const { extensions: { http: _, ...extensions } = {}, ...rest } = error instanceof GraphQLError ? error.toJSON() : error;
		return { ...rest, extensions };
	});

const writers = new WeakMap<WebSocket, SocketWriter>();

/** The socket's writer, which all its subscriptions share. */
function writerOf(socket: WebSocket): SocketWriter {
	const writer = writers.get(socket) ?? new SocketWriter(socket);
	writers.set(socket, writer);
	return writer;
}

/**
 * The Authorization among the connection's parameters, or among headers that some clients put there, or GraphiQL into an
 * operation's extensions. Its name is that of a header: in any case.
 */
const authorizationIn = (values: unknown): string | undefined => valueIn(values, "authorization") ?? valueIn(propertyOf(values, "headers"), "authorization");

/** The first value that the name has, in whatever case, and that is not blank. */
const valueIn = (values: unknown, lowerCased: string): string | undefined =>
	Object.entries(isObject(values) ? values : {})
		.filter(([name]) => name.toLowerCase() === lowerCased)
		.map(([, value]) => given(value))
		.find((value) => value !== undefined);

/** What is no position is refused when a subscription goes on from it; none is as long, and it is kept as long as the connection is. */
function afterIn(values: unknown): string | undefined {
	const after = propertyOf(values, "after");
	return after == null ? undefined : String(after).slice(0, maxPosition);
}

const propertyOf = (values: unknown, name: string): unknown => (isObject(values) && Object.hasOwn(values, name) ? values[name] : undefined);

const isObject = (values: unknown): values is Readonly<Record<string, unknown>> => typeof values === "object" && values !== null;

const given = (authorization: unknown): string | undefined => (typeof authorization === "string" && authorization.trim() !== "" ? authorization : undefined);
