import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { type ExecutionResult, OperationTypeNode } from "graphql";
import { processRegularResult } from "graphql-yoga";
import { routerTokenIn } from "../federation/router.ts";
import type { OperationTrace } from "../shared/operation-trace.ts";
import { acceptedEncoding, encoded } from "./compression.ts";
import { type AskedDocument, type Naming, nameParameters } from "./documents/asked-documents.ts";
import { isTooDeep } from "./limits/json-bounds.ts";
import { codesOf } from "./observed-operations.ts";
import type { Pipeline, ReadQuestion } from "./pipeline.ts";
import { readQuestion } from "./prepare.ts";
import { endpoint, maxBodyBytes } from "./yoga.ts";

interface Params extends Naming {
	readonly variables?: Record<string, unknown> | null;
	readonly operationName?: string | null;
}

const mediaType = "application/json";

const isJson = /^application\/json(; ?charset=utf-8)?$/i;

/**
 * Answers what nearly all clients send: one operation in a POST, as JSON, to be answered as JSON. It runs through the same
 * steps as every other request, without objects of a fetch in between. A request that differs in anything, or cannot be
 * read, is left to the pipeline, as if it had not been looked at.
 */
export const answerPlainPosts =
	(pipeline: Pipeline) =>
	(request: IncomingMessage, response: ServerResponse, operation: OperationTrace): void => {
		if (!isPlain(request)) {
			leave(pipeline, request, response, operation);
			return;
		}
		const chunks: Buffer[] = [];
		request.on("data", (chunk: Buffer) => chunks.push(chunk));
		request.on("end", () => {
			const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
			answer(pipeline, request, response, operation, body).catch((error) => {
				pipeline.mask(error); // reports our bug; there is nothing to send any more
				response.destroy();
			});
		});
	};

const leave = ({ yoga, addressOf }: Pipeline, request: IncomingMessage, response: ServerResponse, operation: OperationTrace): void =>
	void yoga(request, response, { operation, address: addressOf(request) });

/** Whether the request is a POST of JSON of a known length, whose response may be JSON. */
function isPlain({ method, url, headers }: IncomingMessage): boolean {
	const { accept, origin, "content-type": contentType, "content-length": length, "content-encoding": encoding } = headers;
	return (
		method === "POST" &&
		url === endpoint &&
		origin === undefined &&
		isJson.test(contentType ?? "") &&
		encoding === undefined &&
		(accept === undefined || accept === "*/*" || accept === mediaType) &&
		length !== undefined &&
		Number(length) > 0 &&
		Number(length) <= maxBodyBytes
	);
}

async function answer(pipeline: Pipeline, request: IncomingMessage, response: ServerResponse, operation: OperationTrace, body: Buffer): Promise<void> {
	const executed = await execute(pipeline, request, operation, body.toString());
	if (executed === undefined) {
		// As a framework that has read the body before would hand it on; of a text, every character would be listed.
		Object.assign(request, { body: Readable.from([body]) });
		return leave(pipeline, request, response, operation);
	}
	operation.end(codesOf(executed.errors));
	if (executed.errors === undefined) {
		const text = (executed as { stringify?: () => string }).stringify?.() ?? JSON.stringify(executed);
		return send(request, response, 200, { "content-type": `${mediaType}; charset=utf-8` }, text);
	}
	const { status, headers, text } = await asResponse(pipeline.yoga, executed);
	return send(request, response, status, headers, text);
}

async function send(request: IncomingMessage, response: ServerResponse, status: number, headers: Record<string, string>, text: string): Promise<void> {
	const body = encoded(text, acceptedEncoding(request));
	const { content, headers: ofBody } = body instanceof Promise ? await body : body;
	response.writeHead(status, { ...headers, ...ofBody }).end(content);
}

/** Executes the operation; undefined, with nothing done, when that is up to the pipeline. */
async function execute(
	{ yoga, prepare, addressOf, documents }: Pipeline,
	request: IncomingMessage,
	operation: OperationTrace,
	body: string,
): Promise<ExecutionResult | undefined> {
	const params = paramsIn(body);
	if (params === undefined) return undefined;
	const engine = yoga.getEnveloped({ authorization: request.headers.authorization, operation, address: addressOf(request) });
	const { variables, operationName } = params;
	let asked: AskedDocument | undefined;
	let read: ReadQuestion;
	try {
		asked = documents.documentOf(params);
		if (asked === undefined || !documents.isTrusted(asked.query)) return undefined;
		read = readQuestion(engine, { query: asked.query, operationName });
	} catch {
		return undefined;
	}
	if (read.operation === undefined || read.operation.operation === OperationTypeNode.SUBSCRIPTION) return undefined;
	const prepared = await prepare(
		engine,
		{ ...asked, variables, operationName, address: addressOf(request), routerToken: routerTokenIn(request.headers) },
		read,
	);
	return "errors" in prepared ? prepared : (engine.execute(prepared.args) as Promise<ExecutionResult>);
}

function paramsIn(body: string): Params | undefined {
	if (isTooDeep(body)) return undefined;
	let params: unknown;
	try {
		params = JSON.parse(body);
	} catch {
		return undefined;
	}
	return isParams(params) ? params : undefined;
}

const known: ReadonlySet<string> = new Set(["query", "variables", "operationName", "extensions", ...nameParameters]);

const isParams = (params: unknown): params is Params =>
	typeof params === "object" &&
	params !== null &&
	!Array.isArray(params) &&
	Object.keys(params).every((key) => known.has(key)) &&
	(!("query" in params) || typeof params.query === "string") &&
	(!("extensions" in params) || (typeof params.extensions === "object" && !Array.isArray(params.extensions))) &&
	(!("operationName" in params) || params.operationName === null || typeof params.operationName === "string") &&
	(!("variables" in params) || params.variables === null || (typeof params.variables === "object" && !Array.isArray(params.variables)));

async function asResponse(yoga: Pipeline["yoga"], result: ExecutionResult): Promise<{ status: number; headers: Record<string, string>; text: string }> {
	const processed = processRegularResult(result as never, yoga.fetchAPI, mediaType);
	return { status: processed.status, headers: Object.fromEntries(processed.headers), text: await processed.text() };
}
