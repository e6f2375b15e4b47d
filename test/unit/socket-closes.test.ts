import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { endingOn, rememberClose } from "../../src/server/socket-closes.ts";
import { endedWith, gone, stopped } from "../../src/shared/ending.ts";

let server: WebSocketServer;
let client: WebSocket;
let socket: WebSocket;

beforeEach(async () => {
	server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
	await once(server, "listening");
	const connected = once(server, "connection");
	client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
	[socket] = await connected;
	rememberClose(socket);
	if (client.readyState !== client.OPEN) await once(client, "open");
});

afterEach(() => {
	client.terminate();
	server.close();
});

test.each([
	[1012, stopped],
	[4413, endedWith("FELL_BEHIND")],
	[4429, endedWith("RATE_LIMITED")],
])("a socket that the service closes with %i ends its subscriptions so", async (code, ending) => {
	socket.close(code, "why");
	await once(socket, "close");

	expect(endingOn(socket)).toEqual(ending);
});

test.each([1012, 4401, 4413, 4429])("a client that closes with %i, as the service does, is gone", async (code) => {
	client.close(code, "why");
	await once(socket, "close");

	expect(endingOn(socket)).toEqual(gone);
});

test("a client that closes without a reason is gone, too", async () => {
	client.close(4413);
	await once(socket, "close");

	expect(endingOn(socket)).toEqual(gone);
});
