import type { IncomingMessage, ServerResponse } from "node:http";
import { written } from "../rest/json.ts";
import { absentHere, clientGone, tooLarge, troubleOf, unreadable, unsignedIn, wrongMediaType, wrongMethod } from "../rest/problems.ts";
import { type Answer, createFinder, nameOf, typeOf } from "../rest/route.ts";
import { routes } from "../rest/routes.ts";
import { createUrls, type Urls } from "../rest/urls.ts";
import type { OperationTrace } from "../shared/operation-trace.ts";
import { acceptedEncoding, encoded } from "./compression.ts";
import { deepestJson, isTooDeep } from "./limits/json-bounds.ts";
import type { Pipeline } from "./pipeline.ts";
import { maxBodyBytes } from "./yoga.ts";

export interface RestOptions {
	/** Where clients reach the service, without a slash at its end; this computer when undefined. */
	readonly publicUrl: string | undefined;
	/** The service's own version. */
	readonly version: string;
}

/** Whether a request is for the REST API. */
export const isRest = ({ url = "" }: IncomingMessage): boolean => url.startsWith("/api/");

const find = createFinder(routes);

/**
 * Answers requests below /api/. They run through the same steps as operations of GraphQL: bounds of the body, sign-in, what the
 * token has left, and the time that an operation may take.
 */
export const answerRest =
	(pipeline: Pipeline, { publicUrl, version }: RestOptions) =>
	(request: IncomingMessage, response: ServerResponse, operation: OperationTrace): void => {
		const urls = createUrls(publicUrl ?? `http://localhost:${request.socket.localPort}`);
		pipeline
			.watch(answer(pipeline, { urls, version }, request, operation), operation)
			.then(
				(answer) => ({ ...answer, code: undefined }),
				(thrown: unknown) => troubleOf(thrown, pipeline.mask),
			)
			.then(({ status, headers = {}, body, code }) => {
				operation.end(code === undefined ? [] : [code]);
				return send(request, response, { status, headers, ...(body === undefined ? {} : { body }) });
			})
			.catch((error: unknown) => {
				pipeline.mask(error); // reports our bug; there is nothing to send any more
				response.destroy();
			});
	};

async function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): Promise<void> {
	const { content, headers: ofBody } = await encoded(body === undefined ? "" : written(body), acceptedEncoding(request));
	const type = body === undefined ? {} : { "content-type": "application/json" };
	response
		.writeHead(status, { ...type, "cache-control": "private, no-store", vary: "Accept-Encoding, Authorization", ...(status === 204 ? {} : ofBody), ...headers })
		.end(content);
}

async function answer(
	{ contextOf, admission, addressOf }: Pipeline,
	service: { readonly urls: Urls; readonly version: string },
	request: IncomingMessage,
	operation: OperationTrace,
): Promise<Answer> {
	const { pathname, search, searchParams: query } = new URL(request.url ?? "", "http://localhost");
	const path = pathname.slice("/api/".length);
	const found = find(path);
	if (found === undefined) {
		// As Django, which adds the slash at the end.
		if (request.method === "GET" && find(`${path}/`) !== undefined) return { status: 301, headers: { location: `${pathname}/${search}` } };
		throw absentHere();
	}
	// Who counts asks for the headers of a list alone: Node.js sends no body then.
	const route = found.routes.get(request.method === "HEAD" ? "GET" : (request.method ?? ""));
	if (route === undefined) throw wrongMethod(request.method ?? "", [...found.routes.keys()]);
	operation.identify(typeOf(route), nameOf(route));
	const sent = await bytesOf(request);
	const address = addressOf(request);
	const context = await contextOf(request.headers.authorization, address, operation);
	if (!context.isSignedIn) throw unsignedIn();
	const body = bodyOf(request, sent);
	context.admitted = await admission.admitCost(context, route.price({ query, body }), address);
	return admission.within(context, typeOf(route), () => route.answer({ context, ...service, key: found.key, query, body }));
}

/** The bytes of a request's body. Throws for more than there may be; the connection is kept for the answer then. */
async function bytesOf(request: IncomingMessage): Promise<Buffer> {
	if (Number(request.headers["content-length"] ?? 0) > maxBodyBytes) throw tooLarge(maxBodyBytes);
	const chunks: Buffer[] = [];
	let length = 0;
	try {
		for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
			length += chunk.length;
			if (length > maxBodyBytes) throw tooLarge(maxBodyBytes);
			chunks.push(chunk);
		}
	} catch (error) {
		throw request.destroyed && !request.complete ? clientGone() : error;
	}
	return Buffer.concat(chunks);
}

/** The JSON in the bytes; undefined when there are none. Throws for what is of another type, or no JSON. */
function bodyOf({ headers }: IncomingMessage, bytes: Buffer): unknown {
	if (bytes.length === 0) return undefined;
	if (!/^application\/json\b/i.test(headers["content-type"] ?? "")) throw wrongMediaType();
	const text = bytes.toString();
	if (isTooDeep(text)) throw unreadable(`Lists and objects are nested more than ${deepestJson} deep.`);
	try {
		return JSON.parse(text);
	} catch {
		throw unreadable("JSON parse error: the body is not JSON.");
	}
}
