import { GraphQLObjectType, GraphQLSchema } from "graphql";
import { assertPresent } from "../shared/assert-present.ts";

/** What begins with one underline is for routers. */
const isForRouters = (name: string): boolean => /^_[^_]/.test(name);

const contracts = new WeakMap<GraphQLSchema, GraphQLSchema>();

/** The schema as clients are promised it, and shown it: without what is there for the router of a federation alone. */
export function contractOf(schema: GraphQLSchema): GraphQLSchema {
	const contract = contracts.get(schema) ?? withoutRouters(schema);
	contracts.set(schema, contract);
	return contract;
}

function withoutRouters(schema: GraphQLSchema): GraphQLSchema {
	const { types, ...config } = schema.toConfig();
	const served = assertPresent(schema.getQueryType() ?? undefined, "there is something to ask");
	const { fields, ...ofQuery } = served.toConfig();
	const query = new GraphQLObjectType({ ...ofQuery, fields: Object.fromEntries(Object.entries(fields).filter(([name]) => !isForRouters(name))) });
	return new GraphQLSchema({ ...config, query, types: types.filter((type) => type !== served && !isForRouters(type.name)) });
}
