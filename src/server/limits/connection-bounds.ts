import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import type { Metrics } from "../../shared/metrics.ts";
import { networkOf } from "./address-meter.ts";
import { clientAddress, type Proxies } from "./client-address.ts";
import { createSlots } from "./slots.ts";

/** How many connections are let in. */
export interface ConnectionBounds {
	/** In all. */
	readonly all: number;
	/** From one address. */
	readonly perAddress: number;
	/** Proxies, which are not counted themselves: those whom they ask for are. */
	readonly proxies: Proxies;
}

/** No bounds: for services whose only clients are their operator's own. */
export const withoutBounds: ConnectionBounds = { all: Number.POSITIVE_INFINITY, perAddress: Number.POSITIVE_INFINITY, proxies: { includes: () => false } };

/**
 * Ends connections of an address, or in all, that are more than may be open, as they come: with a status of HTTP and nothing
 * read of them. Returns a function that admits a request of a client behind a proxy, whose connections are the proxy's: it
 * returns undefined when the client may ask no more at the moment, else a function to call after the response.
 */
export function boundConnections(
	http: Server,
	{ all, perAddress, proxies }: ConnectionBounds,
	metrics: Metrics | undefined,
): (request: IncomingMessage) => (() => void) | undefined {
	const addresses = createSlots(perAddress);
	let open = 0;

	const refuse = (socket: Socket, reason: "all" | "address", status: string): void => {
		metrics?.refusedConnection(reason);
		socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: 10\r\n\r\n`, () => socket.destroy());
	};

	http.on("connection", (socket: Socket) => {
		open++;
		socket.once("close", () => open--);
		if (open > all) return refuse(socket, "all", "503 Service Unavailable");
		if (proxies.includes(socket.remoteAddress)) return;
		const leave = addresses.take(networkOf(socket.remoteAddress ?? ""));
		if (leave === undefined) return refuse(socket, "address", "429 Too Many Requests");
		socket.once("close", leave);
	});

	return (request) => {
		if (!proxies.includes(request.socket.remoteAddress)) return () => {};
		const leave = addresses.take(networkOf(clientAddress(request, proxies)));
		if (leave === undefined) metrics?.refusedConnection("address");
		return leave;
	};
}
