import { type Attack, invalid, variable } from "./attack.ts";
import { report, reportOf } from "./parts.ts";

/** What is refused without a word of what the service has: who mistypes a name, and who may not ask. */
export const refusals: readonly Attack[] = [
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
];
