import type { WebSocket } from "ws";
import type { Ending } from "../shared/ending.ts";
import { SendBuffer } from "./send-buffer.ts";
import { endingOn } from "./socket-closes.ts";

/** What is handed to the socket before it has sent the rest: it copies each message. */
const maxInSocket = 16 * 1024;

/** Of results, which are not held back, as much is handed to it before another is too much; in bytes. */
const maxUnread = 1024 * 1024;

const fellBehind = { code: 4413, reason: "Fell behind: connect again, and go on from your last position." };

/**
 * What is sent on a socket at the pace of its client. While the client does not read, messages wait; when too much waits,
 * or for too long, the socket is closed with 4413.
 */
export class SocketWriter {
	readonly #socket: WebSocket;
	#buffer: SendBuffer | undefined;
	#waiting: (() => void)[] | undefined;

	constructor(socket: WebSocket) {
		this.#socket = socket;
	}

	send(message: string): void {
		if (this.#socket.readyState !== this.#socket.OPEN) return;
		if (this.#hasRoom()) {
			this.#socket.send(message, this.#sent);
			return;
		}
		this.#buffer ??= new SendBuffer(() => this.#socket.close(fellBehind.code, fellBehind.reason));
		this.#buffer.push(message);
	}

	/** How an operation ends that is left now. */
	get ending(): Ending {
		return endingOn(this.#socket);
	}

	/** Resolves when nothing waits to be sent; undefined when nothing does. */
	emptied(): Promise<void> | undefined {
		if (this.#socket.readyState !== this.#socket.OPEN || this.#hasRoom()) return undefined;
		return new Promise((resolve) => {
			this.#waiting ??= [];
			this.#waiting.push(resolve);
		});
	}

	#hasRoom(): boolean {
		return this.#buffer?.isEmpty !== false && this.#socket.bufferedAmount < maxInSocket;
	}

	/** Called for each message that is sent, and for each that cannot be, for the socket is closed. */
	readonly #sent = (): void => {
		const isOpen = this.#socket.readyState === this.#socket.OPEN;
		if (!isOpen) this.#buffer?.clear();
		while (this.#buffer?.isEmpty === false && this.#socket.bufferedAmount < maxInSocket) this.#socket.send(this.#buffer.shift() ?? "", this.#sent);
		if (this.#waiting === undefined || (isOpen && !this.#hasRoom())) return;
		const told = this.#waiting;
		this.#waiting = undefined;
		for (const tell of told) tell();
	};
}

/** Called before a result is sent: closes the socket with 4413, and reads it no more, when its client does not read the results. */
export function endIfUnread(socket: WebSocket): void {
	if (socket.bufferedAmount <= maxUnread) return;
	socket.removeAllListeners("message");
	socket.close(fellBehind.code, fellBehind.reason);
}
