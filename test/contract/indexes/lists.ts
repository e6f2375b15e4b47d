import { type GraphQLArgument, GraphQLEnumType, type GraphQLField, GraphQLInputObjectType, getNamedType, isObjectType, isRequiredArgument } from "graphql";
import { schema } from "../../../src/schema.ts";

/** One way to ask for a list: by one of its filters, or in one of its orders. */
export interface Listing {
	/** The field, and the filter or order: what an expectation is stated for. */
	readonly title: string;
	/** The field alone. */
	readonly list: string;
	/** Whether it is a field of Query, and not of the objects of a type. */
	readonly isRoot: boolean;
	readonly document: string;
}

/** Values in GraphQL by the name of the argument or field; an enum's values are all tried. */
export type Values = Readonly<Record<string, string>>;

const paging = new Set(["first", "last", "after", "before"]);

/** Pages of sums: all that is summed is read, whatever the page. How that is found, totals.test.ts says. */
const summed = "UsageTotalConnection";

/**
 * Every filter and every order of every list in the schema, each alone, and the list without any. Throws for a filter
 * without a value, and for a type with lists that no object is named of in `ids`.
 */
export function listings(values: Values, ids: Values): Listing[] {
	const types = Object.values(schema.getTypeMap()).filter(isObjectType);
	return types.flatMap((type) =>
		Object.values(type.getFields())
			.filter((field) => getNamedType(field.type).name.endsWith("Connection") && getNamedType(field.type).name !== summed)
			.flatMap((field) => ways(field, values).map((way) => listing(type.name, field, way, values, ids))),
	);
}

interface Way {
	readonly name: string;
	readonly argument: string;
}

/** Without any, and by each of its arguments alone. */
function ways(field: GraphQLField<unknown, unknown>, values: Values): Way[] {
	const choices = field.args.filter((argument) => !paging.has(argument.name) && !isRequiredArgument(argument));
	return [{ name: "", argument: "" }, ...choices.flatMap((argument) => waysOf(argument, values))];
}

function waysOf(argument: GraphQLArgument, values: Values): Way[] {
	const type = getNamedType(argument.type);
	if (!(type instanceof GraphQLInputObjectType)) return [{ name: ` ${argument.name}`, argument: `${argument.name}: ${given(argument.name, values)}` }];
	const fields = Object.values(type.getFields());
	const order = fields.find(({ name }) => name === "field");
	if (order !== undefined) {
		const columns = enumValues(order.type);
		return columns.flatMap((column) =>
			["ASC", "DESC"].map((direction) => ({ name: ` by ${column} ${direction}`, argument: `${argument.name}: { field: ${column}, direction: ${direction} }` })),
		);
	}
	return fields.flatMap(({ name, type: fieldType }) => {
		const usual = usualValues[getNamedType(fieldType).name];
		const choices = enumValues(fieldType).length > 0 ? enumValues(fieldType).map((value) => `[${value}]`) : [values[name] ?? usual ?? given(name, values)];
		return choices.map((value) => ({ name: ` of ${name}`, argument: `${argument.name}: { ${name}: ${value} }` }));
	});
}

const enumValues = (type: Parameters<typeof getNamedType>[0]): string[] => {
	const named = getNamedType(type);
	return named instanceof GraphQLEnumType ? named.getValues().map(({ name }) => name) : [];
};

/** Values of types whose filters need none of their own. */
const usualValues: Readonly<Record<string, string>> = { Date: '"2025-03-10"', DateTime: '"2025-03-10T00:00:00Z"', Boolean: "true" };

function given(name: string, values: Values): string {
	const value = values[name];
	if (value === undefined) throw new Error(`Name a value to filter by ${name}.`);
	return value;
}

function listing(type: string, field: GraphQLField<unknown, unknown>, way: Way, values: Values, ids: Values): Listing {
	const required = field.args.filter(isRequiredArgument).map(({ name }) => `${name}: ${given(`${field.name}.${name}`, values)}`);
	const list = `${field.name}(${["first: 25", ...required, way.argument].filter((text) => text !== "").join(", ")}) { pageInfo { hasNextPage } }`;
	const document = type === "Query" ? `{ ${list} }` : `{ node(id: ${given(type, ids)}) { ... on ${type} { ${list} } } }`;
	const name = `${type === "Query" ? "" : `${type}.`}${field.name}`;
	return { title: name + way.name, list: name, isRoot: type === "Query", document };
}
