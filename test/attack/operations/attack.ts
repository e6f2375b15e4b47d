/** An operation that means harm, and how it is answered. */
export interface Attack {
	readonly what: string;
	readonly query: string;
	/** As JSON text: some can be written that JSON.stringify cannot. */
	readonly variables?: string;
	readonly operationName?: string;
	/** Whose token it is sent with: the provider's unless said. */
	readonly as?: "nobody" | "member";
	/** The codes of the errors, typed ones included; none when there is nothing to object to. */
	readonly codes: readonly string[];
	/** The status over HTTP when plain JSON is accepted; 200 unless said. */
	readonly status?: number;
	/** What would last as long as the request does. */
	readonly onlyOverSocket?: boolean;
}

/** Codes of errors; with the status where the request is answered before its operation is executed. */
export const parse = ["GRAPHQL_PARSE_FAILED"];
export const invalid = ["GRAPHQL_VALIDATION_FAILED"];
export const input = ["BAD_USER_INPUT"];
export const tooDear = ["COST_LIMIT_EXCEEDED"];
export const typed = ["INVALID_INPUT"];
/** What is wrong with a variable is known before anything is executed. */
export const variable = { codes: input, status: 400 };
/** JSON that is nested too deep is not read. */
export const tooDeep = { codes: ["BAD_REQUEST"], status: 400 };
/** Which operation is meant is not said. */
export const unresolved = { codes: ["BAD_REQUEST"], status: 400 };
export const none: readonly string[] = [];
