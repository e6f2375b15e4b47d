import { request as httpRequest, type IncomingHttpHeaders } from "node:http";

/** An answer as it came, read as JSON where it is. */
export interface HttpAnswer {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	// biome-ignore lint/suspicious/noExplicitAny: answers have the shape of what was asked
	readonly json: any;
}

/** Sends one request on a connection of its own, with exactly these headers, from an address of loopback: fetch does not send all of them. */
export function request(
	url: string,
	{ method = "POST", body, headers, from }: { method?: string; body?: string; headers?: Record<string, string>; from?: string } = {},
): Promise<HttpAnswer> {
	return new Promise((resolve, reject) => {
		const sent = httpRequest(url, { method, agent: false, localAddress: from, headers: { "content-type": "application/json", ...headers } }, (response) => {
			let text = "";
			response.on("data", (chunk) => (text += chunk));
			response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, json: isJson(text) ? JSON.parse(text) : undefined }));
		});
		sent.on("error", reject);
		sent.end(body);
	});
}

const isJson = (text: string): boolean => text.startsWith("{");
