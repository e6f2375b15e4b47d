import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { GraphQLError } from "graphql";
import { WebSocketServer } from "ws";
import { formatAccepted } from "../export/accepted-format.ts";
import type { Services } from "../graphql/context.ts";
import { badRequest, rateLimited } from "../graphql/errors.ts";
import { billingPeriodAt } from "../shared/billing-period.ts";
import { listening } from "../shared/listening.ts";
import type { BeginOperation, OperationTrace } from "../shared/operation-trace.ts";
import { createOperations } from "../telemetry/operations.ts";
import { answerHeaders } from "./answer-headers.ts";
import { answerCrossOrigin } from "./cross-origin.ts";
import { createExports, isExport } from "./exports.ts";
import { answerPlainPosts } from "./fast-post.ts";
import { createGraphiql } from "./graphiql/graphiql.ts";
import { tabsOf } from "./graphiql/tabs.ts";
import { foreignRequests, isWelcome } from "./known-hosts.ts";
import { boundConnections, type ConnectionBounds, withoutBounds } from "./limits/connection-bounds.ts";
import { betweenLooks, connectionTimeouts } from "./limits/limits.ts";
import type { Pipeline } from "./pipeline.ts";
import { hasTarget } from "./request-target.ts";
import { answerRest, isRest, type RestOptions } from "./rest.ts";
import { createTickets, ticketPath } from "./tickets.ts";
import { hasTokenInAddress } from "./token-in-address.ts";
import { serveWebSocket } from "./websocket.ts";
import { createPipeline, endpoint, type YogaOptions } from "./yoga.ts";

export interface ServerOptions extends YogaOptions {
	/** Whether browsers are served GraphiQL. */
	readonly graphiql: boolean;
	/** Whether GraphiQL signs in with the demo's tokens; it does not when absent. */
	readonly isDemo?: boolean;
	readonly host: string;
	/** 0 takes a free port. */
	readonly port: number;
	/** Names and addresses by which the service may be called, besides those of loopback; any when absent. */
	readonly hosts?: readonly string[] | undefined;
	/** How many connections are let in; any when absent. */
	readonly connections?: ConnectionBounds;
	/** How the REST API answers; it is off when absent. */
	readonly rest?: RestOptions | undefined;
	/** How many rows of an export are read by one statement, when not as usual. */
	readonly exportPage?: number;
	/** Makes an operation of each request; one that is not observed when absent. */
	readonly beginOperation?: BeginOperation;
}

export interface RunningServer {
	/** Where GraphQL and GraphiQL are. */
	readonly url: string;
	/** What is known of the operations of trusted documents, where there are any. */
	readonly trusted: Pipeline["trusted"];
	/** Goes on as before, but makes each response the last of its connection, so that few are idle when it stops: a client may send on one that closes. */
	drain(): void;
	/**
	 * Takes no more connections and waits for the requests under way; each is the last of its connection. What would last is
	 * broken off so that clients go on elsewhere from their last position: sockets are closed with 1012 as soon as their queries
	 * and mutations are answered, or after two seconds; streams of events get a last error and are cut, as are silent connections.
	 * After eight seconds all that still waits for its client is cut, too.
	 */
	stop(): Promise<void>;
}

/** A subscribe message is a document and its variables: nothing larger is read. */
const largestMessage = 64 * 1024;

/**
 * How long stopping waits for clients that do not send the rest of a request, read their response, or let their socket be closed,
 * in milliseconds. Calls end sooner by themselves, even when the database does not respond.
 */
const shutdownTimeout = 8_000;

const headersOfAnswers = Object.entries(answerHeaders);

/** A response of status 406 repeats what can be sent for each type that is accepted; in characters. */
const maxAccept = 1_000;

