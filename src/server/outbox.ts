import type { WebSocket } from "ws";
import { createBacklog } from "./backlog.ts";

/** What is sent on a socket at the pace of its client. */
export interface Outbox {
	send(message: string): void;
	/** Resolves when nothing waits to be sent; undefined when nothing does. */
	emptied(): Promise<void> | undefined;
}

/** What is handed to the socket before it has sent the rest: it copies each message. */
const mostInSocket = 16 * 1024;

const fellBehind = { code: 4413, reason: "Fell behind: connect again, and go on from your last position." };

/**
 * Makes the outbox of a socket. While the client does not read, messages wait; when too many wait, or one for too long,
 * the socket is closed with 4413.
 */
export function createOutbox(socket: WebSocket): Outbox {
	const backlog = createBacklog(() => socket.close(fellBehind.code, fellBehind.reason));
	const waiting: (() => void)[] = [];
	const hasRoom = () => backlog.isEmpty && socket.bufferedAmount < mostInSocket;
	const tellEmpty = () => {
		for (const tell of waiting.splice(0)) tell();
	};

	/** One function for all messages of the socket: there are many of them. */
	const sent = () => {
		while (!backlog.isEmpty && socket.bufferedAmount < mostInSocket) socket.send(backlog.shift() ?? "", sent);
		if (hasRoom()) tellEmpty();
	};
	socket.once("close", () => {
		backlog.clear();
		tellEmpty();
	});

	return {
		send: (message) => {
			if (socket.readyState !== socket.OPEN) return;
			if (hasRoom()) socket.send(message, sent);
			else backlog.push(message);
		},
		emptied: () => (socket.readyState !== socket.OPEN || hasRoom() ? undefined : new Promise((resolve) => waiting.push(resolve))),
	};
}
