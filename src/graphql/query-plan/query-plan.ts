import {
	type DocumentNode,
	type ExecutionArgs,
	type ExecutionResult,
	type GraphQLSchema,
	getNamedType,
	isNonNullType,
	isObjectType,
	locatedError,
	type OperationDefinitionNode,
} from "graphql";
import { createStatements } from "../../reading/statements.ts";
import { visibleTogether } from "../../reading/together.ts";
import { fragmentsOf } from "../../shared/fragments.ts";
import { InvalidInput } from "../../shared/invalid-input.ts";
import type { Context } from "../context.ts";
import { notFound } from "../errors.ts";
import { readsOf } from "../fields/reads.ts";
import { selectionSetsOf } from "../selection.ts";
import { type Execution, Unplanned } from "./execution.ts";
import { connectionPlan, objectPlan } from "./object-plan.ts";
import { type Asked, Planner } from "./planner.ts";

export interface QueryPlan {
	/** Answers a query that was asked by a signed-in viewer with variables that have been read. Throws Unplanned when it cannot. */
	(context: Context, variables: NonNullable<ExecutionArgs["variableValues"]>): Promise<WrittenAnswer | ExecutionResult>;
	/** Of how many fields it is the plan: the more there are, the more memory it takes. */
	readonly fields: number;
}

/** An answer that is written already; its data is read again only by those who look at it. */
export class WrittenAnswer implements ExecutionResult {
	readonly #data: string;

	constructor(data: string) {
		this.#data = data;
	}

	get data(): Record<string, unknown> {
		return JSON.parse(this.#data);
	}

	/** Told beside the data. */
	extensions?: Record<string, unknown>;

	readonly stringify = (): string => `{"data":${this.#data}${this.extensions === undefined ? "" : `,"extensions":${JSON.stringify(this.extensions)}`}}`;
}

/** One field of the query itself. */
interface RootPlan {
	readonly head: string;
	readonly asked: Asked;
	readonly isNullable: boolean;
	readonly answer: (execution: Execution) => Promise<string>;
}

/**
 * The plan of a query: each of its levels is read at once for all rows, one flat statement a field, and the answer is
 * written from the rows. Undefined when it asks for something that does not tell what it reads.
 */
export function planOf(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): QueryPlan | undefined {
	try {
		return planned(schema, document, operation);
	} catch (error) {
		if (error instanceof Unplanned) return undefined;
		throw error;
	}
}

function planned(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): QueryPlan {
	const fragments = Object.fromEntries(fragmentsOf(document));
	const planner = new Planner(schema, operation, fragments);
	const query = schema.getQueryType();
	if (query == null) throw new Unplanned("There is nothing to ask.");
	const roots = planner.fields(query, [operation.selectionSet]).map((asked) => rootPlan(asked, planner));
	refuseSeveralRows(roots);
	const answer = async (context: Context, variables: Execution["variables"]): Promise<WrittenAnswer | ExecutionResult> => {
		if (!context.isSignedIn) throw new Unplanned("Nobody asks.");
		const execution: Execution = { context, variables, statements: createStatements(context.database, context.viewer, context.measures?.batch), found: [] };
		const errors: unknown[] = [];
		const texts = await Promise.all(
			roots.map(async ({ head, asked, isNullable, answer }) => {
				try {
					return head + (await answer(execution));
				} catch (error) {
					if (error instanceof Unplanned || error instanceof InvalidInput) throw new Unplanned("It is refused.");
					errors.push(locatedError(error, asked.nodes, [JSON.parse(head.slice(0, -1))]));
					return isNullable ? `${head}null` : undefined;
				}
			}),
		);
		const data = texts.includes(undefined) ? "null" : `{${texts.join()}}`;
		return errors.length === 0 ? new WrittenAnswer(data) : { errors: errors as NonNullable<ExecutionResult["errors"]>, data: JSON.parse(data) };
	};
	return Object.assign(answer, { fields: planner.planned });
}

function rootPlan(asked: Asked, planner: Planner): RootPlan {
	const { field, head } = asked;
	const reads = field && readsOf(field);
	const type = field && getNamedType(field.type);
	if (field === undefined || reads === undefined || !isObjectType(type)) throw new Unplanned("It does not tell what it reads.");
	const root = { head, asked, isNullable: !isNonNullType(field.type) };
	if (reads.kind === "pages") {
		const { readRoot, write } = connectionPlan(reads.list, field, asked, planner);
		return {
			...root,
			answer: async (execution) => {
				await readRoot(execution);
				return write({}, execution);
			},
		};
	}
	if (reads.kind !== "visible") throw new Unplanned("It does not tell what it reads.");
	const { read, write } = objectPlan(type, selectionSetsOf(asked.nodes), planner);
	const args = planner.args(asked);
	const shape = planner.shape(asked, reads.model);
	return {
		...root,
		answer: async (execution) => {
			const { context } = execution;
			const uuid = reads.uuid(args(execution), context);
			const statements = () => createStatements(context.shared(), context.viewer, context.measures?.batch);
			const row = await visibleTogether(context.viewer, statements, reads.model, shape, uuid);
			if (row === null) throw notFound(reads.model, uuid);
			await read?.([row], execution);
			return write(row, execution);
		},
	};
}

/** Rows of one kind that are asked for by several uuids are read in one batch, field by field. */
function refuseSeveralRows(roots: readonly RootPlan[]): void {
	const names = roots.flatMap(({ asked: { name, field } }) => (field !== undefined && readsOf(field)?.kind === "visible" ? [name] : []));
	if (new Set(names).size < names.length) throw new Unplanned("A field is asked for several times.");
}
