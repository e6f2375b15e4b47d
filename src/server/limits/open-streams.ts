import type { ServerResponse } from "node:http";
import { serviceStops } from "../../graphql/errors.ts";
import { type Ending, gone, stopped } from "../../shared/ending.ts";
import type { StreamFormat } from "../stream-formats.ts";

/** The streams of events of subscriptions that are under way. */
export interface OpenStreams {
	/** Adds one until its response is closed. */
	add(response: ServerResponse, follower: { end(error: unknown): void }, format: StreamFormat): void;
	/** How a stream ends that is closed now: a client has no other way to end it than closing it. */
	ending(): Ending;
	/**
	 * Writes to each, after its last event, that the service stops, and cuts it off instead of completing it: clients that
	 * connect again by themselves do so, and go on from their last position.
	 */
	stop(): void;
}

interface Open {
	readonly follower: { end(error: unknown): void };
	readonly format: StreamFormat;
}

export function createOpenStreams(): OpenStreams {
	const streams = new Map<ServerResponse, Open>();
	let isStopped = false;

	function stopOne(response: ServerResponse, { follower, format }: Open): void {
		if (response.headersSent) {
			response.write(format.lastBlock(serviceStops()), () => response.destroy());
			setTimeout(() => response.destroy(), timeout).unref(); // its client does not read
		} else {
			follower.end(serviceStops()); // which is the whole response
		}
	}

	return {
		add: (response, follower, format) => {
			const open = { follower, format };
			streams.set(response, open);
			response.once("close", () => streams.delete(response));
			if (isStopped) stopOne(response, open);
		},
		ending: () => (isStopped ? stopped : gone),
		stop: () => {
			isStopped = true;
			for (const [response, open] of streams) stopOne(response, open);
		},
	};
}

/** How long a stream's client may take to read that it is cut, in milliseconds. */
const timeout = 1_000;
