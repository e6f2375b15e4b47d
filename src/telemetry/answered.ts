import type { Ending } from "../shared/ending.ts";
import type { OperationType } from "../shared/operation-trace.ts";

/** What every report of an operation contains. Nothing of its values is in it. */
interface KnownOperation {
	readonly requestId: string;
	/** The distributed trace that it is part of; undefined when the client names none and none is made. */
	readonly traceId: string | undefined;
	/** Username; undefined when the client is not signed in. */
	readonly viewer: string | undefined;
	/** Undefined when it was refused before it was executed. */
	readonly type: OperationType | undefined;
	readonly name: string | undefined;
	readonly statements: number;
	/** Since it was asked. */
	readonly milliseconds: number;
}

/** An operation once it has been answered. */
export interface AnsweredOperation extends KnownOperation {
	/** Undefined when it was not found. */
	readonly cost: number | undefined;
	/** Codes of the errors that it was answered with, each once: typed ones, and those at the top. */
	readonly codes: readonly string[];
	readonly outcome: Outcome;
}

/** A subscription that had begun, when it is over. */
export interface OverSubscription extends KnownOperation {
	/** How many it was sent. */
	readonly events: number;
	/** What ended it; empty unless the service did. */
	readonly codes: readonly string[];
	readonly outcome: Ending["outcome"];
}

/** Whether all went well, something was refused, or the service failed. */
export type Outcome = "ok" | "refused" | "failed";

/** Codes of what is the service's own fault, or its database's. */
export const failures = ["INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE", "STATEMENT_TIMEOUT"];

export const outcomeOf = (codes: readonly string[]): Outcome =>
	codes.length === 0 ? "ok" : codes.some((code) => failures.includes(code)) ? "failed" : "refused";
