import {
	type ExecutionArgs,
	type ExecutionResult,
	type GraphQLError,
	getOperationAST,
	type OperationDefinitionNode,
	OperationTypeNode,
	parse,
	validate,
} from "graphql";
import type { Plugin } from "graphql-yoga";
import { mayReportAnything } from "../access/permissions.ts";
import { type Charge, createMeter } from "../admission/admission.service.ts";
import { type Cost, costOf } from "../admission/cost.ts";
import { type DocumentBounds, documentBounds, documentRefusal, textRefusal } from "../admission/document-bounds.ts";
import type { Context, Services } from "../graphql/context.ts";
import { costLimitExceeded, introspectionOff, refusedInput, timedOut, tooFast, unauthenticated } from "../graphql/errors.ts";
import { isAboutSchema } from "./about-schema.ts";

/** What one operation, and one token, may ask for. */
export interface AdmissionOptions {
	/** The most that one operation may cost. */
	readonly mostCost: number;
	/** What a token may ask for each second, and ten times that at once; 0 for as much as it likes. */
	readonly costPerSecond: number;
	/** How large a document may be, when not as everywhere. */
	readonly bounds?: DocumentBounds;
	/** Who may ask what the schema is. */
	readonly introspection: "everyone" | "signed-in" | "off";
}

/** The most items in one list of a query's argument. Changes tell by typed errors how many they take, and cost 1 for each. */
const mostListItems = 250;

/** How long an operation may take, in milliseconds. */
const longestExecution = 10_000;

/** What clients are told of what they have asked, and may ask further. */
interface AnnouncedCost {
	readonly requested: number;
	readonly limit: number;
	/** What is left of the token's bucket, and what is added to it each second; absent when nothing is metered. */
	readonly remaining?: number;
	readonly restoreRate?: number;
}

/**
 * Lets an operation run when it is neither too large, nor too much for its token at the moment; and tells what it cost.
 * Answers what stands in the way as an error, the database that cannot tell what a token has left among it.
 */
export function useAdmission(
	{ database }: Pick<Services, "database">,
	{ mostCost, costPerSecond, bounds = documentBounds, introspection }: AdmissionOptions,
	mask: (error: unknown) => GraphQLError,
): Plugin<Context> {
	const meter = costPerSecond === 0 ? undefined : createMeter(database, { size: costPerSecond * 10, perSecond: costPerSecond }, () => performance.now());
	const known = new WeakMap<OperationDefinitionNode, Cost>();
	const parseBounded = parseWithin(bounds);

	/** What the operation asks for; looked at once where that does not depend on variables. */
	function asked({ schema, document, variableValues }: ExecutionArgs, operation: OperationDefinitionNode): Cost {
		const present = known.get(operation);
		if (present !== undefined) return present;
		const cost = costOf(schema, document, operation, variableValues ?? {});
		if (!operation.variableDefinitions?.length && !variableValues) known.set(operation, cost);
		return cost;
	}

	/** What the operation costs. Throws its refusal. */
	async function admitted(args: ExecutionArgs): Promise<AnnouncedCost> {
		const context = args.contextValue as Context;
		const operation = getOperationAST(args.document, args.operationName);
		if (operation == null) return { requested: 0, limit: mostCost }; // which is told by who executes it
		if (introspection !== "everyone" && isAboutSchema(args.document)) {
			if (introspection === "off") throw introspectionOff();
			if (!context.isSignedIn) throw unauthenticated();
		}
		const { cost, longestList } = asked(args, operation);
		context.operation?.observeCost(cost);
		if (longestList > mostListItems && operation.operation !== OperationTypeNode.MUTATION)
			throw refusedInput(`A list of an argument has at most ${mostListItems} items, not ${longestList}.`);
		if (cost > mostCost) throw costLimitExceeded({ requested: cost, limit: mostCost });
		const { token, viewer } = context;
		if (meter === undefined || token === undefined) return { requested: cost, limit: mostCost };
		return announced(await meter.charge(token, mayReportAnything(viewer), cost), cost);
	}

	function announced(charge: Charge, requested: number): AnnouncedCost {
		const cost = { requested, limit: mostCost, remaining: charge.remaining, restoreRate: charge.rate.perSecond };
		if (!charge.isAllowed) throw tooFast(cost, charge.after);
		return cost;
	}

	return {
		onParse: ({ setParseFn }) => setParseFn(parseBounded),
		onValidate: ({ setValidationFn }) => {
			// A schema that is not told of is not guessed by its suggestions either.
			if (introspection !== "everyone") setValidationFn(validateWithoutSuggestions);
		},
		onExecute: async ({ args, executeFn, setExecuteFn, setResultAndStopExecution }) => {
			let cost: AnnouncedCost;
			try {
				cost = await admitted(args as ExecutionArgs);
			} catch (error) {
				setResultAndStopExecution({ errors: [mask(error)] });
				return undefined;
			}
			setExecuteFn((args: ExecutionArgs) => withinTime(executeFn(args)));
			return { onExecuteDone: ({ result }) => void Object.assign(result, { extensions: { ...(result as ExecutionResult).extensions, cost } }) };
		},
		onSubscribe: async ({ args, setResultAndStopExecution }) => {
			try {
				await admitted(args as ExecutionArgs);
			} catch (error) {
				setResultAndStopExecution({ errors: [mask(error)] });
			}
		},
	};
}

/** Reads a document. Throws what is wrong with it, or that it is too large. */
const parseWithin =
	(bounds: DocumentBounds): typeof parse =>
	(source, options) => {
		const tooLong = textRefusal(typeof source === "string" ? source : source.body, bounds);
		if (tooLong !== undefined) throw tooLong;
		const document = parse(source, { ...options, maxTokens: bounds.tokens });
		const refused = documentRefusal(document, bounds);
		if (refused !== undefined) throw refused;
		return document;
	};

const validateWithoutSuggestions: typeof validate = (schema, document, rules, options) =>
	validate(schema, document, rules, { ...options, hideSuggestions: true });

/** The result, or an error when it takes too long. */
function withinTime<Result>(result: Result | Promise<Result>): Result | ExecutionResult | Promise<Result | ExecutionResult> {
	if (!(result instanceof Promise)) return result;
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => resolve({ data: null, errors: [timedOut(longestExecution / 1_000)] }), longestExecution);
		result.then(resolve, reject).finally(() => clearTimeout(timer));
	});
}
