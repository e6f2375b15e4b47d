import { type Attack, input, none, parse } from "./attack.ts";
import { report, resource } from "./parts.ts";

/** Text of characters that mean something somewhere. */
export const characters: readonly Attack[] = [
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
