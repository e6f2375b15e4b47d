import type { IncomingMessage } from "node:http";
import { clientGone, tooLarge, unreadable, wrongMediaType } from "../rest/problems.ts";
import { deepestJson, isTooDeep } from "./limits/json-bounds.ts";
import { maxBodyBytes } from "./yoga.ts";

/** The bytes of a request's body. Throws for more than there may be; the connection is kept for the answer then. */
export async function bytesOf(request: IncomingMessage): Promise<Buffer> {
	if (Number(request.headers["content-length"] ?? 0) > maxBodyBytes) throw tooLarge(maxBodyBytes);
	const chunks: Buffer[] = [];
	let length = 0;
	try {
		for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
			length += chunk.length;
			if (length > maxBodyBytes) throw tooLarge(maxBodyBytes);
			chunks.push(chunk);
		}
	} catch (error) {
		throw request.destroyed && !request.complete ? clientGone() : error;
	}
	return Buffer.concat(chunks);
}

/** The JSON in the bytes; undefined when there are none. Throws for what is of another type, or no JSON. */
export function bodyOf({ headers }: IncomingMessage, bytes: Buffer): unknown {
	if (bytes.length === 0) return undefined;
	if (!/^application\/json\b/i.test(headers["content-type"] ?? "")) throw wrongMediaType();
	const text = bytes.toString();
	if (isTooDeep(text)) throw unreadable(`Lists and objects are nested more than ${deepestJson} deep.`);
	try {
		return JSON.parse(text);
	} catch {
		throw unreadable("JSON parse error: the body is not JSON.");
	}
}
