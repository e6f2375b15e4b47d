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

export const http = (line: string, headers: readonly string[] = [], body = ""): string =>
	[line, "Host: 127.0.0.1", "Connection: close", ...headers, "", body].join("\r\n");

export const json = "Content-Type: application/json";
export const post = (body: string, headers: readonly string[] = []): string =>
	http("POST /graphql HTTP/1.1", [json, `Content-Length: ${Buffer.byteLength(body)}`, ...headers], body);
export const get = (query: string, headers: readonly string[] = []): string => http(`GET /graphql?${query} HTTP/1.1`, ["Accept: application/json", ...headers]);

export const harmless = '{"query":"{ __typename }"}';

export const refused = { status: 400, codes: ["BAD_REQUEST"] };
export const tooLarge = { status: 413, codes: ["BAD_REQUEST"] };
export const notJson = { status: 415, codes: ["BAD_REQUEST"] };
export const answered = { status: 200, codes: [] };
export const stranger = { status: 401, codes: ["UNAUTHENTICATED"] };
