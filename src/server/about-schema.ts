import { type DocumentNode, visit } from "graphql";

const known = new WeakMap<DocumentNode, boolean>();

/** Whether a document asks what the schema is. */
export function isAboutSchema(document: DocumentNode): boolean {
	const present = known.get(document);
	if (present !== undefined) return present;
	let isAsked = false;
	visit(document, {
		Field: ({ name: { value } }) => {
			if (value === "__schema" || value === "__type") isAsked = true;
		},
	});
	known.set(document, isAsked);
	return isAsked;
}
