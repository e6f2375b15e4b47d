import type { WebSocket } from "ws";

/** How many messages a client may send on a connection at once, and how many more each second. */
export interface MessageRate {
	readonly burst: number;
	readonly perSecond: number;
}

const usual: MessageRate = { burst: 500, perSecond: 100 };

/** Calls back once, at the first message that is more than the client may send: the last one that is handed on. */
export function limitMessages(socket: WebSocket, tooMany: () => void, { burst, perSecond }: MessageRate = usual): void {
	let left = burst;
	let since = performance.now();
	socket.on("message", () => {
		const now = performance.now();
		left = Math.min(burst, left + ((now - since) * perSecond) / 1_000) - 1;
		since = now;
		if (left >= 0) return;
		socket.removeAllListeners("message");
		tooMany();
	});
}
