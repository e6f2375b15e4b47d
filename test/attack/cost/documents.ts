import { type GraphQLField, GraphQLInputObjectType, type GraphQLObjectType, getNamedType, isEnumType, isRequiredArgument } from "graphql";
import { schema } from "../../../src/schema.ts";

/** Values in GraphQL that a filter may have, by its name. Those of an enumeration are known from it. */
export type Values = Readonly<Record<string, readonly string[]>>;

type Random = () => number;

const pick = <Item>(random: Random, items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;

/** Lists of usage and of its parts: the tables that grow with every report. */
const growing = new Set(["ComponentUsageConnection", "ComponentUserUsageConnection"]);

/** The fields of Query, and of the objects that are named in `ids`, that answer such a list. */
function lists(ids: Readonly<Record<string, string>>): { readonly type: string; readonly field: GraphQLField<unknown, unknown> }[] {
	return ["Query", ...Object.keys(ids)].flatMap((type) => {
		const fields = Object.values((schema.getType(type) as GraphQLObjectType).getFields());
		return fields.filter((field) => growing.has(getNamedType(field.type).name)).map((field) => ({ type, field }));
	});
}

/** Endless legal questions for lists: by any of their filters together, in any order, of any size, counted or not; the same for the same `random`. Throws when a filter has no value. */
export function* listDocuments(values: Values, ids: Readonly<Record<string, string>>, random: Random): Generator<string, never, void> {
	const all = lists(ids);
	for (;;) {
		const { type, field } = pick(random, all);
		const args = [`first: ${pick(random, [1, 10, 100])}`];
		const filter = filterOf(field, values, random);
		if (filter !== "") args.push(`filter: { ${filter} }`);
		const order = orderOf(field, random);
		if (order !== undefined && random() < 0.4) args.push(`orderBy: ${order}`);
		const answer = `${random() < 0.3 ? "totalCount " : ""}nodes { uuid usage }`;
		const list = `${field.name}(${args.join(", ")}) { ${answer} }`;
		yield type === "Query" ? `{ ${list} }` : `{ node(id: ${ids[type]}) { ... on ${type} { ${list} } } }`;
	}
}

const inputOf = (field: GraphQLField<unknown, unknown>, argument: string): GraphQLInputObjectType | undefined => {
	const type = field.args.find((arg) => arg.name === argument && !isRequiredArgument(arg))?.type;
	const named = type && getNamedType(type);
	return named instanceof GraphQLInputObjectType ? named : undefined;
};

/** None, one, or several of the filters, each with a value. */
function filterOf(field: GraphQLField<unknown, unknown>, values: Values, random: Random): string {
	const fields = Object.keys(inputOf(field, "filter")?.getFields() ?? {});
	const wanted = pick(random, [0, 1, 1, 1, 2, 2, 3]);
	const chosen = new Set(Array.from({ length: wanted }, () => pick(random, fields)));
	return [...chosen]
		.map((name) => {
			const known = values[name];
			if (known === undefined) throw new Error(`Name values to filter by ${name}.`);
			return `${name}: ${pick(random, known)}`;
		})
		.join(", ");
}

function orderOf(field: GraphQLField<unknown, unknown>, random: Random): string | undefined {
	const type = getNamedType(inputOf(field, "orderBy")?.getFields()["field"]?.type);
	if (!isEnumType(type)) return undefined;
	return `{ field: ${pick(random, type.getValues()).name}, direction: ${pick(random, ["ASC", "DESC"])} }`;
}
