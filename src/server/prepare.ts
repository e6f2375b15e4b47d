import { type DocumentNode, type ExecutionArgs, type GraphQLError, getOperationAST, type OperationDefinitionNode, type OperationTypeNode } from "graphql";
import type { Context } from "../graphql/context.ts";
import { badRequest } from "../graphql/errors.ts";
import type { Admission } from "./admission.ts";
import type { KnownDocuments } from "./known-documents.ts";
import type { Pipeline } from "./yoga.ts";

/** What a client asks, as its transport has read it. */
export interface Question {
	readonly query: string;
	readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
	readonly operationName?: string | null | undefined;
	/** Where it comes from: who does not sign in is metered by it. */
	readonly address: string;
}

/** An operation that may be executed, or what it is refused with. */
export type Prepared =
	| { readonly args: ExecutionArgs & { readonly contextValue: Context }; readonly type: OperationTypeNode }
	| { readonly errors: readonly GraphQLError[] };

/** The engine of one request, with its context. */
export type Engine = ReturnType<Pipeline["yoga"]["getEnveloped"]>;

/** A document that was read, and which of its operations is meant; undefined when it has none of the name, or several. */
export interface ReadQuestion {
	readonly document: DocumentNode;
	readonly operation: OperationDefinitionNode | undefined;
}

/** `read` is what has been read of the question before. */
export type Prepare = (engine: Engine, question: Question, read?: ReadQuestion) => Promise<Prepared>;

/** Throws what is wrong with the text, or too large. */
export function readQuestion({ parse }: Engine, { query, operationName }: Pick<Question, "query" | "operationName">): ReadQuestion {
	const document = parse(query);
	return { document, operation: getOperationAST(document, operationName) ?? undefined };
}

/**
 * Brings a question to what may be executed, in the one order that all transports have: the bounds of its text and document,
 * its cost, who asks, whether they may ask for as much now, and only then whether the schema has what is asked for. Validation
 * is the first step that takes more than a look at each word, and nobody has it done who has not paid for it.
 * `mask` makes of an error what the client may see.
 */
export const createPrepare =
	(documents: KnownDocuments, admission: Pick<Admission, "weigh" | "admit">, mask: (error: unknown, context: Partial<Context>) => GraphQLError): Prepare =>
	async (engine, question, read) => {
		const { schema, validate, contextFactory } = engine;
		const { variables, operationName, address } = question;
		let context: Partial<Context> = {};
		try {
			const { document, operation } = read ?? readQuestion(engine, question);
			if (operation === undefined) throw badRequest("The document has no such operation, or several.", { http: { status: 400 } });
			const known = documents.of(document);
			const asked = admission.weigh(schema, known, operation, variables ?? {});
			const contextValue: Context = await contextFactory();
			context = contextValue;
			contextValue.operation?.identify(operation.operation, operation.name?.value);
			contextValue.admitted = await admission.admit(contextValue, asked, address);
			const errors = known.isValid ? [] : validate(schema, document);
			if (errors.length > 0) return { errors };
			known.isValid = true;
			const kept = contextValue.isSignedIn ? documents.keep(known) : known;
			return { args: { schema, document: kept.document, operationName, variableValues: variables, contextValue }, type: operation.operation };
		} catch (error) {
			return { errors: [mask(error, context)] };
		}
	};
