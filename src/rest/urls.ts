import { parsedUuid } from "../shared/uuid.ts";
import { hex } from "../shared/waldur-words.ts";

/** Absolute addresses of objects. They are made of what the service was told to be called, never of what a client calls it. */
export interface Urls {
	/** Of what is below /api/, such as "marketplace-resources/". */
	readonly to: (path: string) => string;
	/** Of one object of a collection. */
	readonly of: (collection: string, uuid: string) => string;
}

/** @param publicUrl where clients reach the service, without a slash at its end */
export function createUrls(publicUrl: string): Urls {
	const to = (path: string) => `${publicUrl}/api/${path}`;
	return { to, of: (collection, uuid) => to(`${collection}/${hex(uuid)}/`) };
}

/** The uuid that a text names: itself, or the last part of an object's address, on whatever host. Undefined when there is none. */
export function uuidNamed(text: string): string | undefined {
	const [, last = text] = /^https?:\/\/[^?#]*\/([^/?#]+)\/?$/.exec(text) ?? [];
	return parsedUuid(last);
}
