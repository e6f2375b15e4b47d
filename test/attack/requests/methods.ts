import { answered, get, harmless, http, json, post, type RawAttack, refused } from "./raw-attack.ts";

/** Methods, and what is asked by one that it may not be asked by. */
export const methods: readonly RawAttack[] = [
	...["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"].map(
		(method): RawAttack => ({
			what: `the method ${method}`,
			bytes: () => http(`${method} /graphql HTTP/1.1`, [json, `Content-Length: ${harmless.length}`], harmless),
			status: 405,
		}),
	),
	{ what: "the method CONNECT", bytes: () => http("CONNECT 127.0.0.1:22 HTTP/1.1"), status: 0 },
	{ what: "a method that is none", bytes: () => http("HACK /graphql HTTP/1.1"), status: 400 },
	{
		what: "a change by GET",
		bytes: (token) => get(`query=${encodeURIComponent("mutation { setUsage(input: { usages: [] }) { __typename } }")}`, [`Authorization: Token ${token}`]),
		status: 405,
	},
	{
		what: "a change by GET, as JSON",
		bytes: (token) =>
			get(`query=${encodeURIComponent("mutation { setUsage(input: { usages: [] }) { __typename } }")}`, [json, `Authorization: Token ${token}`]),
		status: 405,
	},
	{
		what: "a subscription by POST without a stream",
		bytes: (token) => post('{"query":"subscription { usageReported { position } }"}', ["Accept: application/json", `Authorization: Token ${token}`]),
		status: 406,
	},
	{
		what: "a subscription by GET without a stream",
		bytes: (token) => get(`query=${encodeURIComponent("subscription { usageReported { position } }")}`, [`Authorization: Token ${token}`]),
		status: 406,
	},
	{ what: "variables by GET that are no JSON", bytes: () => get("query=%7B__typename%7D&variables=%7B"), ...refused },
	{ what: "a query by GET of broken percent signs", bytes: () => get("query=%E0%A4%A"), status: 200, codes: ["GRAPHQL_PARSE_FAILED"] },
	{ what: "a query by GET of ten parameters", bytes: () => get(`query=%7B__typename%7D${"&query=%7Bnope%7D".repeat(10)}`), ...answered },
];
