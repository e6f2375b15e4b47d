import type { ServerResponse } from "node:http";
import type { GraphQLError } from "graphql";
import { Refused, statuses } from "../rest/problems.ts";
import { codesOf } from "./observed-operations.ts";

/** Answers with what was thrown, as errors of GraphQL. Returns its codes. */
export function answerProblem(response: ServerResponse, thrown: unknown, mask: (thrown: unknown) => GraphQLError): readonly string[] {
	if (!(thrown instanceof Refused)) return answerProblems(response, [mask(thrown)]);
	const { status, code, body, headers = {} } = thrown.trouble;
	const message = (body as { readonly detail?: string }).detail ?? code;
	write(response, status, headers, [{ message, extensions: { code } }]);
	return [code];
}

/** Answers with the errors; the first decides the status. Returns their codes. */
export function answerProblems(response: ServerResponse, errors: readonly GraphQLError[]): readonly string[] {
	const [first] = errors;
	const { status, headers } = (first?.extensions["http"] ?? {}) as { status?: number; headers?: Record<string, string> };
	const challenge = first?.extensions["code"] === "UNAUTHENTICATED" ? { "www-authenticate": "Token" } : {};
	const sent = errors.map((error) => {
		const { http: _, ...extensions } = error.extensions;
		return { ...error.toJSON(), extensions };
	});
	write(response, status ?? statuses[String(first?.extensions["code"])] ?? 500, { ...challenge, ...headers }, sent);
	return codesOf(errors);
}

function write(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, errors: readonly object[]): void {
	const text = JSON.stringify({ errors });
	response
		.writeHead(status, {
			"content-type": "application/json; charset=utf-8",
			"content-length": Buffer.byteLength(text),
			"cache-control": "private, no-store",
			...headers,
		})
		.end(response.req.method === "HEAD" ? undefined : text);
}
