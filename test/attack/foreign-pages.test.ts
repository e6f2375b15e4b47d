import { once } from "node:events";
import { describe, expect, test } from "vitest";
import WebSocket from "ws";
import { parseConfig } from "../../src/config.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { limited } from "../support/limited.ts";
import { request } from "../support/requests.ts";

/** As the embedded database is served, with the demo's public tokens: a name for it, and a page that may ask. */
const { hosts } = parseConfig({ ALLOWED_HOSTS: "usage.example.org" });
const gateway = gatewayForFile({ template: "demo", limits: { ...limited, graphiql: true, hosts } });

interface Caller {
	readonly host?: string;
	readonly origin?: string;
}

interface Refusal {
	readonly status: number;
	readonly code: string | undefined;
}

const query = '{"query":"{ viewer { username } }"}';
const authorization = "Token demo_provider";
const subscription = encodeURIComponent("subscription { policyFirings { __typename } }");

async function asked(url: string, caller: Caller, options: { method?: string; body?: string; headers?: Record<string, string> }): Promise<Refusal> {
	const { status, json } = await request(url, { ...options, headers: { ...options.headers, ...caller } });
	return { status, code: json?.errors?.[0]?.extensions?.code };
}

async function upgraded({ host, origin }: Caller): Promise<Refusal> {
	const socket = new WebSocket(gateway().url.replace(/^http/, "ws"), "graphql-transport-ws", {
		...(origin === undefined ? {} : { origin }),
		...(host === undefined ? {} : { headers: { host } }),
	});
	socket.on("error", () => {}); // whoever is refused is closed as well
	const answer = await Promise.race([
		once(socket, "open").then(() => 101),
		once(socket, "unexpected-response").then(([, { statusCode }]) => Number(statusCode)),
	]);
	socket.terminate();
	return { status: answer, code: undefined };
}

/** Every way to the service from a browser. */
const ways: Readonly<Record<string, (caller: Caller) => Promise<Refusal>>> = {
	"a query": (caller) => asked(gateway().url, caller, { body: query, headers: { authorization } }),
	"a query in the address": (caller) =>
		asked(`${gateway().url}?query=%7Bviewer%7Busername%7D%7D`, caller, { method: "GET", headers: { authorization, accept: "application/json" } }),
	"GraphiQL's page": (caller) => asked(gateway().url, caller, { method: "GET", headers: { accept: "text/html" } }),
	"the way to GraphiQL": (caller) => asked(new URL("/", gateway().url).href, caller, { method: "GET" }),
	"a question before one of another origin": (caller) =>
		asked(gateway().url, caller, { method: "OPTIONS", headers: { "access-control-request-method": "POST" } }),
	"a form": (caller) => asked(gateway().url, caller, { body: "query={__typename}", headers: { "content-type": "text/plain" } }),
	"a stream of events": (caller) =>
		asked(`${gateway().url}?query=${subscription}&after=x`, caller, { method: "GET", headers: { accept: "text/event-stream" } }),
	"a socket": upgraded,
};

const port = () => new URL(gateway().url).port;

describe.each(Object.entries(ways))("%s", (_way, ask) => {
	test.each(["evil.example.org", "evil.example.org:4000", "127.0.0.1.evil.example.org", "localhost.", "[::2]", "0.0.0.0"])(
		"is refused with 421 by the name «%s»",
		async (host) => {
			const { status, code } = await ask({ host });
			expect({ status, code: code ?? "HOST_NOT_ALLOWED" }).toEqual({ status: 421, code: "HOST_NOT_ALLOWED" });
		},
	);

	test.each(["localhost@evil.example.org", "[::1", "a b["])("is refused with 400 by the name «%s», which is no host's", async (host) => {
		const { status, code } = await ask({ host });
		expect({ status, code: code ?? "BAD_REQUEST" }).toEqual({ status: 400, code: "BAD_REQUEST" });
	});

	test.each(["https://evil.example.org", "http://localhost:3000", "null", "http://127.0.0.1.evil.example.org"])(
		"is refused with 403 from a page of «%s»",
		async (origin) => {
			const { status, code } = await ask({ origin });
			expect({ status, code: code ?? "ORIGIN_NOT_ALLOWED" }).toEqual({ status: 403, code: "ORIGIN_NOT_ALLOWED" });
		},
	);

	test("is refused from a page whose name was made to lead here", async () => {
		const host = `evil.example.org:${port()}`;
		expect((await ask({ host, origin: `http://${host}` })).status).toBe(421);
	});

	test.each(["localhost", "127.0.0.1", "[::1]", "LOCALHOST", "usage.example.org"])(
		"is let in by the name «%s», from its own pages and from others that may ask",
		async (name) => {
			const host = `${name}:${port()}`;
			for (const origin of [undefined, `http://${host}`.toLowerCase(), "https://portal.example.org"]) {
				const { status } = await ask({ host, ...(origin === undefined ? {} : { origin }) });
				expect([403, 421]).not.toContain(status);
			}
		},
	);
});

test("on PostgreSQL any name is answered, until some are named", () => {
	const onServer = { DATABASE_URL: "postgresql://gateway@db.example.org/gateway", HOST: "10.0.0.5" };
	expect(parseConfig(onServer).hosts).toBeUndefined();
	expect(parseConfig({ ...onServer, ALLOWED_HOSTS: " usage.example.org, ::2 " }).hosts).toEqual(["10.0.0.5", "usage.example.org", "::2"]);
});

test.each(["usage.example.org:4000", "https://usage.example.org", "[::1]", "*", "a b"])("«%s» is no name to be called by", (name) => {
	expect(() => parseConfig({ ALLOWED_HOSTS: name })).toThrow("ALLOWED_HOSTS must hold names or addresses");
});
