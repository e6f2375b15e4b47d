import { EventSource } from "eventsource";
import { type Client, createClient } from "graphql-ws";
import WebSocket from "ws";
import type { Answer, Data } from "./gateway.ts";

/** A subscription's events, taken one by one as they arrive. */
export interface Events {
	/** The next event's data. Fails when the subscription ends or answers errors instead. */
	next(): Promise<Answer>;
	stop(): void;
}

/** Follows a subscription over WebSocket; whether it is under way yet is not known before its first event. */
export function subscribe(client: Client, query: string, variables?: Data): Events {
	const events = client.iterate<Data>({ query, variables: variables ?? {} });
	return {
		next: async () => {
			// A refused operation rejects with its errors, a list; a closed socket with its close event.
			const { value, done } = await events.next().catch((reason: unknown) => {
				throw new Error(JSON.stringify(isClose(reason) ? { code: reason.code, reason: reason.reason } : reason));
			});
			if (done === true) throw new Error("The subscription ended.");
			if (value.errors !== undefined) throw new Error(JSON.stringify(value.errors));
			return value.data;
		},
		stop: () => void events.return?.(),
	};
}

/** A close event has its properties on its prototype, where JSON does not look. */
const isClose = (reason: unknown): reason is { code: number; reason: string } => typeof reason === "object" && reason !== null && "code" in reason;

/** A client on a connection of its own, once the server has taken it; disposing it closes the connection. Rejects with the close event when it is refused. */
export async function connect(url: string, token: string | undefined): Promise<Client> {
	const client = createClient({
		url: url.replace(/^http/, "ws"),
		webSocketImpl: WebSocket,
		lazy: false,
		retryAttempts: 0,
		onNonLazyError: () => {},
		...(token === undefined ? {} : { connectionParams: { Authorization: `Token ${token}` } }),
	});
	await new Promise<void>((connected, refused) => {
		client.on("connected", () => connected());
		client.on("closed", refused);
	});
	return client;
}

/** Follows a subscription over server-sent events. */
export async function subscribeOverSse(url: string, token: string, query: string, variables?: Data): Promise<Events> {
	const stop = new AbortController();
	const response = await fetch(url, {
		method: "POST",
		headers: { "content-type": "application/json", accept: "text/event-stream", authorization: `Token ${token}` },
		body: JSON.stringify({ query, variables }),
		signal: stop.signal,
	});
	const results = sseResults(response);
	return {
		next: async () => {
			const { value, done } = await results.next();
			if (done === true) throw new Error("The subscription ended.");
			if (value.errors !== undefined) throw new Error(JSON.stringify(value.errors));
			return value.data;
		},
		stop: () => stop.abort(),
	};
}

/** Follows a subscription as a browser's EventSource does, which connects again by itself and goes on from its last event. */
export function subscribeAsBrowser(url: string, token: string, query: string, variables?: Data): Events {
	const results: Answer[] = [];
	let tell = () => {};
	const address = `${url}?${new URLSearchParams({ query, variables: JSON.stringify(variables ?? {}) })}`;
	const source = new EventSource(address, {
		fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, authorization: `Token ${token}` } }),
	});
	source.addEventListener("next", ({ data }) => {
		results.push(JSON.parse(data));
		tell();
	});
	return {
		next: async () => {
			for (;;) {
				const result = results.shift();
				if (result?.errors !== undefined) throw new Error(JSON.stringify(result.errors));
				if (result !== undefined) return result.data;
				await new Promise<void>((resolve) => {
					tell = resolve;
				});
			}
		},
		stop: () => source.close(),
	};
}

async function* sseResults(response: Response): AsyncGenerator<Answer, void, void> {
	if (response.body === null) throw new Error("There is no stream.");
	let buffer = "";
	for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
		const blocks = (buffer + chunk).split("\n\n");
		buffer = blocks.pop() ?? "";
		for (const block of blocks) {
			const data = /^data: (.+)$/m.exec(block)?.[1];
			if (/^event: next$/m.test(block) && data !== undefined) yield JSON.parse(data);
		}
	}
}