/** Serves GraphQL over HTTP, server-sent events and WebSocket on one port. Throws a Failure when the port is taken, or a trusted document is not good. */
export async function startServer(
	services: Services,
	{ host, port, connections = withoutBounds, rest, exportPage, beginOperation = createOperations(), ...options }: ServerOptions,
): Promise<RunningServer> {
	const pipeline = createPipeline(services, options, connections.proxies);
	const { yoga } = pipeline;
	const answer = answerPlainPosts(pipeline);
	const answerOfRest = rest && answerRest(pipeline, rest);
	const exports = createExports(pipeline, exportPage);
	const tickets = createTickets(services, pipeline);
	const graphiql = options.graphiql ? graphiqlOf(services, options) : undefined;
	const foreign = foreignRequests(options);
	const underWay = new Set<ServerResponse>();
	let isLeaving = false;
	const crossing = (request: IncomingMessage, response: ServerResponse, methods: string) => answerCrossOrigin(request, response, options.origins, methods);
	const route = (request: IncomingMessage, response: ServerResponse, operation: OperationTrace): void => {
		const path = request.url?.split("?", 1)[0];
		const format = path === endpoint && (request.method === "GET" || request.method === "POST") ? formatAccepted(request.headers.accept) : undefined;
		if (isExport(request)) {
			if (!crossing(request, response, "GET, HEAD")) exports.byAddress(request, response, operation);
		} else if (request.url === "/") response.writeHead(302, { location: endpoint }).end();
		else if ((request.headers.accept?.length ?? 0) > maxAccept) response.writeHead(406).end();
		else if (graphiql?.isFor(request)) graphiql.answer(request, response);
		else if (isForeignForm(request))
			refuseWith(response, 415, bodyOf(badRequest("Send the operation as JSON, with the header Content-Type: application/json.")));
		else if (path === ticketPath) {
			if (!crossing(request, response, "POST")) tickets.issue(request, response, operation);
		} else if (format !== undefined) {
			crossing(request, response, "GET, POST");
			exports.byQuestion(request, response, operation, format);
		} else answer(request, response, operation);
	};
	const http = createHttpServer({ connectionsCheckingInterval: betweenLooks }, (request, response) => {
		const operation = beginOperation({ requestId: onlyOne(request.headers["x-request-id"]), traceparent: onlyOne(request.headers["traceparent"]) });
		response.setHeader("x-request-id", operation.requestId);
		response.setHeader("referrer-policy", "no-referrer"); // an address may have a ticket, and what is asked
		const leave = enter(request);
		underWay.add(response);
		response.on("close", () => {
			underWay.delete(response);
			operation.leave();
			leave?.();
		});
		if (isLeaving) makeLast(response);
		const isOfRest = rest !== undefined && isRest(request);
		if (!isOfRest) for (const [name, value] of headersOfAnswers) response.setHeader(name, value);
		const refused = foreign(request);
		const refuse = (status: number, error: GraphQLError): void => {
			const body = isOfRest ? JSON.stringify({ detail: error.message }) : bodyOf(error);
			refuseWith(response, status, body);
		};
		if (leave === undefined) refuse(429, tooManyConnections());
		else if (!hasTarget(request)) refuse(400, noTarget());
		else if (refused !== undefined) refuse(refused.status, refused.error);
		else if (hasTokenInAddress(request)) refuse(400, tokenInAddress());
		else if (answerOfRest !== undefined && isOfRest) answerOfRest(request, response, operation);
		else if (tickets.isUsed(request) && request.method !== "OPTIONS" && !graphiql?.isFor(request))
			tickets.use(
				request,
				response,
				operation,
				() => route(request, response, operation),
				() => void crossing(request, response, "GET, HEAD"),
			);
		else route(request, response, operation);
	});
	Object.assign(http, connectionTimeouts);
	const enter = boundConnections(http, connections, services.metrics);
	const silent = silentConnections(http);
	/** Why a socket is not opened; undefined when it is. */
	const refusalOf = (request: IncomingMessage): { status: number; message?: string } | undefined => {
		if (!hasTarget(request)) return { status: 400, message: bodyOf(noTarget()) };
		if (hasTokenInAddress(request)) return { status: 400, message: tokenInAddress().message };
		const refused = foreign(request);
		if (refused !== undefined) return { status: refused.status, message: refused.error.message };
		if (!isWelcome(request.headers.origin, request.headers.host, options.origins)) return { status: 403 };
		const leave = enter(request);
		if (leave === undefined) return { status: 429, message: tooManyConnections().message };
		request.socket.once("close", leave);
		return undefined;
	};
	const verifyClient = ({ req }: { req: IncomingMessage }, answer: (isWelcome: boolean, status?: number, message?: string) => void) => {
		const refused = refusalOf(req);
		answer(refused === undefined, refused?.status, refused?.message);
	};
	const sockets = new WebSocketServer({ server: http, path: endpoint, maxPayload: largestMessage, verifyClient });
	sockets.on("error", () => {}); // of the HTTP server, which reports it itself
	const graphql = serveWebSocket(sockets, pipeline, services, beginOperation);
	const url = await listening(http, host, port, "PORT");
	return {
		url: url + endpoint,
		trusted: pipeline.trusted,
		drain: () => {
			isLeaving = true;
		},
		stop: async () => {
			isLeaving = true;
			const breakingOff = setTimeout(() => {
				http.closeAllConnections();
				for (const socket of sockets.clients) socket.terminate();
			}, shutdownTimeout);
			const closed = new Promise<void>((resolve) => http.close(() => resolve()));
			const socketsClosed = graphql.stop();
			for (const response of underWay) if (!response.headersSent) makeLast(response);
			pipeline.streams.stop();
			exports.stop();
			await socketsClosed;
			http.closeIdleConnections();
			for (const connection of silent) connection.destroy();
			await closed;
			clearTimeout(breakingOff);
			await yoga.dispose();
		},
	};
}

