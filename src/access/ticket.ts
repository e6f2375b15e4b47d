import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import type { TokenText } from "./token.ts";

/**
 * What signs in for one operation in the place of a token, where a client cannot send a header: it stands in an address, and is
 * good for nothing a minute later. 256 random bits.
 */
export type TicketText = string;

const form = /^ugwt_[A-Za-z0-9_-]{43}$/;

/** Milliseconds until a ticket that was not used is good for nothing. */
export const openedWithin = 60_000;

/** Milliseconds for which one that began a subscription lets it go on after its connection was lost. */
export const reopenedWithin = 12 * 3_600_000;

/** Tickets of a token that are kept: of more, those that were made first are forgotten. */
export const ticketsPerToken = 100;

export const newTicket = (random: (bytes: number) => Buffer = randomBytes): TicketText => `ugwt_${random(32).toString("base64url")}`;

/** Whether the text can be a ticket at all. */
export const isTicket = (text: string): text is TicketText => form.test(text);

/** What is stored of a ticket, in hex. */
export const ticketHash = (ticket: TicketText): string => createHash("sha256").update(ticket).digest("hex");

/** The key that is made of the ticket, and stored nowhere. */
const keyOf = (ticket: TicketText): Buffer => createHash("sha256").update(`seal ${ticket}`).digest();

const nonceBytes = 12;
const tagBytes = 16;

/** The token so that only who has the ticket can read it: who reads the database cannot. */
export function sealed(token: TokenText, ticket: TicketText): string {
	const nonce = randomBytes(nonceBytes);
	const cipher = createCipheriv("aes-256-gcm", keyOf(ticket), nonce);
	const text = Buffer.concat([cipher.update(token, "utf8"), cipher.final()]);
	return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString("base64url");
}

/** The token that was sealed for the ticket. Throws for what was not. */
export function unsealed(text: string, ticket: TicketText): TokenText {
	const bytes = Buffer.from(text, "base64url");
	const decipher = createDecipheriv("aes-256-gcm", keyOf(ticket), bytes.subarray(0, nonceBytes));
	decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
	return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString("utf8");
}
