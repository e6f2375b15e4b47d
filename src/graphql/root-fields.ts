import { type GraphQLSchema, getNullableType } from "graphql";

/**
 * Lets each field of Query and Mutation be null. A field that must not be null takes all others with it when it fails: what
 * was read, and the answers of changes that are stored.
 */
export function withNullableRoots(schema: GraphQLSchema): GraphQLSchema {
	for (const type of [schema.getQueryType(), schema.getMutationType()]) {
		for (const field of Object.values(type?.getFields() ?? {})) field.type = getNullableType(field.type);
	}
	return schema;
}
