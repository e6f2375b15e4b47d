import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it arrived, its body read. */
export interface Received {
	readonly method: string;
	/** Below the base address, with its query. */
	readonly path: string;
	readonly authorization: string | undefined;
	// biome-ignore lint/suspicious/noExplicitAny: a body has the shape that each test sends
	readonly body: any;
}

/** What the receiver answers: a status with a body, and headers. */
export interface Reply {
	readonly status: number;
	readonly body?: unknown;
	readonly headers?: Readonly<Record<string, string>>;
}

/** A Waldur that takes what it is sent, in place of which a test may answer otherwise. */
export async function startReceiver() {
	const received: Received[] = [];
	let reply: (request: Received) => Reply | undefined | Promise<Reply | undefined> = () => undefined;
	const server = createServer(async (request, response) => {
		const path = (request.url ?? "").replace(/^\/api\//, "");
		const got: Received = { method: request.method ?? "", path, authorization: request.headers.authorization, body: await bodyOf(request) };
		received.push(got);
		const { status, body, headers } = (await reply(got)) ?? { status: got.method === "GET" ? 200 : 201, body: got.method === "GET" ? [] : undefined };
		response.writeHead(status, { "content-type": "application/json", ...headers }).end(body === undefined ? undefined : JSON.stringify(body));
	});
	await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
	return {
		base: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`),
		received,
		/** Answers by the function from now on; undefined answers as usual: an empty list, or 201. */
		answer: (how: typeof reply) => {
			reply = how;
		},
		stop: () => new Promise((stopped) => server.close(stopped)),
	};
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
	let text = "";
	for await (const piece of request.setEncoding("utf8")) text += piece;
	return text === "" ? undefined : JSON.parse(text);
}
