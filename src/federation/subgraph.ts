import {
	type ConstDirectiveNode,
	type GraphQLSchema,
	Kind,
	lexicographicSortSchema,
	type ObjectTypeDefinitionNode,
	parse,
	print,
	printSchema,
	visit,
} from "graphql";
import { contractOf } from "./contract.ts";

/** The oldest version that has all that is used here. */
const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key", "@shareable"])`;

/** A directive that Apollo's composition does not know by itself. */
const oneOf = "directive @oneOf on INPUT_OBJECT";

/** The keys of stored objects: a router can ask for one by each of them, if the type has it. */
const keys = ["id", "uuid"];

const written = new WeakMap<GraphQLSchema, string>();

/**
 * The contract as a subgraph of Apollo Federation 2: every stored object is an entity, by its id and by its uuid. PageInfo is
 * shareable, for each subgraph with connections has one. Written once for a schema.
 */
export function subgraphOf(schema: GraphQLSchema): string {
	const text = written.get(schema) ?? textOf(schema);
	written.set(schema, text);
	return text;
}

function textOf(schema: GraphQLSchema): string {
	const contract = parse(printSchema(lexicographicSortSchema(contractOf(schema))));
	const withKeys = visit(contract, { ObjectTypeDefinition: (type) => ({ ...type, directives: [...(type.directives ?? []), ...directivesOf(type)] }) });
	const text = print(withKeys);
	return [link, ...(/ @oneOf\b/.test(text) ? [oneOf] : []), text].join("\n\n");
}

function directivesOf({ name, interfaces = [], fields = [] }: ObjectTypeDefinitionNode): ConstDirectiveNode[] {
	if (name.value === "PageInfo") return [directive("shareable")];
	if (!interfaces.some((one) => one.name.value === "Node")) return [];
	return keys.filter((key) => fields.some((field) => field.name.value === key)).map((key) => directive("key", { fields: key }));
}

const directive = (name: string, values: Readonly<Record<string, string>> = {}): ConstDirectiveNode => ({
	kind: Kind.DIRECTIVE,
	name: { kind: Kind.NAME, value: name },
	arguments: Object.entries(values).map(([argument, value]) => ({
		kind: Kind.ARGUMENT,
		name: { kind: Kind.NAME, value: argument },
		value: { kind: Kind.STRING, value },
	})),
});
