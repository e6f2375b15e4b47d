import type { IncomingMessage } from "node:http";
import { badRequest } from "../graphql/errors.ts";
import { deepestJson, isTooDeep } from "./limits/json-bounds.ts";
import type { Question } from "./pipeline.ts";
import { bodyOf, bytesOf } from "./request-body.ts";

type Asked = Pick<Question, "query" | "variables" | "operationName">;

/** The question in a GET's address or in a POST's body. Throws for what is none. */
export async function questionIn(request: IncomingMessage): Promise<Asked> {
	if (request.method !== "GET") return questionOf(bodyOf(request, await bytesOf(request)));
	return questionInAddress(new URL(request.url ?? "", "http://localhost").searchParams);
}

/** The question in the parameters of an address. */
export function questionInAddress(parameters: URLSearchParams): Asked {
	const variables = parameters.get("variables");
	return questionOf({
		query: parameters.get("query"),
		operationName: parameters.get("operationName"),
		variables: variables === null || variables === "" ? undefined : readJson(variables),
	});
}

function readJson(text: string): unknown {
	if (isTooDeep(text)) throw refused(`Lists and objects of the variables are nested more than ${deepestJson} deep.`);
	try {
		return JSON.parse(text);
	} catch {
		throw refused("The variables are no JSON.");
	}
}

/** The question that an object is. Throws for what is none. */
export function questionOf(given: unknown): Asked {
	const { query, variables, operationName } = (typeof given === "object" && given !== null ? given : {}) as Record<string, unknown>;
	if (typeof query !== "string" || query === "") throw refused("Send an object with the text of a document as query.");
	if (variables != null && (typeof variables !== "object" || Array.isArray(variables))) throw refused("The variables are an object.");
	if (operationName != null && typeof operationName !== "string") throw refused("The operation's name is a text.");
	return { query, variables: variables as Asked["variables"], operationName };
}

const refused = (message: string) => badRequest(message, { http: { status: 400 } });
