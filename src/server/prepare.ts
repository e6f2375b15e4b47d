import { type GraphQLError, getOperationAST } from "graphql";
import type { Router } from "../federation/router.ts";
import type { Context } from "../graphql/context.ts";
import { badRequest, entitiesClosed } from "../graphql/errors.ts";
import type { KnownDocuments } from "./known-documents.ts";
import type { Admission } from "./limits/admission.ts";
import type { Engine, Prepare, Question, ReadQuestion } from "./pipeline.ts";

/** Throws what is wrong with the text, or too large. */
export function readQuestion({ parse }: Engine, { query, operationName }: Pick<Question, "query" | "operationName">): ReadQuestion {
	const document = parse(query);
	return { document, operation: getOperationAST(document, operationName) ?? undefined };
}

/**
 * Brings a question to what may be executed, in the one order that all transports have: the bounds of its text and document,
 * its cost, who asks, whether they may ask for as much now, and only then whether the schema has what is asked for. Validation
 * is the first step that takes more than a look at each word, and is done only once it is paid for.
 * `mask` makes of an error what the client may see.
 */
export const createPrepare =
	(
		documents: KnownDocuments,
		admission: Pick<Admission, "weigh" | "admit">,
		router: Router,
		mask: (error: unknown, context: Partial<Context>) => GraphQLError,
	): Prepare =>
	async (engine, question, read) => {
		const { schema, validate, contextFactory } = engine;
		const { variables, operationName, address, routerToken } = question;
		let context: Partial<Context> = {};
		try {
			const { document, operation } = read ?? readQuestion(engine, question);
			if (operation === undefined) throw badRequest("The document has no such operation, or several.", { http: { status: 400 } });
			const known = documents.of(document);
			const asked = admission.weigh(schema, known, operation, variables ?? {});
			const contextValue: Context = await contextFactory();
			context = contextValue;
			contextValue.operation?.identify(operation.operation, operation.name?.value);
			if (known.introspection.isOfEntities && !router.mayAskEntities(routerToken)) throw entitiesClosed();
			contextValue.admitted = await admission.admit(contextValue, asked, address);
			const errors = known.isValid ? [] : validate(schema, document);
			if (errors.length > 0) return { errors };
			known.isValid = true;
			const retained = contextValue.isSignedIn ? documents.keep(known) : known;
			return { args: { schema, document: retained.document, operationName, variableValues: variables, contextValue }, type: operation.operation };
		} catch (error) {
			return { errors: [mask(error, context)] };
		}
	};
