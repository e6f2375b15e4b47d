/** One event of a subscription as it is told: the same text for everyone who shares it. */
export interface Delivery {
	/** The result as JSON. */
	readonly text: string;
	/** Where it stands in the log; undefined when there is nothing to go on from. */
	readonly position: string | undefined;
}

/** A subscriber, as its transport serves it. */
export interface Listener {
	/** Takes the next event, and never throws: others are told the same by the same hand. */
	deliver(event: Delivery): void;
	/** Resolves when nothing that was told waits for the client any more; undefined when nothing does. */
	drained(): Promise<void> | undefined;
	/** Nothing more comes: all is told, or there was an error. */
	end(error?: unknown): void;
}
