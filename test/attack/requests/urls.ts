import { answered, harmless, http, json, type RawAttack, refused } from "./raw-attack.ts";

/** Paths, hosts and targets. */
export const urls: readonly RawAttack[] = [
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
