import {
	type DocumentNode,
	type ExecutionArgs,
	type ExecutionResult,
	GraphQLError,
	GraphQLScalarType,
	GraphQLSchema,
	getOperationAST,
	getVariableValues,
	Kind,
	type OperationDefinitionNode,
	OperationTypeNode,
	visit,
} from "graphql";
import { compileQuery, isCompiledQuery } from "graphql-jit";
import type { Plugin } from "graphql-yoga";
import type { Context } from "../graphql/context.ts";
import { Unplanned } from "../plan/execution.ts";
import { planOf, WrittenAnswer } from "../plan/query-plan.ts";
import { introspectionIn } from "./introspection.ts";

type Execute = (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>;

/** How an operation is executed when it is asked again; undefined when field by field, as the first time. */
type Program = ((args: ExecutionArgs, fieldByField: Execute) => ReturnType<Execute>) | undefined;

/**
 * Makes a program of a query when it is asked for the second time: a plan, which reads level by level and writes the answer
 * itself, or else compiled code. What is asked once, and what changes something, is executed field by field.
 */
export const useCompiledQueries = (): Plugin<Context> => {
	/** By document, which the pipeline keeps for as long as it is asked for, and by the name of the operation. */
	const known = new WeakMap<DocumentNode, Map<string, "asked once" | Program>>();
	return {
		onExecute: ({ args, executeFn, setExecuteFn }) => {
			const operations = known.get(args.document) ?? new Map<string, "asked once" | Program>();
			known.set(args.document, operations);
			const name = args.operationName ?? "";
			const before = operations.get(name);
			const program = before === "asked once" ? programOf(args) : operations.has(name) ? before : "asked once";
			operations.set(name, program);
			if (typeof program === "function") setExecuteFn((args: ExecutionArgs) => program(args, executeFn as Execute));
		},
	};
};

/** The program of a query; undefined for every other operation, and for what cannot be compiled. */
function programOf({ schema, document, operationName }: ExecutionArgs): Program {
	const operation = getOperationAST(document, operationName);
	if (operation?.operation !== OperationTypeNode.QUERY || introspectionIn(document).isAsked) return undefined;
	const plan = planOf(schema, document, operation);
	if (plan === undefined) return compiled(schema, document, operation);
	return async (args, fieldByField) => {
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
	};
}

function compiled(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Program {
	const program = compileQuery(takingAnyVariables(schema), withAnyVariables(document, operation), operation.name?.value);
	if (!isCompiledQuery(program)) return undefined;
	return (args) => {
		const { rootValue, contextValue } = args;
		// The compiler has a reading of its own of variables, which tells less of what is wrong with them.
		const { coerced, errors } = variablesOf(args, operation);
		if (coerced === undefined) return { errors };
		const result = program.query(rootValue, contextValue, coerced);
		return result instanceof Promise ? result.then(withPlacedErrors(document)) : withPlacedErrors(document)(result);
	};
}

/** The compiler's errors know lines and columns, but not of which document: these are as the interpreter makes them. */
const withPlacedErrors =
	({ loc }: DocumentNode) =>
	(result: ExecutionResult): ExecutionResult => {
		if (result.errors === undefined) return result;
		const source = loc?.source ?? null;
		const starts = [0, ...[...(source?.body ?? "").matchAll(/\r\n|[\n\r]/g)].map(({ 0: end, index }) => index + end.length)];
		const errors = result.errors.map(({ message, locations, path, originalError, extensions }) => {
			const positions = locations?.map(({ line, column }) => (starts[line - 1] ?? 0) + column - 1) ?? null;
			return new GraphQLError(message, { source, positions, path: path ?? null, originalError: originalError ?? null, extensions });
		});
		return { ...result, errors };
	};

/** The variables as the operation takes them, or the errors as field by field: over HTTP their status is 400. */
function variablesOf({ schema, variableValues }: ExecutionArgs, { variableDefinitions = [] }: OperationDefinitionNode) {
	const { coerced, errors } = getVariableValues(schema, variableDefinitions, variableValues ?? {}, { maxErrors: 50 });
	for (const error of errors ?? []) error.extensions["http"] = { status: 400 };
	return coerced === undefined ? { errors } : { coerced };
}

/** The type of variables that have been read already. */
const anything = new GraphQLScalarType({ name: "Anything" });

const schemas = new WeakMap<GraphQLSchema, GraphQLSchema>();

/** The same schema, in which variables may be anything. */
function takingAnyVariables(schema: GraphQLSchema): GraphQLSchema {
	const config = schema.toConfig();
	const taking = schemas.get(schema) ?? new GraphQLSchema({ ...config, types: [...config.types, anything], assumeValid: true });
	schemas.set(schema, taking);
	return taking;
}

/** The same document, in which the operation takes variables that have been read already. */
function withAnyVariables(document: DocumentNode, operation: OperationDefinitionNode): DocumentNode {
	return visit(document, {
		OperationDefinition: (node) => (node === operation ? undefined : false),
		VariableDefinition: ({ variable }) => ({
			kind: Kind.VARIABLE_DEFINITION,
			variable,
			type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: anything.name } },
		}),
	});
}
