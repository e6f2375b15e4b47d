import { type Attack, input, invalid, none, parse, typed, variable } from "./attack.ts";
import { long, longName, report, resource, times } from "./parts.ts";

/** Names, values and documents that are long. */
export const lengths: readonly Attack[] = [
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
