import { PositionExpired } from "../event-log/position-expired.ts";
import { Forbidden, InvalidInputRefusal, NotFoundRefusal, type Problem, type ProblemCode, problemCodes, type Refused, RuleRefusal } from "../shared/refusal.ts";
import { builder } from "./builder.ts";
import { shortened } from "./errors.ts";

const ErrorCode = builder.enumType("ErrorCode", {
	description: "What is wrong, for programs to switch on.",
	values: Object.fromEntries(Object.entries(problemCodes).map(([code, description]) => [code, { description }])) as Record<
		ProblemCode,
		{ description: string }
	>,
});

const ProblemType = builder.objectRef<Problem>("Problem").implement({
	description: "One thing that is wrong with an input.",
	fields: (t) => ({
		code: t.expose("code", { type: ErrorCode, description: "What is wrong, for programs." }),
		message: t.string({ description: "What is wrong, for people.", resolve: ({ message }) => shortened(message) }),
		path: t.exposeStringList("path", { description: 'Where: the way from the arguments to the value, such as ["input", "usages", "0", "amount"].' }),
	}),
});

const ErrorInterface = builder.interfaceRef<Refused>("Error").implement({
	description: "What every typed error tells. Nothing was changed when one is answered.",
	fields: (t) => ({
		message: t.string({ description: "All problems, for people.", resolve: ({ message }) => shortened(message) }),
		code: t.field({ type: ErrorCode, description: "The first problem's code.", resolve: ({ problems }) => problems[0].code }),
		path: t.stringList({ description: "Where the first problem is.", resolve: ({ problems }) => [...problems[0].path] }),
		problems: t.field({ type: [ProblemType], description: "All problems of the first stage of checks that failed.", resolve: ({ problems }) => [...problems] }),
	}),
});

builder.objectType(InvalidInputRefusal, {
	name: "InvalidInputError",
	description: "The input itself is wrong, whoever sends it.",
	interfaces: [ErrorInterface],
});

builder.objectType(NotFoundRefusal, {
	name: "NotFoundError",
	description: "Something that the input names is not there, or not seen by the caller.",
	interfaces: [ErrorInterface],
});

builder.objectType(RuleRefusal, {
	name: "RuleError",
	description: "The input is well formed, and a rule of the domain says no.",
	interfaces: [ErrorInterface],
});

/** Returned by mutations; of queries the same is an error at the top. */
builder.objectType(Forbidden, {
	name: "ForbiddenError",
	description: "The caller sees what the item names and may not do this to it.",
	interfaces: [ErrorInterface],
});

/** Emitted by a subscription instead of a silent gap. */
export const PositionExpiredError = builder.objectType(PositionExpired, {
	name: "PositionExpiredError",
	description:
		"The log does not have what came after the position: read the present state, then subscribe without a position. The only event of its subscription.",
	interfaces: [ErrorInterface],
});

/** Makes a mutation return `<Name>Result`: its payload, or one of the typed errors. */
export const answersResult = <Name extends string>(name: Name) => ({
	types: [InvalidInputRefusal, NotFoundRefusal, Forbidden, RuleRefusal],
	union: { name: `${name}Result`, description: `What ${name} answers: its payload, or why nothing was changed.` },
});

/** The same of a query that takes as much as a mutation. What the caller may not ask is an error at the top, as of any query. */
export const answersQueryResult = <Name extends string>(name: Name) => ({
	types: [InvalidInputRefusal, NotFoundRefusal, RuleRefusal],
	union: { name: `${name}Result`, description: `What ${name} answers: what was asked for, or why there is no answer. Nothing is changed.` },
});
