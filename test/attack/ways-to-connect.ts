import { request } from "node:http";
import WebSocket from "ws";

/** A connection that stays open until it is closed. */
export interface Held {
	/** Resolves when both sides know that it is closed. */
	close(): Promise<void>;
}

/** Where to, as whom, and from which address of this computer. */
export interface Caller {
	readonly url: string;
	readonly token: string;
	/** A position before an event that the caller sees: what a stream begins with. */
	readonly after: string;
	readonly from?: string;
	readonly headers?: Readonly<Record<string, string>>;
}

/** Opens a connection and signs in; what it is refused with, as a code, when it is. */
export type Way = (caller: Caller) => Promise<Held | string>;

const alerts = "subscription ($after: String) { policyFirings(after: $after) { ... on PolicyFiringEvent { position } } }";

interface SocketSignIn {
	readonly headers?: Readonly<Record<string, string>>;
	readonly connectionParams?: object;
	readonly extensions?: object;
}

const overSocket =
	(signIn: (authorization: string) => SocketSignIn): Way =>
	({ url, token, from, headers }) =>
		new Promise((resolve) => {
			const { connectionParams, extensions, ...others } = signIn(`Token ${token}`);
			const socket = new WebSocket(url.replace(/^http/, "ws"), "graphql-transport-ws", {
				...(from === undefined ? {} : { localAddress: from }),
				headers: { ...headers, ...others.headers },
			});
			const closed = new Promise<void>((ended) => socket.on("close", () => ended()));
			socket.on("error", ({ message }) => resolve(/\d{3}$/.exec(message)?.[0] ?? message));
			socket.on("close", (code) => resolve(String(code)));
			socket.on("open", () => socket.send(JSON.stringify({ type: "connection_init", payload: connectionParams })));
			socket.on("message", (data) => {
				const { type, payload } = JSON.parse(String(data));
				const question = { query: "{ viewer { uuid } }", extensions };
				if (type === "connection_ack") socket.send(JSON.stringify({ id: "who", type: "subscribe", payload: question }));
				const code = (type === "error" ? payload : payload?.errors)?.[0]?.extensions?.code;
				if (code !== undefined) {
					resolve(code);
					socket.terminate();
				} else if (type === "next") {
					resolve({
						close: () => {
							socket.close();
							return closed;
						},
					});
				}
			});
		});

const asStream =
	(method: "GET" | "POST"): Way =>
	({ url, token, after, from, headers }) =>
		new Promise((resolve) => {
			const body = { query: alerts, variables: { after } };
			const address =
				method === "POST" ? url : `${url}?query=${encodeURIComponent(body.query)}&variables=${encodeURIComponent(JSON.stringify(body.variables))}`;
			const sent = request(address, {
				method,
				agent: false,
				...(from === undefined ? {} : { localAddress: from }),
				headers: {
					...headers,
					accept: "text/event-stream",
					authorization: `Token ${token}`,
					...(method === "POST" ? { "content-type": "application/json" } : {}),
				},
			});
			const closed = new Promise<void>((ended) => sent.on("close", () => ended()));
			sent.on("error", ({ message }) => resolve(message));
			sent.on("response", (response) => {
				let text = "";
				response.on("error", () => {}); // it is this side that ends it
				response.on("data", (chunk) => {
					text += chunk;
					const code = /"code":"(\w+)"/.exec(text)?.[1];
					if (code !== undefined) resolve(code);
					else if (text.includes("position")) {
						resolve({
							close: () => {
								sent.destroy();
								return closed;
							},
						});
					}
				});
				response.on("end", () => resolve(String(response.statusCode)));
			});
			sent.end(method === "POST" ? JSON.stringify(body) : undefined);
		});

/** Every transport with every way to sign in on it. */
export const waysToConnect = {
	"a socket that signs in with its parameters": overSocket((authorization) => ({ connectionParams: { Authorization: authorization } })),
	"a socket that signs in with a header of its upgrade": overSocket((authorization) => ({ headers: { authorization } })),
	"a socket that signs in with each operation": overSocket((authorization) => ({ extensions: { headers: { Authorization: authorization } } })),
	"a stream of events by POST": asStream("POST"),
	"a stream of events by GET": asStream("GET"),
} as const satisfies Record<string, Way>;
