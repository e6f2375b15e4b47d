import type { Answer, Gateway } from "../support/gateway.ts";

/** An answer of the REST API as it came. */
export interface RestAnswer {
	readonly status: number;
	readonly headers: Headers;
	/** As it was written: a parser would round what is exact. */
	readonly text: string;
	readonly json: Answer;
}

export interface RestRequest {
	readonly method?: string;
	/** The token of the demo or the fixture; nobody is signed in without one. */
	readonly token?: string | undefined;
	readonly headers?: Readonly<Record<string, string>>;
	/** Sent as JSON; a text is sent as it is. */
	readonly body?: unknown;
}

/** Sends a request for a path below /api/ to the real server, as a client that follows no redirects. */
export async function rest(gateway: Pick<Gateway, "url">, path: string, { method = "GET", token, headers = {}, body }: RestRequest = {}): Promise<RestAnswer> {
	const sent = {
		connection: "close",
		...(token === undefined ? {} : { authorization: `Token ${token}` }),
		...(body === undefined ? {} : { "content-type": "application/json" }),
		...headers,
	};
	const response = await fetch(new URL(`/api/${path}`, gateway.url), {
		method,
		redirect: "manual",
		headers: sent,
		...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
	});
	const text = await response.text();
	return { status: response.status, headers: response.headers, text, json: isJson(text) ? JSON.parse(text) : undefined };
}

const isJson = (text: string): boolean => /^[[{"]/.test(text);

/** A uuid as Waldur writes it. */
export const hex = (uuid: string): string => uuid.replaceAll("-", "");
