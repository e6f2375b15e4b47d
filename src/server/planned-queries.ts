import { type ExecutionArgs, type ExecutionResult, getOperationAST, getVariableValues, type OperationDefinitionNode, OperationTypeNode } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Context } from "../graphql/context.ts";
import { Unplanned } from "../graphql/query-plan/execution.ts";
import { planOf, type QueryPlan, WrittenAnswer } from "../graphql/query-plan/query-plan.ts";
import type { KnownDocuments } from "./known-documents.ts";

type Execute = (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>;

/** As many operations of one document have a plan: more of one are hardly ever asked, and each takes memory. */
const mostPlans = 10;

/**
 * Plans a query when it is executed for the second time: its levels are read one by one, and the answer written from the rows.
 * What is asked once, what changes something, and what cannot be planned is executed field by field.
 */
export const usePlannedQueries = (documents: KnownDocuments): Plugin<Context> => ({
	onExecute: ({ args, executeFn, setExecuteFn }) => {
		const { schema, document, operationName } = args as ExecutionArgs;
		const known = documents.of(document);
		const operation = getOperationAST(document, operationName);
		const name = operationName ?? "";
		const before = known.plans.get(name);
		if (operation?.operation !== OperationTypeNode.QUERY || known.introspection.isAsked) return;
		if (before === undefined && known.plans.size >= mostPlans) return;
		const plan = before === "executed" ? (planOf(schema, document, operation) ?? "none") : (before ?? "executed");
		if (plan !== before) {
			known.plans.set(name, plan);
			documents.reckon(known);
		}
		if (typeof plan === "function") setExecuteFn((args: ExecutionArgs) => answered(plan, operation, args, executeFn as Execute));
	},
});

async function answered(plan: QueryPlan, operation: OperationDefinitionNode, args: ExecutionArgs, fieldByField: Execute): Promise<ExecutionResult> {
	const { coerced, errors } = variablesOf(args, operation);
	if (coerced === undefined) return { errors };
	try {
		const answer = await plan(args.contextValue as Context, coerced);
		// A socket's messages are written by who sends them.
		return args.rootValue !== undefined && answer instanceof WrittenAnswer ? { data: answer.data } : answer;
	} catch (error) {
		if (error instanceof Unplanned) return fieldByField(args);
		throw error;
	}
}

/** The variables as the operation takes them, or the errors as field by field: over HTTP their status is 400. */
function variablesOf({ schema, variableValues }: ExecutionArgs, { variableDefinitions = [] }: OperationDefinitionNode) {
	const { coerced, errors } = getVariableValues(schema, variableDefinitions, variableValues ?? {}, { maxErrors: 50 });
	for (const error of errors ?? []) error.extensions["http"] = { status: 400 };
	return coerced === undefined ? { errors } : { coerced };
}
