/** On whose behalf statements run. */
export interface Caller {
	/** Callers of the same key share their part of the connections. */
	readonly key: string;
	/** Username, for those who run the service. */
	readonly viewer: string;
	/** The request; undefined for events of subscriptions. */
	readonly requestId?: string | undefined;
	/**
	 * Aborted when its client no longer waits for results: what waits for a connection is refused, and a statement that runs is
	 * cancelled. Only for callers that write nothing.
	 */
	readonly abandoned?: AbortSignal | undefined;
	/** Called with what a statement took of the database, in milliseconds, when it has ended. */
	took(milliseconds: number): void;
}

/** The client no longer waits for the result of a statement: it was not begun, or was cancelled. */
export class Abandoned extends Error {
	constructor() {
		super("Nobody waits for the answer any more.");
	}
}
