export interface Problem {
	readonly code: string;
	readonly message: string;
	readonly path: readonly string[];
}

export type Refused = Problem & { readonly __typename: string; readonly problems: readonly Problem[] };

/** What a mutation answers when a stage of its checks found problems. */
const refusal =
	(__typename: string) =>
	(...problems: readonly [Problem, ...Problem[]]): Refused => ({
		__typename,
		code: problems[0].code,
		message: problems.map(({ message }) => message).join(" "),
		path: problems[0].path,
		problems,
	});

export const invalidInput = refusal("InvalidInputError");
export const notFound = refusal("NotFoundError");
export const ruleBroken = refusal("RuleError");

export const problem = (code: string, message: string, ...path: string[]): Problem => ({ code, message, path: ["input", ...path] });

export const absent = (what: string, uuid: string, field: string): Problem => problem("NOT_FOUND", `${what} ${uuid} was not found.`, field);

/** The refusal of the stage, or undefined when it found nothing. */
export const refusedBy = (stage: typeof invalidInput, problems: readonly Problem[]): Refused | undefined => {
	const [first, ...others] = problems;
	return first === undefined ? undefined : stage(first, ...others);
};
