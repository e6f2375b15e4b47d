import { parsedUuid } from "./uuid.ts";
import { typesOfCollections } from "./waldur-words.ts";

/** What a client calls an object by. */
export interface Identifier {
	readonly uuid: string;
	/** The type of the object, where the text says it. */
	readonly type: string | undefined;
}

/**
 * What the text names: an object's uuid, dashed or as 32 digits, its id as it was answered, or Waldur's address of it, on
 * whatever host. Undefined for any other text.
 */
export function identifierIn(text: string): Identifier | undefined {
	const uuid = parsedUuid(text);
	if (uuid !== undefined) return { uuid, type: undefined };
	return text.startsWith("http") ? inAddress(text) : inId(text);
}

/** The uuid is the last part of an address, and the collection stands before it. */
function inAddress(text: string): Identifier | undefined {
	const [, collection = "", last = ""] = /^https?:\/\/[^?#]*?\/(?:([^/?#]+)\/)?([^/?#]+)\/?$/.exec(text) ?? [];
	const uuid = parsedUuid(last);
	return uuid === undefined ? undefined : { uuid, type: Object.hasOwn(typesOfCollections, collection) ? typesOfCollections[collection] : undefined };
}

/** An id is the type and the uuid in base64. No id is long. */
function inId(text: string): Identifier | undefined {
	if (text.length > 200 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
	const [, type, uuidText = ""] = /^([A-Za-z]\w*):([^:]+)$/.exec(Buffer.from(text, "base64").toString("utf8")) ?? [];
	const uuid = parsedUuid(uuidText);
	return uuid === undefined ? undefined : { uuid, type };
}
