import type { Ending } from "./ending.ts";
import type { StatementWatch } from "./metrics.ts";

export type OperationType = "query" | "mutation" | "subscription";

/** One operation of a client on its way through the service, as those who run the service look at it. */
export interface OperationTrace {
	/** Names it in its response, in the log and beside a bug. */
	readonly requestId: string;
	/** What is executed. Not called for an operation that is refused before. */
	identify(type: OperationType, name: string | undefined): void;
	/** Who asks; not called for a client that is not signed in. */
	signedIn(username: string): void;
	/** Runs a statement of it. */
	readonly watch: StatementWatch;
	/** How much it may take, as it was found before it was executed. */
	observeCost(cost: number): void;
	/** A typed error was returned. */
	refused(code: string): void;
	/** It has been answered, with errors of these codes at the top: a subscription when it has begun. Later calls do not count. */
	end(codes: readonly string[]): void;
	/** The subscription that it has begun is over, after so many events. */
	over(ending: Ending, events: number): void;
	/** Its client has gone: ends it when it was under way. */
	leave(): void;
	/** Calls back when its client goes before it has been answered; at once when it has gone. */
	onLeave(left: () => void): void;
}

/** What an operation is asked with, apart from what it asks. Both come from the client: neither is trusted. */
export interface RequestHeaders {
	readonly requestId?: string | undefined;
	/** The place in a distributed trace, as W3C Trace Context writes it. */
	readonly traceparent?: string | undefined;
}

/** Makes an operation of each request, when it comes. */
export type BeginOperation = (asked: RequestHeaders) => OperationTrace;
