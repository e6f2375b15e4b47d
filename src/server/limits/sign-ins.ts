import type { WebSocket } from "ws";
import type { TokenWatch } from "../../access/token-watch.ts";
import type { Metrics } from "../../shared/metrics.ts";
import { connectionsPerToken, signedInWithin, tokensPerSocket } from "./limits.ts";
import type { Slots } from "./slots.ts";

const unauthorized = { code: 4401, reason: `Nobody has signed in within ${signedInWithin / 1_000} seconds.` };
const forbidden = { code: 4403, reason: "Forbidden" };

export interface SignInOptions {
	readonly slots: Slots;
	readonly tokens: TokenWatch;
	readonly metrics: Metrics | undefined;
}

/**
 * The tokens that have signed in on a WebSocket, in any way. Each holds one of its connections until the socket is closed,
 * or it is no longer good. A socket on which none has signed in in time is closed with 4401, one whose last is no longer
 * good with 4403.
 */
export class SignIns {
	readonly #socket: WebSocket;
	readonly #options: SignInOptions;
	/** How to leave with each token. */
	readonly #held = new Map<string, () => void>();
	#waiting: NodeJS.Timeout | undefined;

	constructor(socket: WebSocket, options: SignInOptions) {
		this.#socket = socket;
		this.#options = options;
		this.#waiting = setTimeout(() => {
			options.metrics?.refusedConnection("nobody");
			socket.close(unauthorized.code, unauthorized.reason);
		}, signedInWithin);
		socket.once("close", () => {
			clearTimeout(this.#waiting);
			for (const leave of this.#held.values()) leave();
			this.#held.clear();
		});
	}

	/** Signs in with a token that was found to be good. Returns why it cannot, if it cannot. */
	add(token: string): string | undefined {
		// A socket that has closed while the token was looked up takes no slot: it would never give it back.
		if (this.#held.has(token) || this.#socket.readyState !== this.#socket.OPEN) return undefined;
		const { slots, tokens, metrics } = this.#options;
		const leave = this.#held.size < tokensPerSocket ? slots.take(token) : undefined;
		if (leave === undefined) {
			metrics?.refusedConnection("token");
			return this.#held.size < tokensPerSocket ? tooManyConnections : `At most ${tokensPerSocket} tokens sign in on a connection: use another one.`;
		}
		const unwatch = tokens.watch(token, () => this.#end(token));
		this.#held.set(token, () => {
			unwatch();
			leave();
		});
		clearTimeout(this.#waiting);
		this.#waiting = undefined;
		return undefined;
	}

	#end(token: string): void {
		this.#held.get(token)?.();
		this.#held.delete(token);
		if (this.#held.size === 0) this.#socket.close(forbidden.code, forbidden.reason);
	}
}

export const tooManyConnections = `A token has at most ${connectionsPerToken} connections.`;
