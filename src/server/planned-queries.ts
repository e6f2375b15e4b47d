import {
	type ExecutionArgs,
	type ExecutionResult,
	type GraphQLSchema,
	getOperationAST,
	getVariableValues,
	type OperationDefinitionNode,
	OperationTypeNode,
} from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Context } from "../graphql/context.ts";
import { conditionVariables } from "../graphql/query-plan/conditions.ts";
import { Unplanned } from "../graphql/query-plan/execution.ts";
import { planOf, type QueryPlan, WrittenAnswer } from "../graphql/query-plan/query-plan.ts";
import type { KnownDocument, KnownDocuments } from "./known-documents.ts";

type Execute = (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>;

/**
 * Plans a query when it is first executed: its levels are read one by one, and the result is written from the rows. What changes
 * something, and what cannot be planned, is executed field by field.
 */
export const usePlannedQueries = (documents: KnownDocuments): Plugin<Context> => ({
	onExecute: ({ args, executeFn, setExecuteFn }) => {
		const { document, operationName } = args as ExecutionArgs;
		const known = documents.of(document);
		const operation = getOperationAST(document, operationName);
		if (operation?.operation !== OperationTypeNode.QUERY || known.introspection.isAsked) return;
		setExecuteFn((args: ExecutionArgs) => answered(documents, known, operation, args, executeFn as Execute));
	},
});

async function answered(
	documents: KnownDocuments,
	known: KnownDocument,
	operation: OperationDefinitionNode,
	args: ExecutionArgs,
	fieldByField: Execute,
): Promise<ExecutionResult> {
	const { coerced, errors } = variablesOf(args, operation);
	if (coerced === undefined) return { errors };
	const plan = planFor(documents, known, operation, args.schema, coerced);
	if (plan === undefined) return fieldByField(args);
	try {
		const answer = await plan(args.contextValue as Context, coerced);
		// graphql-ws writes a socket's messages itself, from the data.
		return args.rootValue !== undefined && answer instanceof WrittenAnswer ? { data: answer.data } : answer;
	} catch (error) {
		if (error instanceof Unplanned) return fieldByField(args);
		throw error;
	}
}

/** The plan of the operation for the fields that the variables include; undefined when it has none. */
export function planFor(
	documents: KnownDocuments,
	known: KnownDocument,
	operation: OperationDefinitionNode,
	schema: GraphQLSchema,
	variables: Readonly<Record<string, unknown>>,
): QueryPlan | undefined {
	known.conditions ??= conditionVariables(known.document);
	const conditions = Object.fromEntries(known.conditions.flatMap((name) => (Object.hasOwn(variables, name) ? [[name, variables[name]]] : [])));
	const key = JSON.stringify([operation.name?.value, conditions]);
	let plan = known.plans.get(key);
	if (plan === undefined) {
		plan = planOf(schema, known.document, operation, conditions) ?? "none";
		known.plans.set(key, plan);
		documents.reckon(known);
	}
	return plan === "none" ? undefined : plan;
}

/** The variables as the operation takes them, or the errors as field by field: over HTTP their status is 400. */
function variablesOf({ schema, variableValues }: ExecutionArgs, { variableDefinitions = [] }: OperationDefinitionNode) {
	const { coerced, errors } = getVariableValues(schema, variableDefinitions, variableValues ?? {}, { maxErrors: 50 });
	for (const error of errors ?? []) error.extensions["http"] = { status: 400 };
	return coerced === undefined ? { errors } : { coerced };
}
