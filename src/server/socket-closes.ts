import type { WebSocket } from "ws";
import { completed, type Ending, endedWith, gone, stopped } from "../shared/ending.ts";
import { serviceStopping } from "../shared/unavailable.ts";

/** What a socket that stops for the service's sake is closed with. */
export const restart = { code: 1012, reason: serviceStopping };

/** How subscriptions end by what the service closes their socket with. */
const endings: ReadonlyMap<number | undefined, Ending> = new Map([
	[restart.code, stopped],
	[4400, endedWith("BAD_REQUEST")],
	[4401, endedWith("UNAUTHENTICATED")],
	[4403, endedWith("UNAUTHENTICATED")],
	[4413, endedWith("FELL_BEHIND")],
	[4429, endedWith("RATE_LIMITED")],
]);

/** What sockets were closed with: a client need not repeat that code, so the code that it sent says nothing. */
const closedWith = new WeakMap<WebSocket, number | undefined>();

/** Remembers what the service closes the socket with. A client's close passes here, too: it is sent back with its own code and the bytes of its reason. */
export function rememberClose(socket: WebSocket): void {
	const close = socket.close.bind(socket);
	socket.close = (code, reason) => {
		const isOfClient = code === undefined || typeof reason === "object";
		if (!isOfClient && !closedWith.has(socket)) closedWith.set(socket, code);
		close(code, reason);
	};
}

/** How the subscriptions that leave the socket now end. */
export function endingOn(socket: WebSocket): Ending {
	return socket.readyState === socket.OPEN ? completed : (endings.get(closedWith.get(socket)) ?? gone);
}
