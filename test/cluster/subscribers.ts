import { setTimeout as pause } from "node:timers/promises";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import type { Data } from "../support/gateway.ts";

/** What a subscriber was told: that a policy turned, and where that stands in the log. */
export interface Alert {
	readonly position: string;
	readonly firing: string;
}

export interface Subscriber {
	/** Who listens. */
	readonly token: string;
	/** In the order of telling. */
	readonly told: readonly Alert[];
	/** How often it went on from the last position that it had been told. */
	readonly resumptions: number;
}

export interface Subscribers {
	readonly all: readonly Subscriber[];
	/** Rejects when one of them is refused for a reason that does not pass; pending as long as they listen. */
	readonly over: Promise<unknown>;
	stop(): void;
}

const document = `subscription ($after: String) {
	policyFirings(after: $after) { ... on PolicyFiringEvent { position firing { uuid } } ... on Error { code } }
}`;

/** Before a subscriber goes on, in milliseconds: those of one socket must not send more messages together than a client may. */
const betweenAttempts = 100;

/** For each token as many sockets, each with several subscriptions. All begin where the log begins, and go on from where they were. */
export function subscribe(url: string, tokens: readonly string[], { sockets, perSocket }: { sockets: number; perSocket: number }): Subscribers {
	let stopped = false;
	const clients = tokens.flatMap((token) =>
		Array.from({ length: sockets }, () => {
			const connectionParams = { Authorization: `Token ${token}` };
			return { token, client: createClient({ url: url.replace(/^http/, "ws"), webSocketImpl: WebSocket, retryAttempts: 0, connectionParams }) };
		}),
	);
	const following = clients.flatMap(({ token, client }) =>
		Array.from({ length: perSocket }, () => {
			const told: Alert[] = [];
			const subscriber = { token, told, resumptions: 0 };
			const follow = async () => {
				while (!stopped) {
					try {
						for await (const { data, errors } of client.iterate<Data>({ query: document, variables: { after: told.at(-1)?.position ?? "0" } })) {
							if (errors !== undefined) throw errors;
							told.push(alertIn(data));
						}
					} catch (reason) {
						if (!isPassing(reason)) throw reason instanceof Error ? reason : new Error(closing(reason) ?? JSON.stringify(reason));
					}
					subscriber.resumptions++;
					await pause(betweenAttempts);
				}
			};
			return { subscriber, over: follow() };
		}),
	);
	return {
		all: following.map(({ subscriber }) => subscriber),
		over: Promise.all(following.map(({ over }) => over)),
		stop: () => {
			stopped = true;
			for (const { client } of clients) void client.dispose();
		},
	};
}

function alertIn(data: Data | null | undefined): Alert {
	const { position, firing } = (data?.["policyFirings"] ?? {}) as { position?: string; firing?: { uuid: string } };
	if (position === undefined || firing === undefined) throw new Error(`This is no alert: ${JSON.stringify(data)}`);
	return { position, firing: firing.uuid };
}

/** What ended a socket, undefined of anything else. */
function closing(reason: unknown): string | undefined {
	return typeof reason === "object" && reason !== null && "code" in reason && "reason" in reason
		? `The socket was closed with ${reason.code}: ${reason.reason}`
		: undefined;
}

/** Closed sockets pass, but for what the client did wrong; so does what a busy database keeps from being answered in time. */
function isPassing(reason: unknown): boolean {
	if (Array.isArray(reason)) return reason.every(({ extensions }) => ["SERVICE_UNAVAILABLE", "INTERNAL_SERVER_ERROR"].includes(extensions?.code));
	const code = typeof reason === "object" && reason !== null && "code" in reason ? reason.code : undefined;
	return typeof code === "number" && ![4400, 4401, 4403, 4406, 4409, 4429].includes(code);
}
