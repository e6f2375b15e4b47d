import { type DocumentNode, GraphQLIncludeDirective, GraphQLSkipDirective, Kind, visit } from "graphql";

/** The values of the variables that say what is skipped and included. */
export type Conditions = Readonly<Record<string, unknown>>;

const conditional: ReadonlySet<string> = new Set([GraphQLSkipDirective.name, GraphQLIncludeDirective.name]);

/** The names of the variables that say which fields of the document are skipped and included. */
export function conditionVariables(document: DocumentNode): readonly string[] {
	const names = new Set<string>();
	visit(document, {
		Directive: ({ name, arguments: values = [] }) => {
			if (!conditional.has(name.value)) return false;
			for (const { value } of values) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
			return false;
		},
	});
	return [...names];
}
