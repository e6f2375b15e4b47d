import { type GraphQLError, getOperationAST } from "graphql";
import { maySendAnyDocument } from "../access/permissions.ts";
import { contractOf } from "../federation/contract.ts";
import type { Router } from "../federation/router.ts";
import type { Context } from "../graphql/context.ts";
import { badRequest, documentNotTrusted, entitiesClosed } from "../graphql/errors.ts";
import type { AskedDocuments } from "./documents/asked-documents.ts";
import type { KnownDocuments } from "./known-documents.ts";
import type { Admission } from "./limits/admission.ts";
import type { Engine, Prepare, Question, ReadQuestion } from "./pipeline.ts";

/** Throws what is wrong with the text, or too large. */
export function readQuestion({ parse }: Engine, { query, operationName }: Pick<Question, "query" | "operationName">): ReadQuestion {
	const document = parse(query);
	return { document, operation: getOperationAST(document, operationName) ?? undefined };
}

/** The context of an operation that is not among those that anybody may send: of staff alone. It is known before anything is parsed. */
async function contextOfStaff(contextFactory: Engine["contextFactory"]): Promise<Context> {
	const context: Context = await contextFactory();
	if (!maySendAnyDocument(context.viewer)) throw documentNotTrusted();
	return context;
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
		asked: Pick<AskedDocuments, "isTrusted" | "keep">,
		admission: Pick<Admission, "weigh" | "admit">,
		router: Router,
		mask: (error: unknown, context: Partial<Context>) => GraphQLError,
	): Prepare =>
	async (engine, question, read) => {
		const { schema, validate, contextFactory } = engine;
		const { variables, operationName, address, keepAs, routerToken, isOwn } = question;
		let context: Partial<Context> = {};
		try {
			const isTrusted = isOwn === true || asked.isTrusted(question.query) || router.isKnownBy(routerToken); // a router writes its documents itself
			const ofStaff = isTrusted ? undefined : await contextOfStaff(contextFactory);
			const { document, operation } = read ?? readQuestion(engine, question);
			if (operation === undefined) throw badRequest("The document has no such operation, or several.", { http: { status: 400 } });
			const known = documents.of(document);
			const weighed = admission.weigh(schema, known, operation, variables ?? {});
			const contextValue: Context = ofStaff ?? (await contextFactory());
			context = contextValue;
			contextValue.operation?.identify(operation.operation, operation.name?.value);
			if (known.introspection.isOfEntities && !router.mayAskEntities(routerToken)) throw entitiesClosed();
			contextValue.admitted = await admission.admit(contextValue, weighed, address);
			const errors = known.isValid ? [] : validate(schema, document);
			if (errors.length > 0) return { errors };
			known.isValid = true;
			const retained = contextValue.isSignedIn ? documents.keep(known) : known;
			if (keepAs !== undefined && contextValue.isSignedIn) asked.keep(keepAs, question.query, contextValue.viewer.uuid);
			const { isAsked, isOfRouter } = known.introspection;
			const shown = isAsked && !isOfRouter ? contractOf(schema) : schema; // tools of front-ends are not shown what is for routers
			return { args: { schema: shown, document: retained.document, operationName, variableValues: variables, contextValue }, type: operation.operation };
		} catch (error) {
			return { errors: [mask(error, context)] };
		}
	};
