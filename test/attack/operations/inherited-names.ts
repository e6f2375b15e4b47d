import { type Attack, invalid, none, variable } from "./attack.ts";
import { report, resource } from "./parts.ts";

/** Names that every object of JavaScript has. */
export const inheritedNames: readonly Attack[] = [
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
];