/** Its tabs are about the months before the one that it is opened in. */
const graphiqlOf = ({ clock, timeZone }: Services, { isDemo = false, onBug }: Pick<ServerOptions, "isDemo" | "onBug">) =>
	createGraphiql({ endpoint, opensWith: () => ({ isDemo, tabs: tabsOf(billingPeriodAt(clock(), timeZone)) }), onBug });

/** What a page of any origin can send without asking first: a body that is not JSON. */
const isForeignForm = ({ method, headers }: IncomingMessage): boolean =>
	method === "POST" && !/^application\/(graphql-response\+|graphql\+)?json\b/i.test(headers["content-type"] ?? "");

/** Of a client behind a proxy: others are refused before they ask. */
const tooManyConnections = () => rateLimited("Too many connections of this address are open: end one, or try again.");

const tokenInAddress = () =>
	badRequest(
		"A token is never part of an address, which is kept in logs and histories: send it in the header Authorization, or use a ticket. Revoke this one.",
	);

function refuseWith(response: ServerResponse, status: number, body: string): void {
	response.writeHead(status, { "content-type": "application/json; charset=utf-8", connection: "close" }).end(body);
}

const noTarget = () => badRequest("The Host header or the target of the request is not that of a URL.");

const bodyOf = (error: GraphQLError): string => JSON.stringify({ errors: [error] });

/** A header's value, unless it came several times. */
const onlyOne = (value: string | string[] | undefined): string | undefined => (typeof value === "string" ? value : undefined);

/** Closes the connection after the response: on one that is kept, a client could ask for ever. */
function makeLast(response: ServerResponse): void {
	response.setHeader("connection", "close");
}

/**
 * The connections that have not asked anything yet, as browsers open them in advance. Node does not count them as idle, and a
 * server that closes would wait for them for as long as the browser is open.
 */
function silentConnections(http: Server): ReadonlySet<Socket> {
	const silent = new Set<Socket>();
	http.on("connection", (socket) => {
		silent.add(socket);
		socket.once("close", () => silent.delete(socket));
	});
	for (const event of ["request", "upgrade"] as const) http.on(event, ({ socket }: IncomingMessage) => silent.delete(socket));
	return silent;
}
