import { type GraphQLObjectType, type GraphQLOutputType, getNamedType, isAbstractType, isObjectType, isUnionType } from "graphql";
import { expect, test } from "vitest";
import { exposedBy, sourceOf } from "../../src/graphql/fields/source.ts";
import { schema } from "../../src/schema.ts";

/**
 * Fields that declare no source: they answer a union of what was asked for and of errors, which no plan writes, and are
 * executed field by field, as mutations are; with them the whole query.
 */
const undeclared = ["Query.previewOfferingUsagePolicy"];

/** What the schema is, is never planned. */
const ofSchema = ["Query._service"];

/** Types whose fields are written by the plan of what answers them: a page, and an object of any type. */
const isWrittenByItsPage = ({ name }: GraphQLObjectType): boolean => name.endsWith("Connection") || name.endsWith("Edge") || name === "PageInfo";

/** The object types that a query reaches, apart from what a field without a source answers. */
function reached(): GraphQLObjectType[] {
	const types = new Set<GraphQLObjectType>();
	const visit = (answered: GraphQLOutputType): void => {
		const type = getNamedType(answered);
		if (isAbstractType(type)) for (const possible of schema.getPossibleTypes(type)) visit(possible);
		if (!isObjectType(type) || types.has(type)) return;
		types.add(type);
		for (const field of Object.values(type.getFields())) if (![...undeclared, ...ofSchema].includes(`${type.name}.${field.name}`)) visit(field.type);
	};
	visit(schema.getQueryType() as GraphQLObjectType);
	return [...types];
}

test("every field that a query reaches declares where its value comes from, so that it can be planned", () => {
	const missing = reached()
		.filter((type) => !isWrittenByItsPage(type))
		.flatMap((type) =>
			Object.values(type.getFields())
				.filter((field) => field.name !== "id" || !type.getInterfaces().some(({ name }) => name === "Node"))
				.filter((field) => sourceOf(field) === undefined && exposedBy(field) === undefined)
				.map(({ name }) => `${type.name}.${name}`),
		);
	expect(missing.sort()).toEqual([...ofSchema, ...undeclared]);
});

test("a field that a query reaches declares no source only because it answers typed errors", () => {
	const fields = schema.getQueryType()?.getFields() ?? {};
	for (const name of undeclared) expect(isUnionType(getNamedType(fields[name.replace("Query.", "")]?.type)), name).toBe(true);
});
