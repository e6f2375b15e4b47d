import type { Ending } from "../shared/ending.ts";
import type { Delivery, Listener } from "../subscriptions/listener.ts";
import type { SocketWriter } from "./socket-writer.ts";

type Over = IteratorResult<never, void>;

interface Stoppable {
	stop(ending: Ending): void;
}

/**
 * Sends each event on a socket by itself, as a message of one operation. As the results that graphql-ws waits for it is
 * silent until the subscription is over, and then throws what this was ended with. Thousands wait at a time: it keeps little.
 */
export class SocketListener implements Listener, AsyncIterableIterator<never, void, void> {
	readonly #writer: SocketWriter;
	readonly #head: string;
	readonly #onLeave: () => void;
	#follower: Stoppable | undefined;
	#end: { readonly error: unknown } | undefined;
	#isLeft = false;
	#waiting: { readonly resolve: (over: Over) => void; readonly reject: (error: unknown) => void } | undefined;

	/** The listener of the operation that has the id on the client's side. `onLeave` is called when the client leaves it. */
	constructor(writer: SocketWriter, id: string, onLeave: () => void = () => {}) {
		this.#writer = writer;
		this.#onLeave = onLeave;
		// The event's text is written once for all who share it; what is each one's own is put around it.
		this.#head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
	}

	deliver({ text }: Delivery): void {
		this.#writer.send(`${this.#head}${text}}`);
	}

	drained(): Promise<void> | undefined {
		return this.#writer.emptied();
	}

	end(error?: unknown): void {
		// What was delivered is sent before the end is.
		void Promise.resolve(this.#writer.emptied()).then(() => this.#finish(error));
	}

	/** The silent results of the follower's subscription. */
	results(follower: Stoppable): this {
		this.#follower = follower;
		if (this.#isLeft) follower.stop(this.#writer.ending);
		return this;
	}

	next(): Promise<Over> {
		return new Promise((resolve, reject) => {
			this.#waiting = { resolve, reject };
			if (this.#end !== undefined) this.#finish(this.#end.error);
		});
	}

	/** Whether this is a subscription that has begun, rather than an operation that still waits for its result. */
	get isFollowing(): boolean {
		return this.#follower !== undefined;
	}

	/** Whether the client has left the operation. Its id may be another's by now: nothing is sent of it any more, not even its end. */
	get isLeft(): boolean {
		return this.#isLeft;
	}

	/** The client leaves, maybe before there is anything to follow. */
	async return(): Promise<Over> {
		this.#isLeft = true;
		this.#follower?.stop(this.#writer.ending);
		this.#onLeave();
		return { done: true, value: undefined };
	}

	[Symbol.asyncIterator](): this {
		return this;
	}

	#finish(error: unknown): void {
		this.#end ??= { error };
		if (this.#end.error === undefined) this.#waiting?.resolve({ done: true, value: undefined });
		else this.#waiting?.reject(this.#end.error);
	}
}
