import { EventEmitter } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { WebSocket } from "ws";
import { limitMessages } from "../../src/server/limits/message-rate.ts";

let socket: EventEmitter;
let refused: number;
let handed: number;

beforeEach(() => {
	vi.useFakeTimers();
	socket = new EventEmitter();
	refused = 0;
	handed = 0;
	limitMessages(socket as WebSocket, () => refused++);
	socket.on("message", () => handed++);
});

afterEach(() => vi.useRealTimers());

const send = (count: number) => {
	for (let sent = 0; sent < count; sent++) socket.emit("message");
};

test("five hundred messages at once are handed on; with one more the connection is refused, and nothing after it is handed on", () => {
	send(500);
	expect([handed, refused]).toEqual([500, 0]);
	send(10);
	expect([handed, refused]).toEqual([501, 1]);
});

test("a hundred more may come each second", () => {
	send(500);
	vi.advanceTimersByTime(1_000);
	send(100);
	expect([handed, refused]).toEqual([600, 0]);
	send(1);
	expect(refused).toBe(1);
});

test("what is not sent is not saved up", () => {
	vi.advanceTimersByTime(3_600_000);
	send(501);
	expect([handed, refused]).toEqual([501, 1]);
});
