import { type Attack, input, none } from "./attack.ts";
import { cursor, long, nested, resource } from "./parts.ts";

/** Cursors, ids and positions that the service did not write. */
export const forgeries: readonly Attack[] = [
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
