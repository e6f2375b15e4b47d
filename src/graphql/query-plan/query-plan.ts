import {
	type DocumentNode,
	type ExecutionArgs,
	type ExecutionResult,
	type GraphQLError,
	type GraphQLSchema,
	isNonNullType,
	locatedError,
	type OperationDefinitionNode,
} from "graphql";
import { fragmentsOf } from "../../shared/fragments.ts";
import { InvalidInput } from "../../shared/invalid-input.ts";
import type { Context } from "../context.ts";
import type { Conditions } from "./conditions.ts";
import { type Execution, type FieldPlan, Unplanned } from "./execution.ts";
import { fieldPlan, objectPlan } from "./object-plan.ts";
import { type PlannedField, Planner } from "./planner.ts";

export interface QueryPlan {
	/** Executes the query for a signed-in viewer with variables that have been read. Throws Unplanned when it cannot. */
	(context: Context, variables: NonNullable<ExecutionArgs["variableValues"]>): Promise<WrittenAnswer | ExecutionResult>;
	/** Of how many fields it is the plan: the more there are, the more memory it takes. */
	readonly fields: number;
	/** By how many statements it reads at most, besides the one that signs in. */
	readonly statements: number;
}

/** A result that is JSON already; its data is parsed again only by plugins that look at it. */
export class WrittenAnswer implements ExecutionResult {
	readonly #data: string;

	constructor(data: string) {
		this.#data = data;
	}

	get data(): Record<string, unknown> {
		return JSON.parse(this.#data);
	}

	/** Written beside the data. */
	extensions?: Record<string, unknown>;

	readonly stringify = (): string => `{"data":${this.#data}${this.extensions === undefined ? "" : `,"extensions":${JSON.stringify(this.extensions)}`}}`;
}

/** One field of the query itself. */
interface RootPlan {
	readonly head: string;
	readonly asked: PlannedField;
	readonly isNullable: boolean;
	readonly plan: FieldPlan;
}

/**
 * The plan of a query: each of its levels is read at once for all rows, one flat statement a field, and the result is
 * written from the rows. `conditions` are the variables that say what is skipped and included: the plan is good for their
 * values. Undefined when it asks for something that declares no source.
 */
export function planOf(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, conditions: Conditions = {}): QueryPlan | undefined {
	try {
		return planned(schema, document, operation, conditions);
	} catch (error) {
		if (error instanceof Unplanned) return undefined;
		throw error;
	}
}

function planned(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, conditions: Conditions): QueryPlan {
	const planner = new Planner(schema, Object.fromEntries(fragmentsOf(document)), conditions, objectPlan);
	const query = schema.getQueryType();
	if (query == null) throw new Unplanned("There is nothing to ask.");
	const roots = planner.fields(query, [operation.selectionSet]).map((asked): RootPlan => {
		const isNullable = asked.field !== undefined && !isNonNullType(asked.field.type);
		return { head: asked.head, asked, isNullable, plan: fieldPlan(query, asked, planner, true) };
	});
	const answer = async (context: Context, variables: Execution["variables"]): Promise<WrittenAnswer | ExecutionResult> => {
		if (!context.isSignedIn) throw new Unplanned("Nobody asks.");
		const execution: Execution = { context, variables, statements: context.read.statements, found: [] };
		const errorsInOrder: GraphQLError[] = []; // of the fields, whichever failed first
		const texts = await Promise.all(
			roots.map(async ({ head, asked, isNullable, plan: { read, write, isBare } }, index) => {
				try {
					await read?.([root], execution);
					const text = write(root, execution);
					return head + (isBare ? `"${text}"` : text);
				} catch (error) {
					if (error instanceof Unplanned || error instanceof InvalidInput) throw new Unplanned("It is refused.");
					errorsInOrder[index] = locatedError(error, asked.nodes, [JSON.parse(head.slice(0, -1))]);
					return isNullable ? `${head}null` : undefined;
				}
			}),
		);
		const errors = errorsInOrder.filter(() => true); // without those that did not fail
		const data = texts.includes(undefined) ? "null" : `{${texts.join()}}`;
		return errors.length === 0 ? new WrittenAnswer(data) : { errors, data: JSON.parse(data) };
	};
	return Object.assign(answer, { fields: planner.planned, statements: planner.statements });
}

/** The object that the fields of the query are fields of. */
const root = {};
