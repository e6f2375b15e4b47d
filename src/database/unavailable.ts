/** That the server is out of reach, or silent. */
export const unavailable = (message: string): Error => Object.assign(new Error(message), { code: "ETIMEDOUT" });

/** What the driver says, without a code, when it waited too long or there is no connection any more. */
const uncoded = /^timeout e|^Query read timeout$|^Connection terminated|^Client (was closed|has encountered)|^Cannot use a pool after calling end/;

/** The system's codes, and PostgreSQL's for too many connections, when no connection can be made. */
const unreachable = /^(ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|53300)$/;

/** Throws the error: coded ETIMEDOUT when it means that the server is out of reach and has no code of those that say so. */
export function throwCoded(error: unknown): never {
	if (error instanceof Error && (uncoded.test(error.message) || unreachable.test("code" in error ? String(error.code) : ""))) {
		throw Object.assign(error, { code: "ETIMEDOUT" });
	}
	throw error;
}
