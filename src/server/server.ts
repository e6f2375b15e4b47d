import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { WebSocketServer } from "ws";
import type { Services } from "../graphql/context.ts";
import { exitCodes, Failure } from "../shared/failure.ts";
import { answerPlainPosts } from "./plain-posts.ts";
import { serveWebSocket } from "./websocket.ts";
import { createPipeline, endpoint, type YogaOptions } from "./yoga.ts";

export interface ServerOptions extends YogaOptions {
	readonly host: string;
	/** 0 takes a free port. */
	readonly port: number;
}

export interface RunningServer {
	/** Where GraphQL and GraphiQL are. */
	readonly url: string;
	/**
	 * Takes no more connections and waits for the requests under way; each is the last of its connection. What would last is
	 * broken off so that clients go on elsewhere from their last position: sockets are closed with 1012, streams of events and
	 * silent connections are cut. So is, after eight seconds, whatever still waits for its client.
	 */
	stop(): Promise<void>;
}

/** A subscribe message is a document and its variables: nothing larger is read. */
const largestMessage = 64 * 1024;

/**
 * How long stopping waits for clients that do not send the rest of a request, take their answer, or let their socket be closed,
 * in milliseconds. Calls end sooner by themselves, even when the database does not answer.
 */
const patience = 8_000;

/** Serves GraphQL over HTTP, server-sent events and WebSocket on one port. Throws a Failure when the port is taken. */
export async function startServer(services: Services, { host, port, ...options }: ServerOptions): Promise<RunningServer> {
	const yoga = createPipeline(services, options);
	const answer = answerPlainPosts(yoga);
	const underWay = new Set<ServerResponse>();
	let stopping = false;
	const http = createHttpServer((request, response) => {
		underWay.add(response);
		response.on("close", () => underWay.delete(response));
		if (stopping) makeLast(response);
		if (request.url === "/") response.writeHead(302, { location: endpoint }).end();
		else answer(request, response);
	});
	const silent = silentConnections(http);
	const sockets = new WebSocketServer({ server: http, path: endpoint, maxPayload: largestMessage });
	sockets.on("error", () => {}); // of the HTTP server, which tells it itself
	const graphql = serveWebSocket(sockets, yoga, services);
	await listening(http, host, port);
	return {
		url: `http://${host.includes(":") ? `[${host}]` : host}:${(http.address() as AddressInfo).port}${endpoint}`,
		stop: async () => {
			stopping = true;
			const breakingOff = setTimeout(() => {
				http.closeAllConnections();
				for (const socket of sockets.clients) socket.terminate();
			}, patience);
			const closed = new Promise<void>((resolve) => http.close(() => resolve()));
			for (const socket of sockets.clients) socket.close(1012, "The service stops: connect again, and go on from your last position.");
			for (const response of underWay) {
				if (!response.headersSent) makeLast(response);
				else if (isStream(response)) response.destroy();
			}
			await graphql.dispose();
			http.closeIdleConnections();
			for (const connection of silent) connection.destroy();
			await closed;
			clearTimeout(breakingOff);
			await yoga.dispose();
		},
	};
}

/** Closes the connection after the answer: on one that is kept, a client could ask for ever. */
function makeLast(response: ServerResponse): void {
	response.setHeader("connection", "close");
}

/** Whether these are server-sent events, which have no end of their own. */
const isStream = ({ req }: ServerResponse): boolean => req.headers.accept?.includes("text/event-stream") === true;

/** Tries whether the port can be listened on, before anything is written in vain. Throws a Failure when not. */
export async function refuseTakenPort(host: string, port: number): Promise<void> {
	const probe = createHttpServer();
	await listening(probe, host, port);
	await new Promise((resolve) => probe.close(resolve));
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

function listening(http: Server, host: string, port: number): Promise<void> {
	return new Promise((resolve, reject) => {
		http.once("error", (error: NodeJS.ErrnoException) => {
			const reason =
				error.code === "EADDRINUSE" ? "is in use. Stop what listens there, or set PORT to another one." : `cannot be listened on: ${error.message}`;
			reject(new Failure(`Port ${port} on ${host} ${reason}`, exitCodes.portInUse));
		});
		http.listen(port, host, resolve);
	});
}
