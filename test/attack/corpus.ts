import { buildSchema, GraphQLInputObjectType, getNamedType, isScalarType } from "graphql";
import { demoHandles } from "../../src/world/demo.ts";

/** An operation that means harm, and how it is answered. */
export interface Attack {
	readonly what: string;
	readonly query: string;
	/** As JSON text: some can be written that JSON.stringify cannot. */
	readonly variables?: string;
	readonly operationName?: string;
	/** Whose token it is sent with: the provider's unless said. */
	readonly as?: "nobody" | "member";
	/** The codes of the errors, typed ones included; none when there is nothing to object to. */
	readonly codes: readonly string[];
	/** The status over HTTP when plain JSON is accepted; 200 unless said. */
	readonly status?: number;
	/** What would last as long as the request does. */
	readonly onlyOverSocket?: boolean;
}

const times = (count: number, text: string | ((index: number) => string), between = " "): string =>
	Array.from({ length: count }, (_, index) => (typeof text === "string" ? text : text(index))).join(between);

const long = "x".repeat(200_000);
/** As long as the text of a document may be, nearly. */
const longName = "x".repeat(30_000);
const resource = demoHandles.resource;
const report = "mutation ($input: SetUsageInput!) { setUsage(input: $input) { __typename ... on Error { code message path problems { message } } } }";
const reportOf = (amount: string) => `{"input":{"resource":"${resource}","usages":[{"type":"${demoHandles.componentType}","amount":${amount}}]}}`;
const nested = (open: string, close: string, depth: number, inside = "") => open.repeat(depth) + inside + close.repeat(depth);

const parse = ["GRAPHQL_PARSE_FAILED"];
const invalid = ["GRAPHQL_VALIDATION_FAILED"];
const input = ["BAD_USER_INPUT"];
const tooDear = ["COST_LIMIT_EXCEEDED"];
const typed = ["INVALID_INPUT"];
/** What is wrong with a variable is known before anything is executed. */
const variable = { codes: input, status: 400 };
/** JSON that is nested too deep is not read. */
const tooDeep = { codes: ["BAD_REQUEST"], status: 400 };
/** Which operation is meant is not said. */
const unresolved = { codes: ["BAD_REQUEST"], status: 400 };
const none: readonly string[] = [];

