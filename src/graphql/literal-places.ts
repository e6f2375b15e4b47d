import { type ASTNode, type DocumentNode, isValueNode, Kind, visit } from "graphql";

/**
 * Where each of the literals stands in the document, as JavaScript writes it: input.usages[0].amount of an argument, $amount of
 * a variable's default. Only those that are values.
 */
export function literalPlaces(document: DocumentNode, literals: ReadonlySet<ASTNode>): ReadonlyMap<ASTNode, string> {
	const places = new Map<ASTNode, string>();
	visit(document, {
		enter: (node, _key, _parent, path) => {
			if (literals.has(node) && (isValueNode(node) || node.kind === Kind.OBJECT_FIELD)) places.set(node, placeOf(document, path));
		},
	});
	return places;
}

function placeOf(document: DocumentNode, path: readonly (string | number)[]): string {
	let place = "";
	let here: unknown = document;
	for (const [index, key] of path.entries()) {
		here = (here as Record<string | number, unknown>)[key];
		if (path[index - 1] === "values") place += `[${key}]`;
		const node = here as ASTNode;
		if (node.kind === Kind.ARGUMENT) place = node.name.value;
		if (node.kind === Kind.VARIABLE_DEFINITION) place = `$${node.variable.name.value}`;
		if (node.kind === Kind.OBJECT_FIELD) place += `.${node.name.value}`;
	}
	return place;
}
