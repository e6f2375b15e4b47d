import { type Attack, invalid, none, parse, tooDear, typed, variable } from "./attack.ts";
import { nested, resource, times } from "./parts.ts";

/** Fragments each of which spreads the next twice. */
const doubling = (count: number, leaf: string) =>
	`{ ...F0 } ${times(count, (at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`)} fragment F${count} on Query { ${leaf} }`;

/** Documents that ask much of the service in few words. */
export const floods: readonly Attack[] = [
	{ what: "a flood of aliases", query: `{ ${times(31, (at) => `a${at}: viewer { uuid }`)} }`, codes: invalid },
	{ what: "a flood of aliases of __typename", query: `{ ${times(200, (at) => `a${at}: __typename`)} }`, codes: invalid },
	{
		what: "aliases multiplied by fragments",
		query: `{ resources { nodes { ...A } } viewer { uuid } } fragment A on Resource { ...B x: project { uuid } } fragment B on Resource { ${times(30, (at) => `b${at}: name`)} }`,
		codes: invalid,
	},
	{ what: "aliases doubled sixty times by fragments", query: doubling(60, "a: __typename"), codes: invalid },
	{ what: "fragments doubled sixty times", query: doubling(60, "viewer { username }"), codes: none },
	{ what: "fragments doubled that are listed", query: doubling(20, "resources(first: 100) { nodes { componentUsages { nodes { usage } } } }"), codes: tooDear },
	{ what: "a fragment that spreads itself", query: "{ ...A } fragment A on Query { ...A }", codes: invalid },
	{ what: "a ring of fragments", query: `{ ...F0 } ${times(50, (at) => `fragment F${at} on Query { ...F${(at + 1) % 50} }`)}`, codes: invalid },
	{
		what: "a hundred fragments that nothing spreads",
		query: `{ __typename } ${times(100, (at) => `fragment F${at} on Query { __typename }`)}`,
		codes: invalid,
	},
	{ what: "fragments of one name", query: `{ ...A } ${times(100, "fragment A on Query { __typename }")}`, codes: invalid },
	{ what: "a thousand spreads", query: `{ ${times(1_000, "...A")} } fragment A on Query { __typename }`, codes: parse },
	{ what: "as many spreads as a document may have words", query: `{ ${times(480, "...A")} } fragment A on Query { __typename }`, codes: none },
	{ what: "one field as often as a document may have words", query: `{ ${times(990, "__typename")} }`, codes: invalid },
	{ what: "one field with arguments, over and over", query: `{ ${times(80, "resources(first: 1) { nodes { name } }")} }`, codes: invalid },
	{ what: "one field with arguments, as often as it may be", query: `{ ${times(25, "resources(first: 1) { nodes { name } }")} }`, codes: none },
	{ what: "one field with others below it, over and over", query: `{ ${times(240, "viewer { uuid }")} }`, codes: invalid },
	{ what: "the same field with other arguments each time", query: `{ ${times(90, (at) => `resources(first: ${at}) { totalCount }`)} }`, codes: invalid },
	{ what: "a thousand unknown fields", query: `{ ${times(900, (at) => `nothing${at}`)} }`, codes: invalid },
	{ what: "a hundred long unknown fields", query: `{ ${times(100, (at) => `nothing${at}${"x".repeat(280)}`)} }`, codes: invalid },
	{
		what: "eleven levels, most of them pages of the usual size",
		query: `{ resources { nodes { offering { resources { nodes { offering { resources { nodes { offering { provider { name } } } } } } } } } } }`,
		codes: tooDear,
	},
	{ what: "thirteen levels behind pages of one", query: nested("{ projects(first: 1) { nodes { customer ", "} } }", 6, "{ name }"), codes: invalid },
	{ what: "pages within pages", query: nested("{ edges { node ", "} }", 16, "{ id }"), codes: invalid },
	{
		what: "levels hidden in fragments",
		query: `{ resources { nodes { ...A } } } ${times(8, (at) => `fragment ${"ABCDEFGHI"[at]} on Resource { offering { resources { nodes { ...${"ABCDEFGHI"[at + 1]} } } } }`)} fragment I on Resource { name }`,
		codes: invalid,
	},
	{ what: "four hundred levels of one field", query: nested("{ offering ", "}", 330, "{ name }"), codes: invalid },
	{ what: "thousands of levels", query: nested("{ offering ", "}", 20_000), codes: parse },
	{ what: "levels of inline fragments", query: nested("{ ... ", "}", 330, "{ __typename }"), codes: none },
	{ what: "opened braces", query: "{".repeat(100_000), codes: parse },
	{ what: "a literal of nested lists", query: `{ nodes(ids: ${nested("[", "]", 480)}) { id } }`, codes: invalid },
	{ what: "a literal of nested objects", query: `{ resources(filter: ${nested("{ a: ", "}", 200, "1")}) { totalCount } }`, codes: invalid },
	{ what: "a type of nested lists", query: `query ($a: ${nested("[", "]", 480, "Int")}) { __typename @skip(if: $a) }`, codes: invalid },
	{ what: "a flood of @skip", query: `{ __typename ${times(51, "@skip(if: false)")} }`, codes: invalid },
	{ what: "a flood of @skip on many fields", query: `{ ${times(51, "__typename @skip(if: false)")} }`, codes: invalid },
	{ what: "a directive twice", query: "{ __typename @skip(if: false) @skip(if: false) }", codes: invalid },
	{ what: "a flood of directives that are not there", query: `query ${times(400, "@x")} { __typename }`, codes: invalid },
	{ what: "a flood of directives of variables", query: `query ($a: Int ${times(300, "@x")}) { __typename }`, codes: invalid },
	{ what: "@include with text", query: '{ __typename @include(if: "yes") }', codes: invalid },
	{ what: "@include with a number in a variable", query: "query ($a: Int!) { __typename @include(if: $a) }", variables: '{"a":1}', codes: invalid },
	{ what: "@include with text in a variable", query: "query ($a: Boolean!) { __typename @include(if: $a) }", variables: '{"a":"true"}', ...variable },
	{ what: "@include without an argument", query: "{ __typename @include }", codes: invalid },
	{
		what: "a subscription that may listen to nothing",
		query: "subscription ($a: Boolean = false) { usageReported @include(if: $a) { position } }",
		codes: invalid,
	},
	{ what: "a subscription of two fields", query: "subscription { usageReported { position } policyFirings { __typename } }", codes: invalid },
	{
		what: "pages in pages",
		query: "{ resources(first: 100) { nodes { componentUsages(first: 100) { nodes { userUsages(first: 100) { nodes { usage } } } } } } }",
		codes: tooDear,
	},
	{
		what: "pages in pages, by variables",
		query:
			"query ($n: Int) { resources(last: $n) { edges { node { componentUsages(last: $n) { edges { node { userUsages(last: $n) { edges { cursor } } } } } } } } }",
		variables: '{"n":100}',
		codes: tooDear,
	},
	{
		what: "pages in pages, by a default value",
		query: "query ($n: Int = 100) { resources(first: $n) { nodes { componentUsages(first: $n) { nodes { userUsages(first: $n) { nodes { usage } } } } } } }",
		codes: tooDear,
	},
	{
		what: "lists of whatever length in each other",
		query: "{ offerings(first: 100) { nodes { components { offering { components { offering { components { type } } } } } } } }",
		codes: tooDear,
	},
	{ what: "all of the schema thirty times", query: `{ ${times(30, (at) => `a${at}: __schema { types { name fields { name } } }`)} }`, codes: tooDear },
	{ what: "the schema within the schema", query: `{ __schema { types ${nested("{ fields { type ", "} }", 6, "{ name }")} } }`, codes: invalid },
	{
		what: "the schema by a fragment",
		query: "{ __schema { types { ...A } } } fragment A on __Type { fields { type { fields { type { fields { type { ...A } } } } } } }",
		codes: invalid,
	},
	{ what: "the schema, asked by nobody", query: "{ __schema { types { name } } }", as: "nobody", codes: ["UNAUTHENTICATED"], status: 401 },
	{
		what: "a type, asked by nobody, in a fragment",
		query: '{ ...A } fragment A on Query { __type(name: "Token") { name } }',
		as: "nobody",
		codes: ["UNAUTHENTICATED"],
		status: 401,
	},
	{
		what: "a hundred changes in one",
		query: `mutation { ${times(20, (at) => `a${at}: setUsage(input: { resource: "${resource}", usages: [] }) { ... on Error { code } }`)} }`,
		codes: typed,
	},
];
