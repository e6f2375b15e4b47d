import type { Plugin } from "graphql-yoga";
import { badRequest } from "../graphql/errors.ts";
import { type AskedDocuments, type Naming, nameParameters } from "./documents/asked-documents.ts";
import { deepestJson, isTooDeep } from "./limits/json-bounds.ts";

export interface RequestReader {
	readonly plugin: Plugin;
	/** The hash under which the client of these parameters wants to name its document from now on. */
	keepAs(params: object): string | undefined;
}

type Params = Naming & Readonly<Record<string, unknown>>;

/**
 * Reads what comes as a fetch. Refuses JSON that is nested too deep, and what a URL names as variables or extensions and is no
 * JSON; finds a document that is named rather than sent, so that all that follows has its text.
 */
export function createRequestReader(documents: AskedDocuments): RequestReader {
	const hashes = new WeakMap<object, string>();

	/** The parameters with the text in place of the names. What is no operation is left as it is: yoga says what is wrong with it. */
	function withText(params: Params, names: Naming): Record<string, unknown> {
		const asked = documents.documentOf({ ...params, ...names });
		if (asked === undefined) return params;
		const others = Object.entries(params).filter(([name]) => !isName(name));
		const read = Object.fromEntries([...others, ["query", asked.query]]);
		if (asked.keepAs !== undefined) hashes.set(read, asked.keepAs);
		return read;
	}

	return {
		keepAs: (params) => hashes.get(params),
		plugin: {
			onRequestParse: ({ request: { method }, url, requestParser, setRequestParser }) => {
				if (requestParser === undefined) return;
				setRequestParser(async (request) => {
					try {
						const params = await requestParser(Object.assign(request, { json: () => request.text().then(readJson) }));
						// A list of operations is refused later, as a whole.
						return isObject(params) ? withText(params, method === "GET" ? namesIn(url) : {}) : params;
					} catch (error) {
						throw error instanceof SyntaxError ? badRequest("Variables and extensions are JSON objects.", { http: { status: 400 } }) : error;
					}
				});
			},
		},
	};
}

const isName = (parameter: string): boolean => nameParameters.some((name) => name === parameter);

const isObject = (params: unknown): params is Params => typeof params === "object" && params !== null && !Array.isArray(params);

const namesIn = ({ searchParams }: URL): Naming =>
	Object.fromEntries(nameParameters.flatMap((name) => (searchParams.has(name) ? [[name, searchParams.get(name)]] : [])));

function readJson(text: string): unknown {
	if (isTooDeep(text)) throw badRequest(`Lists and objects are nested more than ${deepestJson} deep.`, { http: { status: 400 } });
	try {
		return JSON.parse(text);
	} catch {
		throw badRequest("The body is not JSON.", { http: { status: 400 } });
	}
}
