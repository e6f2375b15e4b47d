import { GraphQLError } from "graphql";
import type { Plugin } from "graphql-yoga";
import { recoded } from "./errors.ts";

/** Gives every error of a document that cannot be executed its code: GRAPHQL_PARSE_FAILED or GRAPHQL_VALIDATION_FAILED. */
export const useErrorCodes = (): Plugin => ({
	onParse:
		() =>
		({ result, replaceParseResult }) => {
			if (result instanceof GraphQLError) replaceParseResult(coded(result, "GRAPHQL_PARSE_FAILED"));
		},
	onValidate:
		() =>
		({ result, setResult }) => {
			if (result.length > 0) setResult(result.map((error) => (error instanceof GraphQLError ? coded(error, "GRAPHQL_VALIDATION_FAILED") : error)));
		},
});

/** The same error with the code; a value refused by its type has a code already. */
function coded(error: GraphQLError, code: string): GraphQLError {
	const inner = error.originalError instanceof GraphQLError ? error.originalError.extensions["code"] : undefined;
	const { message, originalError, extensions } = error;
	const http = extensions["http"] ?? { status: 400, spec: true }; // by the specification, unless plain JSON is accepted
	return recoded(error, String(extensions["code"] ?? inner ?? code), message, originalError, { http });
}
