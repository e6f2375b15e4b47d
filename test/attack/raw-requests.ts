import { gzipSync } from "node:zlib";

/** Bytes that mean harm, sent on a connection of their own, and how they are answered. */
export interface RawAttack {
	readonly what: string;
	/** What is sent. */
	readonly bytes: (token: string) => string | Buffer;
	/** The client ends its side behind it: the service would wait for the rest. */
	readonly isCutOff?: boolean;
	/** The status of the answer, the last one when there are several; 0 when the connection is closed without one. */
	readonly status: number;
	/** The codes of the errors, where the answer is one of GraphQL. */
	readonly codes?: readonly string[];
}

const http = (line: string, headers: readonly string[] = [], body = ""): string =>
	[line, "Host: 127.0.0.1", "Connection: close", ...headers, "", body].join("\r\n");

const json = "Content-Type: application/json";
const post = (body: string, headers: readonly string[] = []): string =>
	http("POST /graphql HTTP/1.1", [json, `Content-Length: ${Buffer.byteLength(body)}`, ...headers], body);
const get = (query: string, headers: readonly string[] = []): string => http(`GET /graphql?${query} HTTP/1.1`, ["Accept: application/json", ...headers]);

const harmless = '{"query":"{ __typename }"}';
/** A body of as many bytes. */
const ofLength = (length: number): string => `${harmless}${" ".repeat(length - harmless.length)}`;

const chunked = (body: string): string =>
	http("POST /graphql HTTP/1.1", [json, "Transfer-Encoding: chunked"], `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`);

const refused = { status: 400, codes: ["BAD_REQUEST"] };
const tooLarge = { status: 413, codes: ["BAD_REQUEST"] };
const notJson = { status: 415, codes: ["BAD_REQUEST"] };
const answered = { status: 200, codes: [] };
const stranger = { status: 401, codes: ["UNAUTHENTICATED"] };

