import { oneLine } from "../shared/one-line.ts";

const minute = 60_000;

/** How often delivery is tried before it is given up. */
export const mostAttempts = 10;

/** How long a claimed notification is left to whoever claimed it, in milliseconds. Every attempt ends well before. */
export const lease = 2 * minute;

/** Why a notification is given up whose last attempt ended without a word, as when its process was killed. */
export const cutShort = "The last attempt was cut short: whether the mail server took the message is not known.";

/** The first failure is followed by a pause of one minute, each further one by twice the pause before: eight and a half hours in all. */
export function afterFailure(attempts: number, now: Date): { state: "PENDING" | "FAILED"; due: Date } {
	if (attempts >= mostAttempts) return { state: "FAILED", due: now };
	return { state: "PENDING", due: new Date(now.getTime() + minute * 2 ** (attempts - 1)) };
}

/** An error of the mail transport: `code` is the transport's own, `response` what the server answered. */
export interface SendFailure {
	readonly code?: string | undefined;
	readonly response?: string | undefined;
	readonly message: string;
}

/** What a reason must not tell: whom the message was for, and what signs the service in at the mail server. */
export interface Untold {
	readonly recipient: string;
	readonly secrets: readonly string[];
}

const longestReason = 300;

const sentences: Readonly<Record<string, string>> = {
	EAUTH: "The mail server refused the service's sign-in",
	ENOAUTH: "The mail server refused the service's sign-in",
	EENVELOPE: "The address cannot be mailed",
	EABORT: "The attempt took too long, or the service was stopped",
	ETIMEDOUT: "The mail server did not answer in time",
	ECONNECTION: "The connection to the mail server failed",
	ESOCKET: "The connection to the mail server failed",
	EDNS: "The connection to the mail server failed",
	ETLS: "The connection to the mail server failed",
};

/** One line on why a message was not sent: the server's answer, or a sentence of our own where its text could tell too much. */
export function failureReason({ code = "", response, message }: SendFailure, untold: Untold): string {
	const isSignIn = code === "EAUTH" || code === "ENOAUTH";
	if (response !== undefined && response !== "" && !isSignIn) return withoutUntold(oneLine(response), untold).slice(0, longestReason);
	const [systemCode] = /\bE[A-Z]{5,}\b/.exec(message) ?? [];
	return `${sentences[code] ?? "The message could not be sent"}${systemCode === undefined ? "" : ` (${systemCode})`}.`;
}

/** Servers repeat addresses as they like: in other letters, or only what stands before the @. */
function withoutUntold(reason: string, { recipient, secrets }: Untold): string {
	const [mailbox = ""] = recipient.split("@");
	const untold: [text: string, pattern: string, instead: string][] = [
		[recipient, literal(recipient), "the recipient"],
		[mailbox, `\\b${literal(mailbox)}\\b`, "the recipient"],
		...secrets.map((secret): [string, string, string] => [secret, literal(secret), "…"]),
	];
	return untold.reduce((told, [text, pattern, instead]) => (text === "" ? told : told.replaceAll(new RegExp(pattern, "gi"), instead)), reason);
}

const literal = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
