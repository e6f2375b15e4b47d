import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** The header in which a router sends the token that it is known by; Authorization has that of the person who asks. */
export const routerHeader = "x-federation-token";

/** What the header says; undefined when it is not there. */
export function routerTokenIn(headers: IncomingHttpHeaders): string | undefined {
	const given = headers[routerHeader];
	return typeof given === "string" ? given : undefined;
}

/** The router of a federation, among the clients. */
export interface Router {
	/** Whether the text is the router's token. */
	isKnownBy(given: string | undefined): boolean;
	/** Whether entities are asked for by somebody who may: the router alone, where it has a token. */
	mayAskEntities(given: string | undefined): boolean;
}

/**
 * `token` is what the router is known by. Without one it is like any other client, and everybody who signs in may ask for
 * entities; nobody where only trusted documents are answered, for what a router asks is written by no client.
 */
export function createRouter(token: string | undefined, answersAnyDocument: boolean): Router {
	const expected = token === undefined ? undefined : digest(token);
	const isKnownBy = (given: string | undefined): boolean => expected !== undefined && given !== undefined && timingSafeEqual(digest(given), expected);
	return { isKnownBy, mayAskEntities: (given) => (expected === undefined ? answersAnyDocument : isKnownBy(given)) };
}

/** Of one length, whatever is compared: the time says nothing of how much of it is right. */
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
