import { type Attack, invalid, none, parse, unresolved } from "./attack.ts";
import { long, times } from "./parts.ts";

/** Documents by what they define: operations, types and variables. */
export const definitions: readonly Attack[] = [
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
];
