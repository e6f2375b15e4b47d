import WebSocket from "ws";
import { answer, tell } from "./answer.ts";
import { document } from "./document.ts";
import { now } from "./now.ts";

/** Who is to subscribe where: one socket for each of the tokens, which may be given more than once. */
export interface Opening {
	readonly url: string;
	readonly tokens: readonly string[];
}

/** When each subscriber was told of an alert, by `now`; 0 where one was not. */
export interface Delivery {
	readonly uuid: string;
	/** Of the whole message. */
	readonly bytes: number;
	readonly arrivals: Float64Array;
}

/** As many connections are made at a time. */
const dialling = 50;

/** All subscriptions have one id, so that an alert is the same message for all: only the first is taken apart. */
const subscribe = JSON.stringify({ id: "1", type: "subscribe", payload: { query: document, variables: {} } });

const deliveries: (Delivery & { readonly message: Buffer; missing: number })[] = [];
let subscribers = 0;

answer("open", async ({ url, tokens }: Opening) => {
	subscribers = tokens.length;
	const left = [...tokens.entries()];
	const dial = async () => {
		for (let next = left.pop(); next !== undefined; next = left.pop()) await open(url, ...next);
	};
	await Promise.all(Array.from({ length: dialling }, dial)).catch((error: Error) => tell("failed", error.message));
});

answer("deliveries", () => deliveries.map(({ uuid, bytes, arrivals }): Delivery => ({ uuid, bytes, arrivals })));

/** Resolves once the subscription is asked for. */
function open(url: string, index: number, token: string): Promise<void> {
	return new Promise((resolve, reject) => {
		const socket = new WebSocket(url, "graphql-transport-ws", { perMessageDeflate: false, skipUTF8Validation: true });
		socket.on("open", () => socket.send(JSON.stringify({ type: "connection_init", payload: { Authorization: `Token ${token}` } })));
		socket.once("message", () => {
			socket.on("message", (message: Buffer) => arrived(index, message));
			socket.send(subscribe);
			resolve();
		});
		socket.on("error", reject);
		socket.on("close", (code, reason) => tell("failed", `a socket was closed with ${code} ${reason}`));
	});
}

function arrived(index: number, message: Buffer): void {
	const moment = now();
	const delivery = deliveries.findLast((known) => known.message.equals(message)) ?? begun(message);
	if (delivery === undefined) return;
	if (delivery.arrivals[index] !== 0) tell("failed", `a subscriber was told twice of ${delivery.uuid}`);
	delivery.arrivals[index] = moment;
	if (--delivery.missing === 0) tell("delivered", delivery.uuid);
}

/** The delivery of an alert that nobody was told of before; undefined when the message tells of none. */
function begun(message: Buffer): (typeof deliveries)[number] | undefined {
	const uuid = JSON.parse(String(message)).payload?.data?.policyFirings?.firing?.uuid;
	if (typeof uuid !== "string" || deliveries.some((known) => known.uuid === uuid)) {
		tell("failed", `a subscriber was told ${String(message).slice(0, 300)}`);
		return undefined;
	}
	const delivery = { uuid, bytes: message.length, arrivals: new Float64Array(subscribers), message: Buffer.from(message), missing: subscribers };
	deliveries.push(delivery);
	return delivery;
}
