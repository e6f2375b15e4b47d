import fc from "fast-check";
import { type GraphQLField, type GraphQLNamedType, getNamedType, isAbstractType, isCompositeType, isObjectType, isRequiredArgument } from "graphql";
import { schema } from "../../src/schema.ts";

const times = (count: number, text: (index: number) => string, between = " "): string => Array.from({ length: count }, (_, index) => text(index)).join(between);

/** A row of no resource: what is asked of it costs nothing to read. */
const resource = 'resource(uuid: "00000000-0000-4000-8000-000000000001")';

/** Fields that lead from a resource to what it belongs to, and from there on. */
const links = [
	["Resource", "project"],
	["Project", "customer"],
	["Customer", "organizationGroups"],
	["OrganizationGroup", "parent"],
	["OrganizationGroup", "parent"],
	["OrganizationGroup", "parent"],
	["OrganizationGroup", "parent"],
	["OrganizationGroup", "parent"],
] as const;

/** Fragments in a chain, of which each asks for the same field several times, and spreads the next below all of them. */
export function chain(copies: number, depth: number, wrap = (field: string, _copy: number) => field): string {
	const fragments = links
		.slice(0, depth)
		.map(([type, field], at) => `fragment F${at} on ${type} { uuid ${times(copies, (copy) => wrap(`${field} { ...F${at + 1} }`, copy))} }`);
	const last = links[depth]?.[0] ?? "OrganizationGroup";
	return `{ ${resource} { ...F0 } } ${fragments.join(" ")} fragment F${depth} on ${last} { uuid }`;
}

/** Documents that are small, and grow where they are walked without care; by kind. */
export const families = {
	"fields repeated in chained fragments": fc
		.tuple(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 2, max: 8 }))
		.map(([copies, depth]) => chain(copies, depth)),
	"fields repeated in inline fragments": fc
		.tuple(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 2, max: 8 }))
		.map(([copies, depth]) => chain(copies, depth, (field) => `... { ${field} }`)),
	"aliases in chained fragments": fc
		.tuple(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 2, max: 8 }))
		.map(([copies, depth]) => chain(copies, depth, (field, copy) => `a${copy}: ${field}`)),
	"directives in chained fragments": fc
		.tuple(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 2, max: 8 }), fc.boolean())
		.map(([copies, depth, isSkipped]) => chain(copies, depth, (field, copy) => (copy === 0 ? `... @include(if: ${!isSkipped}) { ${field} }` : field))),
	"spreads of spreads": fc
		.tuple(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 2, max: 40 }))
		.map(
			([copies, depth]) =>
				`{ ...F0 } ${times(depth, (at) => `fragment F${at} on Query { ${times(copies, () => `...F${at + 1}`)} }`)} fragment F${depth} on Query { viewer { uuid } }`,
		),
	"a fragment that spreads all later ones": fc
		.integer({ min: 2, max: 25 })
		.map((count) => `{ ...F0 } ${times(count, (at) => `fragment F${at} on Query { __typename ${times(count - at - 1, (next) => `...F${at + next + 1}`)} }`)}`),
	"inline fragments in each other": fc.integer({ min: 1, max: 300 }).map((depth) => `${"{ ... ".repeat(depth)}{ __typename }${" }".repeat(depth)}`),
	"one fragment below pages of every size": fc
		.tuple(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 1, max: 200 }))
		.map(
			([pages, fields]) =>
				`{ ${times(pages, (at) => `resources(first: ${at + 1}) { ...F }`)} } fragment F on ResourceConnection { ${times(fields, () => "totalCount")} }`,
		),
	"operations that share their fragments": fc
		.tuple(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 1, max: 40 }))
		.map(
			([operations, depth]) =>
				`${times(operations, (at) => `query Q${at} { ...F0 }`)} ${times(depth, (at) => `fragment F${at} on Query { ...F${at + 1} }`)} fragment F${depth} on Query { viewer { uuid } }`,
		),
	"variables, each used many times": fc
		.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 20 }))
		.map(
			([variables, uses]) =>
				`query (${times(variables, (at) => `$v${at}: Int = 1`)}) { ${times(Math.min(30, variables), (at) => `a${at}: resources(first: $v${at}, last: $v${(at + uses) % variables}) { totalCount }`)} }`,
		),
	"lists and objects in arguments": fc
		.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 12 }))
		.map(([items, fields]) => `{ ${times(fields, () => `resources(filter: { states: [${times(items, () => "OK")}] }) { totalCount }`)} }`),
	"type conditions of an interface": fc
		.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 4 }))
		.map(
			([count, depth]) =>
				`{ nodes(ids: ["x"]) { ${times(count, (at) => `... on ${["Resource", "Offering", "Customer", "Project", "Node"][at % 5]} { ${"... on Node { ".repeat(depth)}id${" }".repeat(depth)} }`)} } }`,
		),
	"one field over and over": fc
		.tuple(fc.integer({ min: 1, max: 240 }), fc.constantFrom("viewer { uuid }", "__typename", "resources(first: 1) { totalCount }"))
		.map(([count, field]) => `{ ${times(count, () => field)} }`),
	"fragments of all kinds of selections": fc.array(fc.nat(), { minLength: 60, maxLength: 400 }).map(tangle),
} satisfies Record<string, fc.Arbitrary<string>>;

export const anyFamily: fc.Arbitrary<string> = fc.oneof(...Object.values(families));

const isAskedSimply = ({ args }: GraphQLField<unknown, unknown>): boolean => !args.some(isRequiredArgument);

/** Fragments on types of the schema, each of which leads to later ones, as the numbers choose. */
function tangle(numbers: readonly number[]): string {
	let [at, index] = [0, -1];
	const choose = (count: number): number => (numbers[at++ % numbers.length] ?? 0) % count;
	const wanted: string[] = [];
	const written: string[] = [];
	const spread = (type: GraphQLNamedType): string => {
		const same = choose(2) === 0 ? wanted.indexOf(type.name, index + 1) : -1;
		return `...F${same < 0 ? wanted.push(type.name) - 1 : same}`;
	};
	const selection = (type: GraphQLNamedType, depth: number): string => {
		if (isAbstractType(type))
			return choose(2) === 0 ? "__typename" : `... on ${schema.getPossibleTypes(type)[choose(schema.getPossibleTypes(type).length)]?.name} { __typename }`;
		if (!isObjectType(type)) return "__typename";
		const fields = Object.values(type.getFields()).filter(isAskedSimply);
		const field = fields[choose(Math.max(1, fields.length))];
		if (field === undefined || choose(6) === 0) return choose(2) === 0 ? `... { ${spread(type)} }` : spread(type);
		const below = getNamedType(field.type);
		if (!isCompositeType(below)) return field.name;
		const page = field.args.some(({ name }) => name === "first") ? "(first: 1)" : "";
		return `${field.name}${page} { ${depth > 0 ? selections(below, depth - 1) : spread(below)} }`;
	};
	const selections = (type: GraphQLNamedType, depth: number): string => times(1 + choose(3), () => selection(type, depth));
	const root = `{ ${resource} { ${spread(schema.getType("Resource") as GraphQLNamedType)} } }`;
	for (index = 0; index < wanted.length && index < 20; index++) {
		const type = schema.getType(wanted[index] ?? "") as GraphQLNamedType;
		written.push(`fragment F${index} on ${type.name} { __typename ${selections(type, 1)} }`);
	}
	// Those that are wanted by the last ones end there.
	for (index = written.length; index < wanted.length; index++) written.push(`fragment F${index} on ${wanted[index]} { __typename }`);
	return [root, ...written].join(" ");
}