const bodies: RawAttack[] = [
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
		codes: ["BAD_REQUEST"],
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

const methods: RawAttack[] = [
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

const urls: RawAttack[] = [
	...[
		"/GRAPHQL",
		"/graphql%00",
		"/graphql%2f",
		"/graphqlx",
		"/graphql/x",
		"/%67raphql%0d%0aX:%20y",
		"/..%2f..%2fetc/passwd",
		"/../../etc/passwd",
		"/.env",
		"/graphql;x=y",
		"/%ff%fe",
		`/${"x".repeat(8_000)}`,
	].map(
		(path): RawAttack => ({
			what: `the path ${path.slice(0, 40)}`,
			bytes: () => http(`POST ${path} HTTP/1.1`, [json, `Content-Length: ${harmless.length}`], harmless),
			status: 404,
		}),
	),
	{ what: "a path of two slashes", bytes: () => http("POST //graphql HTTP/1.1", [json, `Content-Length: ${harmless.length}`], harmless), ...answered },
	{ what: "a path with a way back", bytes: () => http("POST /graphql/../x HTTP/1.1", [json, `Content-Length: ${harmless.length}`], harmless), status: 404 },
	{
		what: "a URL of another server",
		bytes: () => http("POST http://evil.example.org/graphql HTTP/1.1", [json, `Content-Length: ${harmless.length}`], harmless),
		...answered,
	},
	{ what: "a URL that is none", bytes: () => http("POST http://[::1/graphql HTTP/1.1", [json, `Content-Length: ${harmless.length}`], harmless), ...refused },
	...["[::1", "a b[", "a b", "a/b@c:d?e#f", "a%00b", "[x]", "a:b", "a:1:2", "<script>", "é", ":", "a\\b", "%"].flatMap((host): RawAttack[] => [
		{
			what: `a POST to the host «${host}»`,
			bytes: () => `POST /graphql HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${json}\r\nContent-Length: ${harmless.length}\r\n\r\n${harmless}`,
			...refused,
		},
		{
			what: `a GET to the host «${host}»`,
			bytes: () => `GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nAccept: application/json\r\n\r\n`,
			...refused,
		},
		{
			what: `an upgrade at the host «${host}»`,
			bytes: () =>
				`GET /graphql HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
			...refused,
		},
	]),
	...["//[", "http://[/graphql", "http://a b/", "graphql", "http://:99999/graphql", "//"].map(
		(target): RawAttack => ({
			what: `the target «${target}»`,
			bytes: () => http(`GET ${target.replace(" ", "%20")} HTTP/1.1`),
			status: target.startsWith("//") ? 404 : 400,
		}),
	),
	{ what: "a star", bytes: () => http("OPTIONS * HTTP/1.1"), status: 204 },
	{ what: "a zero byte in the URL", bytes: () => http("GET /graphql\0 HTTP/1.1"), status: 400 },
	{ what: "a space in the URL", bytes: () => http("GET /graphql x HTTP/1.1"), status: 400 },
	{ what: "a line end in the URL", bytes: () => http("GET /graphql\rX: y HTTP/1.1"), status: 400 },
];

const lines: RawAttack[] = [
	{ what: "HTTP/1.0 without a host", bytes: () => `POST /graphql HTTP/1.0\r\n${json}\r\nContent-Length: ${harmless.length}\r\n\r\n${harmless}`, ...answered },
	{ what: "HTTP/1.1 without a host", bytes: () => "GET /graphql HTTP/1.1\r\nConnection: close\r\n\r\n", status: 400 },
	{ what: "HTTP/9.9", bytes: () => http("GET /graphql HTTP/9.9"), status: 400 },
	{ what: "HTTP/2 without asking", bytes: () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", status: 400 },
	{ what: "TLS", bytes: () => Buffer.from("16030100a5010000a10303", "hex"), status: 400 },
	{ what: "nothing", isCutOff: true, bytes: () => "", status: 0 },
	{ what: "half a request", isCutOff: true, bytes: () => "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-", status: 400 },
	{ what: "a header without a name", bytes: () => http("GET /graphql HTTP/1.1", [": x"]), status: 400 },
	{ what: "a header with a zero byte", bytes: () => http("GET /graphql HTTP/1.1", ["X: a\0b"]), status: 400 },
	{ what: "headers of 17 KB", bytes: () => post(harmless, [`X: ${"x".repeat(17_000)}`]), status: 431 },
	{
		what: "150 headers",
		bytes: () =>
			post(
				harmless,
				Array.from({ length: 150 }, (_, at) => `X${at}: y`),
			),
		...answered,
	},
	{
		what: "2,000 headers",
		bytes: () =>
			post(
				harmless,
				Array.from({ length: 2_000 }, (_, at) => `X${at}: yyyyyyyyyyyy`),
			),
		status: 431,
	},
	{ what: "headers called __proto__ and constructor", bytes: () => post(harmless, ["__proto__: x", "constructor: y"]), ...answered },
	{ what: "a promise of a body to come", bytes: () => post(harmless, ["Expect: 100-continue"]), ...answered },
	{ what: "another expectation", bytes: () => post(harmless, ["Expect: everything"]), status: 417 },
	{
		what: "an upgrade to HTTP/2",
		bytes: () => http("GET /graphql HTTP/1.1", ["Upgrade: h2c", "HTTP2-Settings: x"]).replace("Connection: close", "Connection: Upgrade, HTTP2-Settings"),
		status: 400,
	},
	{
		what: "an upgrade of another path",
		bytes: () =>
			http("GET /x HTTP/1.1", ["Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]).replace(
				"Connection: close",
				"Connection: Upgrade",
			),
		status: 400,
	},
	{
		what: "an upgrade without a key",
		bytes: () => http("GET /graphql HTTP/1.1", ["Upgrade: websocket"]).replace("Connection: close", "Connection: Upgrade"),
		status: 400,
	},
	{
		what: "an upgrade of a version that is none",
		bytes: () =>
			http("GET /graphql HTTP/1.1", ["Upgrade: websocket", "Sec-WebSocket-Version: 99", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]).replace(
				"Connection: close",
				"Connection: Upgrade",
			),
		status: 400,
	},
	{ what: "a request id that is none", bytes: () => post(harmless, [`x-request-id: ${"<script>".repeat(500)}`]), ...answered },
	{ what: "a request id of strange bytes", bytes: () => Buffer.from(post(harmless, ["x-request-id: \x80\xff"]), "latin1"), ...answered },
	{ what: "a traceparent that is none", bytes: () => post(harmless, ["traceparent: 00-00000000000000000000000000000000-0000000000000000-zz"]), ...answered },
	{ what: "an accept header of a thousand types", bytes: () => post(harmless, [`Accept: ${Array(1_000).fill("a/b;q=0.1").join(",")}`]), status: 406 },
	{
		what: "a position of a stream that is none",
		bytes: (token) =>
			post('{"query":"subscription { policyFirings { __typename } }"}', [
				"Accept: text/event-stream",
				`Last-Event-ID: ' or true --`,
				`Authorization: Token ${token}`,
			]),
		status: 200,
	},
];

const tokens: RawAttack[] = [
	...[
		"Token",
		"Token ",
		"Basic ZGVtbzpkZW1v",
		"Token demo_nobodyatall",
		"Token a b",
		"Token ' or '1'='1",
		"Bearer null",
		"Digest username=x",
		"Token demo_staff, Token demo_staff",
		`Token ${"x".repeat(12_000)}`,
		"Token __proto__",
		"Token %00",
		`Token ugw_${"A".repeat(43)}00000000`,
	].map(
		(authorization): RawAttack => ({
			what: `the token «${authorization.slice(0, 40)}»`,
			bytes: () => post(harmless, [`Authorization: ${authorization}`]),
			...stranger,
		}),
	),
	{ what: "a token in strange bytes", bytes: () => Buffer.from(post(harmless, ["Authorization: Token \xe9\xff\x80"]), "latin1"), ...stranger },
	{
		what: "two authorizations",
		bytes: (token) => post('{"query":"{ viewer { uuid } }"}', ["Authorization: Token demo_nobodyatall", `Authorization: Token ${token}`]),
		...stranger,
	},
	{ what: "a token in the URL", bytes: (token) => get(`query=%7Bviewer%7Buuid%7D%7D&token=${token}&Authorization=Token%20${token}`), ...stranger },
	{
		what: "a token in a cookie",
		bytes: (token) => post('{"query":"{ viewer { uuid } }"}', [`Cookie: Authorization=Token ${token}; token=${token}`]),
		...stranger,
	},
];

export const rawAttacks: readonly RawAttack[] = [...bodies, ...methods, ...urls, ...lines, ...tokens];
