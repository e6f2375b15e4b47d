import { type DocumentNode, Kind, type SelectionSetNode } from "graphql";

/** What a document asks, as far as its own words say: without the schema, and without opening a fragment. */
export interface Introspection {
	/** It asks what the schema is. */
	readonly isAsked: boolean;
	/** It asks for something else than what the schema is, and the names of its root types. */
	readonly isOfData: boolean;
	/** It asks for entities, as the router of a federation does. */
	readonly isOfEntities: boolean;
	/** It asks for these, or for what such a router composes. */
	readonly isOfRouter: boolean;
}

/** `_service` is the schema too, as a router composes it. */
const ofSchema: ReadonlySet<string> = new Set(["__schema", "__type", "_service"]);

/**
 * Looks once at each selection of all operations and fragments, used or not: a client that may only ask for the schema sends
 * nothing else. A fragment on a type of the introspection itself is below a field that has been looked at. `visit` is
 * called for each selection.
 */
export function introspectionIn({ definitions }: DocumentNode, visit = () => {}): Introspection {
	let [isAsked, isOfData, isOfEntities, isOfService] = [false, false, false, false];
	const look = ({ selections }: SelectionSetNode, isRoot: boolean): void => {
		for (const selection of selections) {
			visit();
			if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
			const name = selection.kind === Kind.FIELD ? selection.name.value : undefined;
			const isMeta = name !== undefined && ofSchema.has(name);
			if (name === "_entities") isOfEntities = true;
			if (name === "_service") isOfService = true;
			if (isMeta) isAsked = true;
			else if (isRoot && name !== undefined && name !== "__typename") isOfData = true;
			if (selection.selectionSet !== undefined) look(selection.selectionSet, isRoot && name === undefined);
		}
	};
	for (const definition of definitions) {
		if (definition.kind === Kind.OPERATION_DEFINITION) look(definition.selectionSet, true);
		if (definition.kind === Kind.FRAGMENT_DEFINITION) look(definition.selectionSet, !definition.typeCondition.name.value.startsWith("__"));
	}
	return { isAsked, isOfData, isOfEntities, isOfRouter: isOfEntities || isOfService };
}
