/** Everything that can be wrong with what a mutation is asked to do; each problem of a refusal has one. */
export const problemCodes = {
	INVALID_INPUT: "A value is missing, malformed or out of its bounds.",
	NOT_FOUND: "There is no such object, or the caller does not see it.",
	BILLING_PERIOD_CLOSED: "The plan period ended before this month.",
	PLAN_REQUIRED: "The resource runs under no plan.",
	INVALID_RESOURCE_STATE:
		"The resource's state does not allow it: usage is reported while it is OK, UPDATING or TERMINATING, in a project that is not removed, and TERMINATED is for good.",
	INVALID_COMPONENTS: "The offering has no such components to report usage of.",
	OFFERING_NOT_ACTIVE: "The offering is not on sale.",
	CUSTOMER_BLOCKED: "The customer is blocked or archived, and gets no resources.",
	BLOCKED_BY_POLICY: "A fired policy of the offering blocks new resources of the customer.",
	LIMIT_EXCEEDED: "The provider's cap on the component would be exceeded.",
	USER_LIMIT_EXCEEDED: "The account's limit would be exceeded.",
	LIMITS_UNSUPPORTED: "The offering does not support limits per user.",
	ALREADY_EXISTS: "There is such an object already.",
	FORBIDDEN: "The caller sees the object and may not do this to it.",
	IDEMPOTENCY_CONFLICT: "The idempotency key was used for another request.",
	READ_ONLY_MIRROR: "It is kept in step with a Waldur, and can be changed only there.",
	POSITION_EXPIRED: "The log does not reach back to the position any more.",
} as const;

export type ProblemCode = keyof typeof problemCodes;

/** One thing that is wrong, and where: `path` leads from the mutation's arguments to the value, such as ["input", "usages", "0", "amount"]. */
export interface Problem {
	readonly code: ProblemCode;
	readonly message: string;
	readonly path: readonly string[];
}

/** What a rule returns: nothing to object to, or all the problems of its stage. */
export type Problems = readonly Problem[];

/** What every refusal sends a client. */
export interface Refused {
	readonly message: string;
	readonly problems: readonly [Problem, ...Problem[]];
}

/** A mutation was refused: typed data for the client, with all problems of the first stage that failed. Nothing was written. */
export class Refusal extends Error implements Refused {
	readonly problems: readonly [Problem, ...Problem[]];

	constructor(problems: readonly [Problem, ...Problem[]]) {
		super(problems.map(({ message }) => message).join(" "));
		this.problems = problems;
	}
}

/** The input itself is wrong, for every sender. */
export class InvalidInputRefusal extends Refusal {
	override readonly name = "InvalidInputRefusal";
}

/** Something that the input names is not there, or not seen by the caller: the two look the same. */
export class NotFoundRefusal extends Refusal {
	override readonly name = "NotFoundRefusal";
}

/** The input is well formed, and a rule of the domain says no. */
export class RuleRefusal extends Refusal {
	override readonly name = "RuleRefusal";
}

/** The caller sees the object and may not do this to it. Typed data of a mutation; sent at the top of the answer to a query. */
export class Forbidden extends Refusal {
	override readonly name = "Forbidden";

	constructor(message: string, path: readonly string[] = ["input"]) {
		super([{ code: "FORBIDDEN", message, path }]);
	}
}

/** The kind of refusal that a stage of checks leads to. */
export type StageRefusal = new (problems: readonly [Problem, ...Problem[]]) => Refusal;

/** Throws the refusal when a stage found problems. */
export function refuse(Stage: StageRefusal, problems: Problems): void {
	const [first, ...others] = problems;
	if (first !== undefined) throw new Stage([first, ...others]);
}

/** The problem of an object that is not there or not seen, named by the input field that asked for it. */
export const absent = (what: string, uuid: string, field: string): Problem => ({
	code: "NOT_FOUND",
	message: `${what} ${uuid} was not found.`,
	path: ["input", field],
});
