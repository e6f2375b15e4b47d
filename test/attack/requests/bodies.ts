import { gzipSync } from "node:zlib";
import { answered, harmless, http, json, notJson, post, type RawAttack, refused, tooLarge } from "./raw-attack.ts";

/** A body of as many bytes. */
const ofLength = (length: number): string => `${harmless}${" ".repeat(length - harmless.length)}`;

const chunked = (body: string): string =>
	http("POST /graphql HTTP/1.1", [json, "Transfer-Encoding: chunked"], `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`);

/** Bodies, what they say of their length and type, and what is in them. */
export const bodies: readonly RawAttack[] = [
	{ what: "a body of 256 KB", bytes: () => post(ofLength(256 * 1024)), ...answered },
	{ what: "a body of 256 KB and a byte", bytes: () => post(ofLength(256 * 1024 + 1)), ...tooLarge },
	{ what: "256 KB and a byte in chunks", bytes: () => chunked(ofLength(256 * 1024 + 1)), ...tooLarge },
	{ what: "a megabyte of variables", bytes: () => post(ofLength(1024 * 1024)), ...tooLarge },
	{ what: "a body that says it is of a terabyte", bytes: () => http("POST /graphql HTTP/1.1", [json, "Content-Length: 1099511627776"], harmless), ...tooLarge },
	{
		what: "a body that is shorter than it says",
		isCutOff: true,
		bytes: () => http("POST /graphql HTTP/1.1", [json, "Content-Length: 200"], harmless),
		status: 400,
	},
	{ what: "a body that is longer than it says", bytes: () => http("POST /graphql HTTP/1.1", [json, "Content-Length: 10"], harmless), status: 400 },
	{ what: "a length below nothing", bytes: () => http("POST /graphql HTTP/1.1", [json, "Content-Length: -1"], harmless), status: 400 },
	{ what: "a length that is no number", bytes: () => http("POST /graphql HTTP/1.1", [json, "Content-Length: 0x10"], harmless), status: 400 },
	{ what: "two lengths", bytes: () => http("POST /graphql HTTP/1.1", [json, "Content-Length: 26", "Content-Length: 27"], harmless), status: 400 },
	{
		what: "a length and chunks",
		bytes: () => http("POST /graphql HTTP/1.1", [json, "Content-Length: 26", "Transfer-Encoding: chunked"], harmless),
		status: 400,
	},
	{
		what: "a chunk of a length that is no number",
		bytes: () => http("POST /graphql HTTP/1.1", [json, "Transfer-Encoding: chunked"], "zz\r\n{}\r\n0\r\n\r\n"),
		status: 400,
	},
	{
		what: "a body that is packed",
		bytes: () =>
			Buffer.concat([
				Buffer.from(http("POST /graphql HTTP/1.1", [json, "Content-Encoding: gzip", `Content-Length: ${gzipSync(harmless).length}`])),
				gzipSync(harmless),
			]),
		...refused,
	},
	{ what: "an empty body", bytes: () => post(""), ...refused },
	{ what: "JSON that is cut off", bytes: () => post(harmless.slice(0, -3)), ...refused },
	{ what: "NaN in JSON", bytes: () => post('{"query":"{ __typename }","variables":{"a":NaN}}'), ...refused },
	{ what: "a byte order mark before JSON", bytes: () => post(`\ufeff${harmless}`), ...refused },
	{
		what: "a byte order mark before JSON that is answered as a GraphQL response",
		bytes: () => post(`\ufeff${harmless}`, ["Accept: application/graphql-response+json"]),
		...refused,
	},
	{ what: "a byte order mark before a document", bytes: () => post(`{"query":"\ufeff{ __typename }"}`), ...answered },
	{
		what: "bytes that are no text",
		bytes: () => Buffer.concat([Buffer.from(http("POST /graphql HTTP/1.1", [json, "Content-Length: 4"])), Buffer.from([0xff, 0xfe, 0x00, 0xc0])]),
		...refused,
	},
	{ what: "a number", bytes: () => post("1e999"), ...refused },
	{ what: "null", bytes: () => post("null"), ...refused },
	{ what: "a batch", bytes: () => post(`[${Array(100).fill(harmless).join(",")}]`), ...refused },
	{ what: "an empty batch", bytes: () => post("[]"), ...refused },
	{ what: "lists 100,000 deep", bytes: () => post("[".repeat(100_000) + "]".repeat(100_000)), ...refused },
	{ what: "a query that is a number", bytes: () => post('{"query":1}'), ...refused },
	{ what: "a query that is a list", bytes: () => post('{"query":["{ __typename }"]}'), ...refused },
	{ what: "a query that is an object", bytes: () => post('{"query":{"toString":"x"}}'), ...refused },
	{ what: "variables that are a list", bytes: () => post('{"query":"{ __typename }","variables":[1]}'), ...refused },
	{ what: "variables that are text", bytes: () => post('{"query":"{ __typename }","variables":"{}"}'), ...refused },
	{ what: "an operation name that is an object", bytes: () => post('{"query":"{ __typename }","operationName":{"toString":1}}'), ...refused },
	{ what: "extensions that are text", bytes: () => post('{"query":"{ __typename }","extensions":"x"}'), ...refused },
	{
		what: "a hash instead of a document",
		bytes: () => post('{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}'),
		status: 200,
		codes: ["PERSISTED_QUERY_NOT_FOUND"],
	},
	{ what: "parameters that are not there", bytes: () => post('{"query":"{ __typename }","__proto__":{"a":1},"constructor":1}'), ...refused },
	{ what: "two documents in one body", bytes: () => post('{"query":"mutation { nope }","query":"{ __typename }"}'), ...answered },
	...[
		"text/plain",
		"application/x-www-form-urlencoded",
		"multipart/form-data; boundary=x",
		"application/graphql",
		"text/plain; a=application/json",
		"text/plain, application/json",
		"",
	].map(
		(type): RawAttack => ({
			what: `a body of the type «${type}»`,
			bytes: () => http("POST /graphql HTTP/1.1", [`Content-Type: ${type}`, `Content-Length: ${harmless.length}`], harmless),
			...notJson,
		}),
	),
	{ what: "a body without a type", bytes: () => http("POST /graphql HTTP/1.1", [`Content-Length: ${harmless.length}`], harmless), ...notJson },
];
