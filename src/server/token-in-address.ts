import type { IncomingMessage } from "node:http";
import { isIssuedToken } from "../access/token.ts";

/** What clients call a token that they put into an address. */
const names: ReadonlySet<string> = new Set(["token", "access_token", "auth_token", "authorization", "api_key", "apikey"]);

/** Whether the query string of a request has a token: addresses are kept where no secret should be. */
export function hasTokenInAddress({ url = "" }: Pick<IncomingMessage, "url">): boolean {
	const begin = url.indexOf("?");
	if (begin < 0) return false;
	for (const [name, value] of new URLSearchParams(url.slice(begin))) if (names.has(name.toLowerCase()) || isIssuedToken(value)) return true;
	return false;
}
