/** One event of a subscription as it is sent: the same text for all subscribers that share it. */
export interface Delivery {
	/** The result as JSON. */
	readonly text: string;
	/** Its position in the log; undefined when there is nothing to go on from. */
	readonly position: string | undefined;
}

/** A subscriber, as its transport serves it. */
export interface Listener {
	/** Takes the next event, and never throws: the same loop delivers it to other listeners. */
	deliver(event: Delivery): void;
	/** Resolves when no delivered event waits for the client any more; undefined when none does. */
	drained(): Promise<void> | undefined;
	/** Nothing more comes: everything is delivered, or there was an error. */
	end(error?: unknown): void;
}
