import { answered, harmless, http, json, post, type RawAttack } from "./raw-attack.ts";

/** First lines and headers. */
export const lines: readonly RawAttack[] = [
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
