import type { IncomingMessage, ServerResponse } from "node:http";

/** What pages of other origins may read of an answer besides its body. */
const exposed = "content-disposition, retry-after, x-export-snapshot, x-request-id";

/**
 * Lets pages of the origins read the answer, as the endpoint of GraphQL does. Returns true for a browser's question whether a
 * page may ask, which is answered then.
 */
export function answerCrossOrigin(request: IncomingMessage, response: ServerResponse, origins: readonly string[], methods: string): boolean {
	const { origin } = request.headers;
	const isAllowed = origin !== undefined && origins.includes(origin);
	if (isAllowed) response.setHeader("access-control-allow-origin", origin).setHeader("access-control-expose-headers", exposed);
	if (request.method !== "OPTIONS" || request.headers["access-control-request-method"] === undefined) return false;
	const allowed = isAllowed
		? {
				"access-control-allow-methods": methods,
				"access-control-allow-headers": request.headers["access-control-request-headers"] ?? "authorization",
				"access-control-max-age": "3600",
			}
		: {};
	response.writeHead(204, { "content-length": "0", ...allowed }).end();
	return true;
}
