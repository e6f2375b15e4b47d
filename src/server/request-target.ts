import type { IncomingMessage } from "node:http";

/** A name or an address, and maybe a port. */
const hostForm = /^(?:\[[0-9a-f:.]+\]|[\w.~!$&'()*+,;=%-]+)(?::\d{1,5})?$/i;

/** Whether the request's Host and target are such as a URL has: code that makes a URL of others throws, and may say where. */
export function hasTarget({ headers: { host }, url = "" }: Pick<IncomingMessage, "headers" | "url">): boolean {
	if (host !== undefined && !(hostForm.test(host) && URL.canParse(`http://${host}/`))) return false;
	return url === "*" || URL.canParse(url.startsWith("/") ? `http://localhost${url}` : url);
}
