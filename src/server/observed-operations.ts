import { type DocumentNode, type ExecutionResult, type GraphQLError, getOperationAST } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Context } from "../graphql/context.ts";
import type { OperationTrace } from "../shared/operation-trace.ts";
import type { Transport } from "./pipeline.ts";

/** Which request met an error, so that a bug can be logged together with it. */
export class RequestsOfErrors {
	readonly #requests = new WeakMap<object, string>();

	add(errors: readonly unknown[], operation: OperationTrace | undefined): void {
		if (operation === undefined) return;
		for (const error of errors) if (typeof error === "object" && error !== null) this.#requests.set(error, operation.requestId);
	}

	/** The same promise, whose error is the operation's. */
	async watch<Result>(promise: Promise<Result>, operation: OperationTrace | undefined): Promise<Result> {
		try {
			return await promise;
		} catch (error) {
			this.add([error], operation);
			throw error;
		}
	}

	of(error: unknown): string | undefined {
		return typeof error === "object" && error !== null ? this.#requests.get(error) : undefined;
	}
}

/** Notes in each operation's trace what it is and, where the pipeline itself answers, how it ended. */
export const useOperations = (requests: RequestsOfErrors): Plugin<Context, Transport> => ({
	onExecute: ({ args }) => {
		const { operation } = args.contextValue;
		identify(operation, args.document, args.operationName);
		return { onExecuteDone: ({ result }) => requests.add(("errors" in result && result.errors) || [], operation) };
	},
	onSubscribe: ({ args }) => identify(args.contextValue.operation, args.document, args.operationName),
	onResultProcess: ({ result, serverContext }) => {
		if (!Array.isArray(result)) serverContext.operation?.end(codesOf("errors" in result ? result.errors : undefined));
	},
});

function identify(operation: OperationTrace | undefined, document: DocumentNode, name: string | null | undefined): void {
	const definition = operation && getOperationAST(document, name);
	if (definition) operation.identify(definition.operation, definition.name?.value);
}

/** The codes of errors as they are sent. */
export const codesOf = (errors: ExecutionResult["errors"]): string[] => errors?.map(({ extensions }: GraphQLError) => String(extensions["code"])) ?? [];
