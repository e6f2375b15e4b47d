import WebSocket from "ws";
import type { Answer, Data } from "./gateway.ts";

/** A connection as it is on the wire: for clients that do what no library for subscriptions does. */
export interface RawSocket {
	/** What was received, in order. */
	readonly messages: readonly Message[];
	/** How the connection ended. */
	readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
	/** The first message for which this holds, as soon as it is there. Rejects when the connection ends before. */
	received(holds: (message: Message) => boolean): Promise<Message>;
	send(message: object): void;
	/** Sends the text as it is. */
	write(text: string): void;
	subscribe(id: string, query: string, variables?: Data): void;
	/** Reads no more, but answers that it is still there: it is slow, not gone. */
	stall(): void;
	/** Reads again. */
	resume(): void;
	close(): void;
}

export interface Message {
	readonly type: string;
	readonly id?: string;
	readonly payload?: Answer;
}

/** How often a client that does not read says that it is there, in milliseconds: much more often than it is asked. */
const signOfLife = 1_000;

/** Connects, and signs in where there is a token. Rejects when this is refused. */
export async function connectRaw(url: string, token?: string, headers: Readonly<Record<string, string>> = {}): Promise<RawSocket> {
	const socket = new WebSocket(url.replace(/^http/, "ws"), "graphql-transport-ws", { headers });
	const messages: Message[] = [];
	const waiting = new Set<() => void>();
	let living: NodeJS.Timeout | undefined;
	let isClosed = false;
	const tell = () => {
		for (const look of [...waiting]) look();
	};
	const closed = new Promise<{ code: number; reason: string }>((resolve) => {
		socket.on("close", (code, reason) => {
			clearInterval(living);
			isClosed = true;
			resolve({ code, reason: String(reason) });
			tell();
		});
	});
	socket.on("error", () => {}); // the end of the connection tells it
	socket.on("message", (data) => {
		messages.push(JSON.parse(String(data)));
		tell();
	});
	const send = (message: object) => socket.send(JSON.stringify(message));
	const received = (holds: (message: Message) => boolean) =>
		new Promise<Message>((resolve, reject) => {
			let looked = 0;
			const look = () => {
				for (; looked < messages.length; looked++) {
					const message = messages[looked];
					if (message === undefined || !holds(message)) continue;
					waiting.delete(look);
					resolve(message);
					return;
				}
				if (isClosed) void closed.then(({ code, reason: why }) => reject(new Error(`The connection ended with ${code}: ${why}`)));
			};
			waiting.add(look);
			look();
		});
	socket.on("open", () => send({ type: "connection_init", payload: token === undefined ? {} : { Authorization: `Token ${token}` } }));
	await received(({ type }) => type === "connection_ack");

	return {
		messages,
		closed,
		received,
		send,
		write: (text) => socket.send(text),
		subscribe: (id, query, variables = {}) => send({ id, type: "subscribe", payload: { query, variables } }),
		stall: () => {
			socket.pause();
			living = setInterval(() => socket.pong(), signOfLife);
		},
		resume: () => {
			clearInterval(living);
			socket.resume();
		},
		close: () => socket.terminate(),
	};
}
