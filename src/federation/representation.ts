import { decodeGlobalID } from "@pothos/plugin-relay";
import { isVisibleModel } from "../access/visibility.ts";
import type { NodeName } from "../graphql/fields/source.ts";
import { parsedUuid } from "../shared/uuid.ts";

/** Names no object: there is none of this type. */
const nobody: NodeName = { typename: "", id: "" };

/**
 * The object that a representation names: what a router knows of it, which is its type and one of its keys, or both. A name of
 * nothing when it is no such object, its type is no entity, or its keys are none or of two objects. What else it has is not looked at.
 */
export function nameIn(representation: unknown, isEntity: (typename: string) => boolean): NodeName {
	if (typeof representation !== "object" || representation === null) return nobody;
	const { __typename: typename, id, uuid } = representation as Readonly<Record<string, unknown>>;
	if (typeof typename !== "string" || !isEntity(typename)) return nobody;
	const [named, ...others] = [...(id === undefined ? [] : [keyOfId(id, typename)]), ...(uuid === undefined ? [] : [uuidIn(uuid)])];
	return named === undefined || others.some((other) => other !== named) ? nobody : { typename, id: named };
}

const uuidIn = (text: unknown): string | undefined => (typeof text === "string" ? parsedUuid(text) : undefined);

/** What a global id of the type holds, which is a uuid of whatever is stored; undefined when it is none. */
function keyOfId(id: unknown, typename: string): string | undefined {
	if (typeof id !== "string") return undefined;
	try {
		const named = decodeGlobalID(id);
		return named.typename === typename ? (parsedUuid(named.id) ?? (isVisibleModel(typename) ? undefined : named.id)) : undefined;
	} catch {
		return undefined;
	}
}
