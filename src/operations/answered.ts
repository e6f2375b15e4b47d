import type { OperationType } from "../shared/operation.ts";

/** What is known of an operation once it has been answered. Nothing of its values is in it. */
export interface AnsweredOperation {
	readonly requestId: string;
	/** Username; undefined for nobody. */
	readonly viewer: string | undefined;
	/** Undefined when it was refused before it was executed. */
	readonly type: OperationType | undefined;
	readonly name: string | undefined;
	/** Undefined when it was not found. */
	readonly cost: number | undefined;
	readonly statements: number;
	readonly milliseconds: number;
	/** Codes of the errors that it was answered with, each once: typed ones, and those at the top. */
	readonly codes: readonly string[];
	readonly outcome: Outcome;
}

/** Whether all went well, something was refused, or the service failed. */
export type Outcome = "ok" | "refused" | "failed";

const failures = ["INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE", "STATEMENT_TIMEOUT"];

export const outcomeOf = (codes: readonly string[]): Outcome =>
	codes.length === 0 ? "ok" : codes.some((code) => failures.includes(code)) ? "failed" : "refused";
