import { connectRaw } from "./raw-sockets.ts";
import { request } from "./requests.ts";

/** Asks over one transport, and answers the codes of the errors at the top of the answer. */
type AskOver = (url: string, query: string, token?: string) => Promise<string[]>;

const codesOf = (errors: readonly { extensions: { code: string } }[] = []): string[] => errors.map(({ extensions }) => extensions.code);

const signedIn = (token: string | undefined): Record<string, string> => (token === undefined ? {} : { authorization: `Token ${token}` });

const byGet = (url: string, query: string): string => `${url}?query=${encodeURIComponent(query)}`;

/** Every way on which an operation comes to the service. */
export const transports: Readonly<Record<string, AskOver>> = {
	"a POST": async (url, query, token) => codesOf((await request(url, { body: JSON.stringify({ query }), headers: signedIn(token) })).json.errors),
	"a POST of another type": async (url, query, token) => {
		const headers = { accept: "application/graphql-response+json", ...signedIn(token) };
		return codesOf((await request(url, { body: JSON.stringify({ query }), headers })).json.errors);
	},
	"a GET": async (url, query, token) =>
		codesOf((await request(byGet(url, query), { method: "GET", headers: { accept: "application/json", ...signedIn(token) } })).json.errors),
	"server-sent events": async (url, query, token) => {
		const response = await fetch(byGet(url, query), { headers: { accept: "text/event-stream", connection: "close", ...signedIn(token) } });
		return codesOf(JSON.parse(/^data: (\{.*)$/m.exec(await response.text())?.[1] ?? "{}").errors);
	},
	WebSocket: async (url, query, token) => {
		const socket = await connectRaw(url, token);
		socket.subscribe("1", query);
		const { type, payload } = await socket.received(({ id }) => id === "1");
		socket.close();
		return codesOf(type === "error" ? payload : payload.errors);
	},
};
