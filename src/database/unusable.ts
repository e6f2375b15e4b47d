import { exitCodes, Failure } from "../shared/failure.ts";
import { type DatabaseAddress, shownAddress } from "./database-url.ts";

/** That the database of a variable's URL cannot be used, and why; without what is secret in the URL. */
export const unusable = (variable: string, address: DatabaseAddress, error: unknown): Failure =>
	new Failure(`The database ${shownAddress(address)} of ${variable} cannot be used: ${reason(error)}`, exitCodes.databaseUnavailable);

/** The first line of what the driver says; a refused connection to several addresses says it in its parts. */
export function reason(error: unknown): string {
	const first = error instanceof AggregateError ? error.errors[0] : error;
	const message = first instanceof Error ? first.message : String(first);
	return message.split("\n")[0] ?? message;
}
