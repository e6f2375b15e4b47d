import { oneLine } from "../../shared/one-line.ts";

const minute = 60_000;

/** How much a recipient is sent, in milliseconds. */
export interface DeliveryRules {
	/** Between two messages about one policy: what comes in between waits for the next one. */
	readonly interval: number;
	/** A message that has waited this long is not sent any more. */
	readonly maxAge: number;
}

/** Why messages EXPIRE: what is counted, and what is stored with the message. */
export const expiries = {
	DELETED: "The policy was deleted before the message was sent.",
	AGED: "The message was older than NOTIFICATION_MAX_AGE before it could be sent.",
	RESET: "The policy was not fired any more when the message was due.",
	DISCARDED: "Discarded by an operator.",
} as const;

export type ExpiryCause = keyof typeof expiries;

/** What became of a message in a round of delivery, for those who count. A failed attempt leaves it PENDING, the last one FAILED. */
export type Outcome = { state: "SENT" } | { state: "PENDING" | "FAILED"; failed: Failed } | { state: "EXPIRED"; cause: ExpiryCause };

/** Where a message is on its way, as it is stored. */
export const states = ["PENDING", "SENT", "FAILED", "EXPIRED"];

/** How often delivery is tried before it is given up. */
export const maxAttempts = 10;

/** How long a claimed notification is left to the process that claimed it, in milliseconds. Every attempt ends well before. */
export const lease = 2 * minute;

/** Why a notification is given up whose last attempt ended without a word, as when its process was killed. */
export const cutShort: Failed = {
	cause: "CUT_SHORT",
	reason: "The last attempt was cut short: whether the mail server took the message is not known.",
};

/** The first failure is followed by a pause of one minute, each further one by twice the pause before: eight and a half hours in all. */
export function afterFailure(attempts: number, now: Date): { state: "PENDING" | "FAILED"; due: Date } {
	if (attempts >= maxAttempts) return { state: "FAILED", due: now };
	return { state: "PENDING", due: new Date(now.getTime() + minute * 2 ** (attempts - 1)) };
}

/** An error of the mail transport: `code` is the transport's own, `response` what the server replied. */
export interface SendFailure {
	readonly code?: string | undefined;
	readonly response?: string | undefined;
	readonly message: string;
}

/** What a reason must not contain: whom the message was for, and what signs the service in at the mail server. */
export interface Untold {
	readonly recipient: string;
	readonly secrets: readonly string[];
}

const maxReasonLength = 300;

/** What keeps messages from being sent, as metrics count it: few causes for any reply of a server. */
export const failureCauses = ["SIGN_IN", "ADDRESS", "TIME", "CONNECTION", "REFUSED", "CUT_SHORT", "OTHER"] as const;

export type FailureCause = (typeof failureCauses)[number];

/** By the mail transport's codes: the cause, and what is said instead of its text. */
const failures: Readonly<Record<string, readonly [FailureCause, string]>> = {
	EAUTH: ["SIGN_IN", "The mail server refused the service's sign-in"],
	ENOAUTH: ["SIGN_IN", "The mail server refused the service's sign-in"],
	EENVELOPE: ["ADDRESS", "The address cannot be mailed"],
	EABORT: ["TIME", "The attempt took too long, or the service was stopped"],
	ETIMEDOUT: ["TIME", "The mail server did not answer in time"],
	ECONNECTION: ["CONNECTION", "The connection to the mail server failed"],
	ESOCKET: ["CONNECTION", "The connection to the mail server failed"],
	EDNS: ["CONNECTION", "The connection to the mail server failed"],
	ETLS: ["CONNECTION", "The connection to the mail server failed"],
};

/** Why a message was not sent. */
export interface Failed {
	readonly cause: FailureCause;
	/** One line: the server's reply, or a sentence of our own where its text could reveal too much. */
	readonly reason: string;
}

export function failureOf({ code = "", response = "", message }: SendFailure, untold: Untold): Failed {
	const [cause, sentence] = failures[code] ?? ["OTHER", "The message could not be sent"];
	if (response !== "" && cause !== "SIGN_IN") return { cause: "REFUSED", reason: withoutUntold(oneLine(response), untold).slice(0, maxReasonLength) };
	const [systemCode] = /\bE[A-Z]{5,}\b/.exec(message) ?? [];
	return { cause, reason: `${sentence}${systemCode === undefined ? "" : ` (${systemCode})`}.` };
}

/** Why nothing is sent to an address with such characters, even where the mail server would take it. */
export const unmailable: Failed = { cause: "ADDRESS", reason: "The address cannot be mailed: it holds control or invisible characters." };

/** Servers repeat addresses as they like: in other letters, or only what comes before the @. */
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
