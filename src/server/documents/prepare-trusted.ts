import { type GraphQLSchema, Kind, type OperationDefinitionNode, OperationTypeNode, validate } from "graphql";
import { conditionVariables } from "../../graphql/query-plan/conditions.ts";
import { schema } from "../../schema.ts";
import { exitCodes, Failure } from "../../shared/failure.ts";
import type { KnownDocument, KnownDocuments } from "../known-documents.ts";
import type { Admission } from "../limits/admission.ts";
import { planFor } from "../planned-queries.ts";
import { shown } from "./shown.ts";
import type { TrustedDocument, TrustedDocuments } from "./trusted-documents.ts";

/** What is known of an operation before anybody asks for it. */
export interface TrustedOperation {
	/** The document's name. */
	readonly id: string;
	readonly file: string;
	readonly name: string | undefined;
	readonly type: OperationTypeNode;
	/** With the defaults of its variables, of which it may cost more. */
	readonly cost: number;
	readonly hasVariables: boolean;
	/** By how many statements it reads at most, besides the one that signs in; undefined when it is executed field by field. */
	readonly statements: number | undefined;
}

interface Knowledge {
	readonly documents: KnownDocuments;
	readonly weigh: Admission["weigh"];
	readonly maxCost: number;
}

/** So many problems are named at once. */
const maxProblems = 20;

/** Plans are made for all values of as many variables that say what is skipped and included: more are hardly ever used together. */
const maxConditions = 3;

/**
 * Parses, validates, prices and plans all documents, and keeps them for good, so that the first who asks waits for nothing.
 * Throws one Failure that names the file and the document of every one that could not be answered: what is no document of this
 * schema, is beyond the bounds of documents, or costs more than one operation may.
 */
export function prepareTrusted(trusted: TrustedDocuments, knowledge: Knowledge): readonly TrustedOperation[] {
	const problems: string[] = [];
	const operations = trusted.all.flatMap((document) => {
		try {
			return prepared(document, knowledge);
		} catch (error) {
			problems.push(`${document.file}, document ${shown(document.id)}: ${error instanceof Error ? error.message : String(error)}`);
			return [];
		}
	});
	if (problems.length === 0) return operations;
	const more = problems.length > maxProblems ? ` And ${problems.length - maxProblems} more.` : "";
	throw new Failure(`TRUSTED_DOCUMENTS: ${problems.slice(0, maxProblems).join(" ")}${more}`, exitCodes.badConfig);
}

/** Throws what is wrong with the document. */
function prepared({ id, file, text }: TrustedDocument, { documents, weigh, maxCost }: Knowledge): TrustedOperation[] {
	const known = documents.of(documents.read(text));
	const [error] = validate(schema, known.document);
	if (error !== undefined) throw error;
	const operations = known.document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
	if (operations.length === 0) throw new Error("It has no operation.");
	known.isValid = true;
	const priced = operations.map((operation) => ({ operation, cost: weigh(schema, known, operation, {}).cost }));
	for (const { cost } of priced) if (cost > maxCost) throw new Error(`It costs ${cost}, and ${maxCost} is allowed.`);
	documents.trust(known);
	return priced.map(({ operation, cost }) => ({
		id,
		file,
		name: operation.name?.value,
		type: operation.operation,
		cost,
		hasVariables: (operation.variableDefinitions?.length ?? 0) > 0,
		statements: statementsOf(schema, documents, known, operation),
	}));
}

/** Plans the query for what it may skip and include; the statements of the longest plan. */
function statementsOf(schema: GraphQLSchema, documents: KnownDocuments, known: KnownDocument, operation: OperationDefinitionNode): number | undefined {
	if (operation.operation !== OperationTypeNode.QUERY || known.introspection.isAsked) return undefined;
	const own = new Set(operation.variableDefinitions?.map(({ variable }) => variable.name.value));
	const plans = valuesOf(conditionVariables(known.document).filter((name) => own.has(name))).map((values) =>
		planFor(documents, known, operation, schema, values),
	);
	return plans.reduce<number | undefined>((most, plan) => (most === undefined || plan === undefined ? undefined : Math.max(most, plan.statements)), 0);
}

/** All values that the variables can have together; of too many, all true and all false. */
function valuesOf(names: readonly string[]): readonly Readonly<Record<string, boolean>>[] {
	if (names.length > maxConditions) return [true, false].map((value) => Object.fromEntries(names.map((name) => [name, value])));
	return names.reduce<Readonly<Record<string, boolean>>[]>(
		(all, name) => all.flatMap((values) => [true, false].map((value) => ({ ...values, [name]: value }))),
		[{}],
	);
}