/** Fragments each of which spreads the next twice. */
const doubling = (count: number, leaf: string) =>
	`{ ...F0 } ${times(count, (at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`)} fragment F${count} on Query { ${leaf} }`;

const floods: Attack[] = [
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
		what: "eleven levels",
		query: `{ resources { nodes { offering { resources { nodes { offering { resources { nodes { offering { provider { name } } } } } } } } } } }`,
		codes: invalid,
	},
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
	{ what: "a flood of @skip", query: `{ __typename ${times(6, "@skip(if: false)")} }`, codes: invalid },
	{ what: "a flood of @skip on many fields", query: `{ ${times(6, "__typename @skip(if: false)")} }`, codes: invalid },
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
];

const values: Attack[] = [
	{ what: "a page of a million", query: "{ resources(first: 1000000) { totalCount } }", codes: input },
	{ what: "a page of less than nothing", query: "{ resources(first: -1) { totalCount } }", codes: input },
	{ what: "a page above 32 bits", query: "{ resources(first: 2147483648) { totalCount } }", codes: invalid },
	{
		what: "a page above 32 bits in a variable",
		query: "query ($n: Int) { resources(first: $n) { totalCount } }",
		variables: '{"n":9007199254740993}',
		...variable,
	},
	{ what: "a page of 1e999", query: "query ($n: Int) { resources(first: $n) { totalCount } }", variables: '{"n":1e999}', ...variable },
	{ what: "a page of a fraction", query: "query ($n: Int) { resources(first: $n) { totalCount } }", variables: '{"n":1.5}', ...variable },
	{ what: "a page of text", query: "query ($n: Int) { resources(first: $n) { totalCount } }", variables: '{"n":"100"}', ...variable },
	{ what: "a literal of NaN", query: "{ resources(first: NaN) { totalCount } }", codes: invalid },
	{ what: "251 ids", query: `{ nodes(ids: [${times(251, '"x"')}]) { id } }`, codes: input },
	{ what: "20,000 ids in a variable", query: "query ($i: [ID!]!) { nodes(ids: $i) { id } }", variables: `{"i":[${times(20_000, '"x"', ",")}]}`, codes: input },
	{ what: "250 malformed ids", query: "query ($i: [ID!]!) { nodes(ids: $i) { id } }", variables: `{"i":[${times(250, '"x"', ",")}]}`, codes: input },
	{ what: "a list in a default value", query: `query ($i: [ID!]! = [${times(251, '"x"')}]) { nodes(ids: $i) { id } }`, codes: input },
	{ what: "states in a filter", query: `{ resources(filter: { states: [${times(251, "OK")}] }) { totalCount } }`, codes: input },
	{
		what: "250 states that are none",
		query: "query ($s: [ResourceState!]) { resources(filter: { states: $s }) { totalCount } }",
		variables: `{"s":[${times(250, `"${"y".repeat(500)}"`, ",")}]}`,
		...variable,
	},
	{
		what: "lists nested 100,000 deep",
		query: "query ($s: [ResourceState!]) { resources(filter: { states: $s }) { totalCount } }",
		variables: `{"s":${nested("[", "]", 100_000)}}`,
		...tooDeep,
	},
	{
		what: "as many lists as fit into a body",
		query: "query ($s: [ResourceState!]) { resources(filter: { states: $s }) { totalCount } }",
		variables: `{"s":[${nested("[", "]", 130_000)}]}`,
		...tooDeep,
	},
	{
		what: "80,000 lists beside each other",
		query: "query ($s: [ResourceState!]) { resources(filter: { states: $s }) { totalCount } }",
		variables: `{"s":[${times(80_000, "[]", ",")}]}`,
		codes: input,
	},
	{ what: "objects nested 40,000 deep", query: report, variables: nested('{"a":', "}", 40_000, "1"), ...tooDeep },
	{ what: "objects nested in an input", query: report, variables: `{"input":${nested('{"a":', "}", 40_000, "1")}}`, ...tooDeep },
	{ what: "objects nested in a variable that nobody asked for", query: "{ __typename }", variables: `{"a":${nested('{"a":', "}", 40_000, "1")}}`, ...tooDeep },
	{ what: "an amount that is a nested list", query: report, variables: reportOf(nested("[", "]", 50_000)), ...tooDeep },
	{
		what: "a uuid that is a nested object",
		query: "query ($u: UUID!) { resource(uuid: $u) { name } }",
		variables: `{"u":${nested('{"a":', "}", 40_000, "1")}}`,
		...tooDeep,
	},
	{ what: "an amount of 300 digits", query: report, variables: reportOf(`"${"9".repeat(300)}"`), codes: typed },
	{ what: "an amount of 100,000 digits", query: report, variables: reportOf(`"${"9".repeat(100_000)}"`), codes: typed },
	{ what: "an amount of 100,000 decimal places", query: report, variables: reportOf(`"0.${"1".repeat(100_000)}"`), codes: typed },
	{ what: "an amount of 1e999", query: report, variables: reportOf("1e999"), ...variable },
	{ what: 'an amount of "1e999"', query: report, variables: reportOf('"1e999"'), ...variable },
	{ what: "an amount of NaN", query: report, variables: reportOf('"NaN"'), ...variable },
	{ what: "an amount of -0.01", query: report, variables: reportOf('"-0.01"'), codes: typed },
	{
		what: "a literal amount with an exponent",
		query: `mutation { setUsage(input: { resource: "${resource}", usages: [{ type: "cpu_hours", amount: 1e400 }] }) { __typename } }`,
		codes: input,
	},
	{
		what: "251 reports in one",
		query: report,
		variables: `{"input":{"resource":"${resource}","usages":[${times(251, '{"type":"a","amount":"1"}', ",")}]}}`,
		codes: typed,
	},
	{
		what: "a component of a long name",
		query: report,
		variables: `{"input":{"resource":"${resource}","usages":[{"type":"${long}","amount":"1"}]}}`,
		codes: ["INVALID_COMPONENTS"],
	},
	{
		what: "250 components of long names",
		query: report,
		variables: `{"input":{"resource":"${resource}","usages":[${times(250, (at) => `{"type":"${at}${"x".repeat(900)}","amount":"1"}`, ",")}]}}`,
		codes: ["INVALID_COMPONENTS"],
	},
	{
		what: "a long idempotency key",
		query: report,
		variables: `{"input":{"resource":"${resource}","idempotencyKey":"${long}","usages":[{"type":"cpu_hours","amount":"1"}]}}`,
		codes: typed,
	},
	{
		what: "a long text in a filter",
		query: "query ($t: String) { componentUsages(filter: { type: $t }) { totalCount } }",
		variables: `{"t":"${long}"}`,
		codes: none,
	},
	{ what: "a long uuid", query: "query ($u: UUID!) { resource(uuid: $u) { name } }", variables: `{"u":"${long}"}`, ...variable },
	{ what: "a long id", query: "query ($u: ID!) { node(id: $u) { id } }", variables: `{"u":"${long}"}`, codes: input },
	{
		what: "a long enumeration value",
		query: "query ($s: [ResourceState!]) { resources(filter: { states: $s }) { totalCount } }",
		variables: `{"s":["${long}"]}`,
		...variable,
	},
	{ what: "a long text for a number", query: "query ($n: Int) { resources(first: $n) { totalCount } }", variables: `{"n":"${long}"}`, ...variable },
	{ what: "a long field of an input", query: report, variables: `{"input":{"resource":"${resource}","usages":[],"${long}":1}}`, ...variable },
	{ what: "a long literal for a number", query: `{ resources(first: "${longName}") { totalCount } }`, codes: invalid },
	{ what: "a number of 30,000 digits", query: `{ resources(first: ${"9".repeat(30_000)}) { totalCount } }`, codes: invalid },
	{ what: "a long field", query: `{ ${longName} }`, codes: invalid },
	{ what: "a long type", query: `query ($a: ${longName}) { __typename }`, codes: invalid },
	{ what: "a long name of an operation", query: `query ${longName} { __typename }`, codes: invalid },
	{ what: "a long alias of every object", query: `{ resources(first: 100) { nodes { ${longName}: name } } }`, codes: invalid },
	{ what: "a long alias of what is refused", query: `{ ${longName}: resources(first: 1000) { totalCount } }`, codes: invalid },
	{ what: "a text that does not end", query: `{ resource(uuid: "${longName}`, codes: parse },
	{ what: "100,000 lines of nothing with errors behind them", query: `${"\n".repeat(100_000)}{ ${times(100, (at) => `a${at}`)} }`, codes: parse },
	{
		what: "100,000 lines of nothing with failing fields behind them",
		query: `${"\n".repeat(100_000)}{ resources(first: 90) { nodes { componentUsages(first: 1000) { totalCount } } } }`,
		codes: parse,
	},
	{ what: "20,000 lines of nothing with errors behind them", query: `${"\n".repeat(20_000)}{ ${times(100, (at) => `a${at}`)} }`, codes: parse },
	{ what: "900 lines of nothing with errors behind them", query: `${"\n".repeat(900)}{ ${times(100, (at) => `a${at}`)} }`, codes: invalid },
	{ what: "30,000 commas with errors behind them", query: `${",".repeat(30_000)}{ ${times(100, (at) => `a${at}`)} }`, codes: invalid },
	{
		what: "nine failing fields of every object behind 900 lines",
		query: `${"\n".repeat(900)}{ resources(first: 100) { nodes { ${times(9, (at) => `a${at}: componentUsages(first: 0) { nodes { uuid } }`)} } } }`,
		codes: input,
	},
	{ what: "a long comment", query: `{ __typename } # ${long}`, codes: parse },
	{ what: "a long comment that may be", query: `{ __typename } # ${longName}`, codes: none },
	{ what: "a flood of commas", query: `{ __typename ${",".repeat(200_000)} }`, codes: parse },
	{
		what: "a block string of 60,000 lines",
		query: `query ($t: String = """${"\n ".repeat(60_000)}""") { componentUsages(filter: { type: $t }) { totalCount } }`,
		codes: parse,
	},
];

const texts: Attack[] = [
	{ what: "a zero byte", query: "query ($t: String) { componentUsages(filter: { type: $t }) { totalCount } }", variables: '{"t":"a\\u0000b"}', codes: input },
	{
		what: "a zero byte in an idempotency key",
		query: report,
		variables: `{"input":{"resource":"${resource}","idempotencyKey":"a\\u0000","usages":[{"type":"cores","amount":"1"}]}}`,
		codes: input,
	},
	{ what: "a lone surrogate", query: "query ($t: String) { componentUsages(filter: { type: $t }) { totalCount } }", variables: '{"t":"\\ud800"}', codes: none },
	{ what: "a lone surrogate in a literal", query: '{ componentUsages(filter: { type: "\\uD800" }) { totalCount } }', codes: parse },
	{ what: "a character that is none", query: '{ componentUsages(filter: { type: "\\u{110000}" }) { totalCount } }', codes: parse },
	{
		what: "text that runs backwards",
		query: "query ($t: String) { componentUsages(filter: { type: $t }) { totalCount } }",
		variables: '{"t":"\\u202egnp.exe\\u2066"}',
		codes: none,
	},
	{ what: "emoji", query: "query ($t: String) { componentUserUsages(filter: { username: $t }) { totalCount } }", variables: '{"t":"👩‍👩‍👧‍👦"}', codes: none },
	{ what: "a name in Cyrillic that looks like viewer", query: "{ viеwer { username } }", codes: parse },
	{ what: "control characters", query: "{ viewer \u0007 { username } }", codes: parse },
	...["%%%", "___", "\\\\\\", "%%%%%%%%%%_%_%_%_%_%", "((a+)+)+$", "^(.*a){20}$", "[[:alpha:]]*", "' or '1'='1"].map(
		(text): Attack => ({
			what: `usernames that contain ${text}`,
			query: "query ($t: String) { componentUserUsages(filter: { username: $t }) { totalCount nodes { uuid } } }",
			variables: JSON.stringify({ t: text }),
			codes: none,
		}),
	),
];

const cursor = (value: unknown) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

const forgeries: Attack[] = [
	...(
		[
			["of another list", cursor(["Customer", "a", "00000000-0000-4000-8000-000000000000"])],
			["that is no base64", "!!!! not base64 !!!!"],
			["that is no JSON", cursor("{[")],
			["that is a nested list", cursor(nested("[", "]", 20_000))],
			["that is no list", cursor({ __proto__: null, length: 3 })],
			["with SQL for a value", cursor(["Resource", 'x\'; drop table "Resource"; --', "x' or true --"])],
			["with a huge date", cursor(["ComponentUsage", "99999999-99-99T99:99:99Z", "x", resource])],
			["with nothing", ""],
			["with 10,000 values", cursor(Array(10_000).fill("x"))],
		] as const
	).map(
		([what, after]): Attack => ({
			what: `a cursor ${what}`,
			query: "query ($c: String) { componentUsages(after: $c, first: 1) { nodes { uuid } } }",
			variables: JSON.stringify({ c: after }),
			codes: input,
		}),
	),
	...(
		[
			["of a type that is not there", cursor(`Token:${resource}`), none],
			["of no base64", "%%%", input],
			["of the query itself", cursor(`Query:${resource}`), none],
			["of __proto__", cursor(`__proto__:${resource}`), input],
			["of constructor", cursor(`constructor:${resource}`), none],
			["of SQL", cursor("Resource:x' or true --"), input],
			["of a scalar", cursor("UUID:1"), none],
			["of an interface", cursor(`Node:${resource}`), input],
			["of an introspection type", cursor("__Type:Query"), none],
			["of somebody else's resource", cursor("Resource:00000000-0000-4000-8000-000000000001"), none],
			["of nothing", "", input],
		] as const
	).map(
		([what, id, codes]): Attack => ({
			what: `an id ${what}`,
			query: "query ($i: ID!) { node(id: $i) { id __typename } }",
			variables: JSON.stringify({ i: id }),
			codes,
		}),
	),
	{
		what: "a position of the log that is none",
		query: "subscription ($a: String) { policyFirings(after: $a) { __typename } }",
		variables: '{"a":"1\' or true --"}',
		codes: input,
		onlyOverSocket: true,
	},
	{
		what: "a position of 200,000 characters",
		query: "subscription ($a: String) { policyFirings(after: $a) { __typename } }",
		variables: `{"a":"${long}"}`,
		codes: input,
		onlyOverSocket: true,
	},
];

const operations: Attack[] = [
	{ what: "an operation that is not there", query: "query A { __typename } query B { __typename }", operationName: "C", ...unresolved },
	{ what: "an operation of a long name that is not there", query: "query A { __typename }", operationName: long, ...unresolved },
	{ what: "an operation called __proto__", query: "query A { __typename }", operationName: "__proto__", ...unresolved },
	{ what: "a hundred operations, one of them named", query: times(100, (at) => `query A${at} { __typename }`), operationName: "A7", codes: none },
	{ what: "a hundred operations, none of them named", query: times(100, (at) => `query A${at} { __typename }`), ...unresolved },
	{ what: "two operations without names", query: "{ __typename } { __typename }", ...unresolved },
	{ what: "two operations of one name", query: "query A { __typename } query A { __typename }", operationName: "A", codes: invalid },
	{ what: "a document without operations", query: "fragment A on Query { __typename }", ...unresolved },
	{ what: "a definition of a type", query: "type Query { viewer: String } { __typename }", codes: invalid },
	{ what: "an empty document", query: "", codes: parse },
	{ what: "300 variables", query: `query (${times(240, (at) => `$a${at}: Int`)}) { __typename }`, codes: invalid },
	{ what: "10,000 variables that nobody asked for", query: "{ __typename }", variables: `{${times(10_000, (at) => `"a${at}":${at}`, ",")}}`, codes: none },
	{ what: "default values of default values", query: "query ($a: Int = $b, $b: Int = $a) { resources(first: $a) { totalCount } }", codes: parse },
	{ what: "a default value of the wrong type", query: 'query ($a: Int = "x") { resources(first: $a) { totalCount } }', codes: invalid },
	{
		what: "__proto__ among the variables",
		query: "query ($n: Int) { resources(first: $n) { totalCount } }",
		variables: '{"__proto__":{"n":1000,"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
		codes: none,
	},
	{
		what: "a variable called __proto__",
		query: "query ($__proto__: Int) { resources(first: $__proto__) { totalCount } }",
		variables: '{"__proto__":5}',
		codes: invalid,
	},
	{
		what: "a variable called constructor that is not given",
		query: "query ($constructor: Int) { resources(first: $constructor) { totalCount } }",
		codes: none,
	},
	{ what: "__proto__ in an input", query: report, variables: `{"input":{"__proto__":{"polluted":true},"resource":"${resource}","usages":[]}}`, ...variable },
	{
		what: "constructor in an input",
		query: report,
		variables: `{"input":{"constructor":{"prototype":{"polluted":true}},"resource":"${resource}","usages":[]}}`,
		...variable,
	},
	{ what: "__proto__ in a literal", query: "{ resources(filter: { __proto__: { polluted: true } }) { totalCount } }", codes: invalid },
	{
		what: "answers called __proto__ and constructor",
		query: "{ __proto__: __typename constructor: viewer { __proto__: username toString: username then: username } }",
		codes: none,
	},
	{ what: "a fragment called __proto__", query: "{ ...__proto__ } fragment __proto__ on Query { __typename }", codes: none },
	{ what: "a list called __proto__", query: "{ __proto__: resources(first: 2) { __proto__: nodes { __proto__: name hasOwnProperty: uuid } } }", codes: none },
	{ what: "a mistyped field", query: "{ viewr { username } }", as: "member", codes: invalid },
	{ what: "a mistyped argument", query: "{ resources(frst: 1) { totalCount } }", as: "member", codes: invalid },
	{ what: "a mistyped type", query: "query ($a: ResourceStat) { __typename }", as: "member", codes: invalid },
	{ what: "a mistyped enumeration value", query: "{ resources(orderBy: { field: CREATEDD }) { totalCount } }", as: "member", codes: invalid },
	{
		what: "a mistyped enumeration value in a variable",
		query: "query ($f: ResourceOrderField!) { resources(orderBy: { field: $f }) { totalCount } }",
		variables: '{"f":"CREATEDD"}',
		as: "member",
		...variable,
	},
	{
		what: "a mistyped field of an input in a variable",
		query: "query ($f: ResourceFilter) { resources(filter: $f) { totalCount } }",
		variables: '{"f":{"offeringUid":1}}',
		as: "member",
		...variable,
	},
	{ what: "a mistyped field of an input", query: "{ resources(filter: { offeringUid: 1 }) { totalCount } }", as: "member", codes: invalid },
	{ what: "a mistyped field, asked by nobody", query: "{ viewr { username } }", as: "nobody", codes: ["UNAUTHENTICATED"], status: 401 },
	{ what: "a mistyped type, asked by nobody", query: "query ($a: ResourceStat) { __typename }", as: "nobody", codes: invalid },
	{
		what: "a mistyped field behind fragments, asked by nobody",
		query: "{ ...A } fragment A on Query { ... { ...B } } fragment B on Query { ... on Query { viewr } }",
		as: "nobody",
		codes: ["UNAUTHENTICATED"],
		status: 401,
	},
	{
		what: "a mistyped field that is not meant, asked by nobody",
		query: "query A { __typename } query B { viewr }",
		operationName: "A",
		as: "nobody",
		codes: ["UNAUTHENTICATED"],
		status: 401,
	},
	{ what: "what only staff may read", query: "{ customerQuotas(quotaName: NC_USER_COUNT) { totalCount } }", as: "member", codes: ["FORBIDDEN"] },
	{ what: "a report of a resource that is somebody else's", query: report, variables: reportOf('"1"'), as: "member", codes: ["FORBIDDEN"] },
	{ what: "somebody else's resource", query: '{ resource(uuid: "00000000-0000-4000-8000-000000000001") { name } }', codes: ["NOT_FOUND"] },
	{ what: "everything, asked by nobody", query: "{ resources { totalCount } }", as: "nobody", codes: ["UNAUTHENTICATED"], status: 401 },
	{ what: "a change, asked by nobody", query: report, variables: reportOf('"1"'), as: "nobody", codes: ["UNAUTHENTICATED"], status: 401 },
	{
		what: "a hundred changes in one",
		query: `mutation { ${times(20, (at) => `a${at}: setUsage(input: { resource: "${resource}", usages: [] }) { ... on Error { code } }`)} }`,
		codes: typed,
	},
];

const injection = 'x\'; drop table "Token"; select pg_sleep(30) --';

/** SQL in every text of every filter, and in every id. */
export function injections(sdl: string): Attack[] {
	const fields = Object.values(buildSchema(sdl).getQueryType()?.getFields() ?? {});
	return fields.flatMap(({ name, args }) => {
		const filter = args.find((arg) => arg.name === "filter");
		const type = filter && getNamedType(filter.type);
		if (!(type instanceof GraphQLInputObjectType)) return [];
		const needed = args.some((arg) => arg.name === "scope") ? `, scope: "${cursor(`Project:${demoHandles.project}`)}"` : "";
		return Object.values(type.getFields()).flatMap((field): Attack[] => {
			const text = getNamedType(field.type);
			if (!isScalarType(text) || text.name === "Int" || text.name === "Boolean") return [];
			return [
				{
					what: `SQL in ${name}, ${field.name}`,
					query: `query ($f: ${type.name}) { ${name}(filter: $f${needed}) { totalCount } }`,
					variables: JSON.stringify({ f: { [field.name]: injection } }),
					...(text.name === "String" ? { codes: none } : text.name === "ID" ? { codes: input } : variable),
				},
			];
		});
	});
}

export const attacks: readonly Attack[] = [...floods, ...values, ...texts, ...forgeries, ...operations];
