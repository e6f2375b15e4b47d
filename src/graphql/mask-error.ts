import { GraphQLError, type GraphQLErrorExtensions } from "graphql";
import { Abandoned } from "../database/caller.ts";
import { stateOf, takesNoChanges, tookTooLong } from "../database/states.ts";
import { InvalidInput } from "../shared/invalid-input.ts";
import { Forbidden } from "../shared/refusal.ts";
import { Unavailable } from "../shared/unavailable.ts";
import { recoded } from "./errors.ts";

/** The error that the client receives, and whether it is our bug. */
export interface MaskedError {
	readonly error: GraphQLError;
	readonly isBug: boolean;
}

/** PostgreSQL's conditions that a client's input or a lost server brings about, by SQLSTATE. */
const inputStates: Readonly<Record<string, string>> = {
	"22021": "Text must not contain the character U+0000.",
	"22P05": "Text must not contain the character U+0000.",
};

const unavailable = "The database cannot be reached at the moment: try again.";

const changeless = "The database takes no changes at the moment: try again.";

const slow = "A statement took longer than the database gives it: ask for less at once. A change of this field was not stored.";

const unavailableStates = /^(57P0[123]|25P03|08\d{3}|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT)$/;

/**
 * Errors of a known kind go to the client with their code; all others are masked. The original is for the log:
 * it may contain statements, paths and other tenants' rows.
 */
export function maskError(thrown: unknown): MaskedError {
	const original = thrown instanceof GraphQLError ? (thrown.originalError ?? undefined) : thrown;
	const named = (code: string, message?: string): MaskedError => ({ error: withCode(thrown, code, message), isBug: false });
	if (original === undefined || original instanceof GraphQLError) return named(codeOf(original) ?? codeOf(thrown) ?? "BAD_USER_INPUT");
	if (original instanceof InvalidInput) return named("BAD_USER_INPUT", original.message);
	if (original instanceof Abandoned) return named("TIMED_OUT", original.message); // its client has gone and reads nothing
	if (original instanceof Forbidden) return named("FORBIDDEN", original.message);
	if (original instanceof Unavailable) return named("SERVICE_UNAVAILABLE", original.message);
	const state = stateOf(original);
	const inputProblem = inputStates[state];
	if (inputProblem !== undefined) return named("BAD_USER_INPUT", inputProblem);
	if (tookTooLong(original)) return named("STATEMENT_TIMEOUT", slow);
	if (unavailableStates.test(state) || takesNoChanges(original)) {
		const message = takesNoChanges(original) ? changeless : unavailable;
		return { error: withCode(thrown, "SERVICE_UNAVAILABLE", message, isOfField(thrown) ? {} : { http: { status: 503 } }), isBug: false };
	}
	return { error: withCode(thrown, "INTERNAL_SERVER_ERROR", "Something went wrong on our side."), isBug: true };
}

const codeOf = (error: unknown): string | undefined =>
	error instanceof GraphQLError && typeof error.extensions["code"] === "string" ? error.extensions["code"] : undefined;

/** Whether a field failed: then others may have values, or changes were made. */
const isOfField = (thrown: unknown): boolean => thrown instanceof GraphQLError && thrown.path !== undefined;

/** The error as it is sent: with its place in the document, without what it was made from. */
function withCode(thrown: unknown, code: string, message?: string, more: GraphQLErrorExtensions = {}): GraphQLError {
	if (!(thrown instanceof GraphQLError)) return new GraphQLError(message ?? "Something went wrong on our side.", { extensions: { ...more, code } });
	return recoded(thrown, code, message, undefined, more);
}
