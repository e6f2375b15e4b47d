import { type ASTNode, GraphQLError } from "graphql";
import type { Plugin } from "graphql-yoga";
import { recoded } from "./errors.ts";
import { literalPlaces } from "./literal-places.ts";

/**
 * Gives every error of a document that cannot be executed its code, GRAPHQL_PARSE_FAILED or GRAPHQL_VALIDATION_FAILED, and that of
 * a literal the place where it is, as errors of variables have it.
 */
export const useErrorCodes = (): Plugin => ({
	onParse:
		() =>
		({ result, replaceParseResult }) => {
			if (result instanceof GraphQLError) replaceParseResult(coded(result, "GRAPHQL_PARSE_FAILED"));
		},
	onValidate:
		({ params: { documentAST } }) =>
		({ result, setResult }) => {
			if (result.length === 0) return;
			const errors = result.filter((error) => error instanceof GraphQLError);
			const places = literalPlaces(documentAST, new Set(errors.flatMap(({ nodes }) => nodes?.[0] ?? [])));
			setResult(result.map((error) => (error instanceof GraphQLError ? coded(error, "GRAPHQL_VALIDATION_FAILED", placeOf(error, places)) : error)));
		},
});

const placeOf = ({ nodes }: GraphQLError, places: ReadonlyMap<ASTNode, string>): string | undefined => nodes?.[0] && places.get(nodes[0]);

/** The same error with the code; a value refused by its type has a code already. */
function coded(error: GraphQLError, code: string, place?: string): GraphQLError {
	const inner = error.originalError instanceof GraphQLError ? error.originalError.extensions["code"] : undefined;
	const { originalError, extensions } = error;
	const message = place === undefined ? error.message : `Invalid value at "${place}"; ${error.message}`;
	const http = extensions["http"] ?? { status: 400, spec: true }; // by the specification, unless plain JSON is accepted
	return recoded(error, String(extensions["code"] ?? inner ?? code), message, originalError, { http });
}
