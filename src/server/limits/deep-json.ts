import type { WebSocket } from "ws";
import { isTooDeep } from "./json-bounds.ts";

/** Keeps messages whose JSON is too deep from all listeners, before one of them parses it; calls back at the first. */
export function refuseDeepJson(socket: WebSocket, tooDeep: () => void): void {
	const emit = socket.emit.bind(socket);
	socket.emit = (event: string | symbol, ...args: unknown[]) => {
		if (event !== "message" || !isTooDeep(String(args[0]))) return emit(event, ...args);
		socket.removeAllListeners("message");
		tooDeep();
		return true;
	};
}
