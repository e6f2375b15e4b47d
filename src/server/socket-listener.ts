import type { Listener } from "../subscription/listener.ts";
import type { Outbox } from "./outbox.ts";

/** A listener that sends each event on a socket by itself, as the message of one operation. */
export interface SocketListener {
	readonly listener: Listener;
	/** What graphql-ws waits on until the subscription is over: it answers no result, and throws what the listener was ended with. */
	results(stop: () => void): AsyncGenerator<never, void, void>;
}

/** Makes the listener of the operation with the client's id. */
export function createSocketListener(outbox: Outbox, id: string): SocketListener {
	// The event's text is written once for all who share it; what is each one's own is put around it.
	const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
	let finish: (error: unknown) => void = () => {};
	const over = new Promise<IteratorResult<never, void>>((resolve, reject) => {
		finish = (error) => (error === undefined ? resolve({ done: true, value: undefined }) : reject(error));
	});
	over.catch(() => {}); // whoever takes the results is told
	return {
		listener: {
			tell: ({ text }) => outbox.send(`${head}${text}}`),
			taken: () => outbox.emptied(),
			// What is told goes before the end.
			end: (error) => void Promise.resolve(outbox.emptied()).then(() => finish(error)),
		},
		results: (stop) => {
			const stopped = async (): Promise<IteratorResult<never, void>> => {
				stop();
				finish(undefined);
				return { done: true, value: undefined };
			};
			return {
				next: () => over,
				return: stopped,
				throw: stopped,
				[Symbol.asyncIterator]() {
					return this;
				},
			};
		},
	};
}
