import { setTimeout as pause } from "node:timers/promises";
import { EventSource } from "eventsource";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import type { Answer } from "../support/gateway.ts";

/** An event as it was told. */
export interface Told {
	readonly position: string;
	readonly firing: string;
	/** Where the follower was before, as the event says; undefined of what was read from the log. */
	readonly previous?: string;
}

/** What was told between two losses of the place: from the beginning, or since a POSITION_EXPIRED, to the next one. */
export interface Stretch {
	/** The position that it began after; undefined when it began with what was live. */
	readonly after: string | undefined;
	readonly told: Told[];
	isExpired: boolean;
}

export interface Follower {
	readonly transport: Transport;
	readonly stretches: readonly Stretch[];
	/** How often a subscription has ended how: with SERVICE_UNAVAILABLE, with POSITION_EXPIRED, with its connection, or without a word. */
	readonly ends: Readonly<Record<"unavailable" | "expired" | "broken" | "bare", number>>;
	/** Answers that are none of these. */
	readonly wrong: readonly string[];
	stop(): Promise<void>;
}

export type Transport = keyof typeof transports;

type OnResult = (result: Answer) => void;

/** One subscription from its begin to its end; rejects when its connection ended it. Aborted, it resolves. */
type Follow = (url: string, token: string, after: string | undefined, onResult: OnResult, signal: AbortSignal) => Promise<void>;

const document = `subscription ($after: String) { policyFirings(after: $after) {
	__typename ... on PolicyFiringEvent { previous position firing { uuid } } ... on Error { code }
} }`;

const overWebSocket: Follow = (url, token, after, onResult, signal) => {
	const connectionParams = { Authorization: `Token ${token}` };
	const client = createClient({ url: url.replace(/^http/, "ws"), webSocketImpl: WebSocket, retryAttempts: 0, connectionParams });
	return new Promise<void>((resolve, reject) => {
		signal.addEventListener("abort", () => resolve());
		client.subscribe(
			{ query: document, variables: { after } },
			{
				next: onResult,
				error: (reason) => {
					if (!Array.isArray(reason)) return reject(reason);
					onResult({ errors: reason });
					resolve();
				},
				complete: () => resolve(),
			},
		);
	}).finally(() => void Promise.resolve(client.dispose()).catch(() => {})); // its connection may be lost in this moment
};

const overFetch: Follow = async (url, token, after, onResult, signal) => {
	const response = await fetch(url, {
		method: "POST",
		headers: { "content-type": "application/json", accept: "text/event-stream", authorization: `Token ${token}`, connection: "close" },
		body: JSON.stringify({ query: document, variables: { after } }),
		signal,
	});
	if (!response.headers.get("content-type")?.startsWith("text/event-stream")) return onResult(await response.json());
	let buffer = "";
	for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
		const blocks = (buffer + chunk).split("\n\n");
		buffer = blocks.pop() ?? "";
		for (const block of blocks) {
			const data = /^data: (.+)$/m.exec(block)?.[1];
			if (/^event: next$/m.test(block) && data !== undefined) onResult(JSON.parse(data));
			if (/^event: complete$/m.test(block)) return;
		}
	}
	throw new Error("The stream broke off.");
};

/** As a browser does it: it goes on by itself from the last event's id, until it is told that it cannot. */
const overEventSource: Follow = (url, token, after, onResult, signal) => {
	const address = `${url}?query=${encodeURIComponent(document)}&variables=${encodeURIComponent(JSON.stringify({ after }))}`;
	const source = new EventSource(address, {
		fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, authorization: `Token ${token}` } }),
	});
	return new Promise<void>((resolve, reject) => {
		signal.addEventListener("abort", () => resolve());
		let last: Answer;
		source.addEventListener("next", ({ data }) => {
			last = JSON.parse(data);
			onResult(last);
		});
		source.addEventListener("complete", () => {
			if (last?.errors === undefined) resolve();
			last = undefined;
		});
		source.addEventListener("error", () => {
			if (source.readyState === EventSource.CLOSED) reject(new Error("The EventSource was refused."));
		});
	}).finally(() => source.close());
};

export const transports = { WebSocket: overWebSocket, "server-sent events": overFetch, EventSource: overEventSource } as const;

const betweenAttempts = 50;

export interface FollowOptions {
	readonly transport: Transport;
	/** Where to find an instance: each attempt asks anew. */
	readonly url: () => string;
	readonly token: string;
	/** Live only without it. */
	readonly after?: string | undefined;
	readonly onTold?: (told: Told) => void;
}

/** Follows the firings, and goes on from the last position whenever that ends; after POSITION_EXPIRED, from the newest firing. */
export function followFirings({ transport, url, token, after: begin, onTold = () => {} }: FollowOptions): Follower {
	const ending = new AbortController();
	const ends = { unavailable: 0, expired: 0, broken: 0, bare: 0 };
	const wrong: string[] = [];
	let stopAttempt = () => {};
	let stretch: Stretch = { after: begin, told: [], isExpired: false };
	const stretches = [stretch];

	const following = (async () => {
		while (!ending.signal.aborted) {
			const attempt = new AbortController();
			stopAttempt = () => attempt.abort();
			let isSaid = false;
			const onResult = ({ data, errors }: Answer) => {
				const told = data?.policyFirings;
				if (told?.__typename === "PolicyFiringEvent") {
					isSaid = false;
					const event = { previous: told.previous, position: told.position, firing: told.firing.uuid };
					stretch.told.push(event);
					onTold(event);
				} else if (told?.code === "POSITION_EXPIRED") {
					isSaid = true;
					ends.expired++;
					stretch.isExpired = true;
				} else if (errors?.every(({ extensions }: Answer) => ["SERVICE_UNAVAILABLE", "STATEMENT_TIMEOUT"].includes(extensions?.code))) {
					isSaid = true;
					ends.unavailable++;
				} else wrong.push(JSON.stringify({ data, errors }));
			};
			await transports[transport](url(), token, stretch.told.at(-1)?.position ?? stretch.after, onResult, attempt.signal).then(
				() => {
					if (!isSaid && !ending.signal.aborted) ends.bare++;
				},
				() => {
					if (!ending.signal.aborted) ends.broken++;
				},
			);
			if (stretch.isExpired) {
				const after = await newest(url, token, ending.signal);
				stretch = { after, told: [], isExpired: false };
				stretches.push(stretch);
			}
			await pause(betweenAttempts);
		}
	})();
	return {
		transport,
		stretches,
		ends,
		wrong,
		stop: async () => {
			ending.abort();
			stopAttempt();
			await following;
		},
	};
}

/** The position of the newest firing; of the beginning when there is none. */
async function newest(url: () => string, token: string, signal: AbortSignal): Promise<string> {
	while (!signal.aborted) {
		const answer = await asked(url(), token, "{ policyFirings(first: 1) { nodes { position } } }");
		if (answer?.errors === undefined && answer?.data != null) return answer.data.policyFirings.nodes[0]?.position ?? "0";
		await pause(betweenAttempts);
	}
	return "0";
}

/** One answer over HTTP; undefined when there was none. */
export async function asked(url: string, token: string, query: string, variables: object = {}): Promise<Answer> {
	const headers = { "content-type": "application/json", connection: "close", authorization: `Token ${token}` };
	try {
		const response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
		return await response.json();
	} catch {
		return undefined;
	}
}
