import {
	type DocumentNode,
	type ExecutionArgs,
	type GraphQLObjectType,
	type GraphQLSchema,
	getNamedType,
	getNullableType,
	isLeafType,
	isListType,
	isObjectType,
	type OperationDefinitionNode,
	type SelectionSetNode,
} from "graphql";
import type { Context } from "../graphql/context.ts";
import { badUserInput } from "../graphql/errors.ts";
import { rowPaths } from "../graphql/fields/page.ts";
import { type ComputedPageSource, type PageSource, sourceOf } from "../graphql/fields/source.ts";
import type { Execution } from "../graphql/query-plan/execution.ts";
import { objectPlan } from "../graphql/query-plan/object-plan.ts";
import { type PlannedField, Planner } from "../graphql/query-plan/planner.ts";
import { selectionSetsOf } from "../graphql/selection.ts";
import { cursorOf, type OrderColumn, selectionForCursors } from "../reading/list.ts";
import { type Page, type PageArguments, type PageRequest, pageOf } from "../reading/page.ts";
import { fragmentsOf } from "../shared/fragments.ts";

/** A column of an export: the names that lead to its value in a row. */
export type Column = readonly string[];

/** A page of an export: its rows as JSON, written one by one when they are asked for. */
export interface ExportedPage {
	readonly size: number;
	/** The rows from one place to another, as an array of JSON. */
	readonly rows: (from: number, to: number) => readonly string[];
	/** Where the next page begins; undefined after the last one. */
	readonly next: string | undefined;
}

/** How the rows of one list are read and written. */
export interface ExportPlan {
	/** The list, as GraphQL calls it. */
	readonly list: string;
	readonly columns: readonly Column[];
	/** A page for the context's viewer: one statement, and those of what is shown beside its rows. Throws Unplanned for what is refused field by field. */
	page(context: Context, after: string | undefined): Promise<ExportedPage>;
}

/** As many rows are read by one statement. */
export const rowsPerPage = 5_000;

type Variables = NonNullable<ExecutionArgs["variableValues"]>;

interface ReadPage {
	readonly page: Page;
	readonly order: readonly OrderColumn[];
}

/**
 * The plan of a query that asks for one list at its root. The list is read as for GraphQL, by the declaration of its field, and
 * its rows are written as there: what differs is the size of a page. Throws BAD_USER_INPUT for what cannot be exported.
 */
export function exportPlanOf(
	schema: GraphQLSchema,
	document: DocumentNode,
	operation: OperationDefinitionNode,
	variables: Variables,
	pageSize = rowsPerPage,
): ExportPlan {
	const planner = new Planner(schema, Object.fromEntries(fragmentsOf(document)), variables, objectPlan);
	const query = schema.getQueryType();
	const roots = query == null ? [] : planner.fields(query, [operation.selectionSet]);
	const [asked, another] = roots;
	if (asked === undefined || another !== undefined) throw badUserInput(`An export is of one list: ask for one field of the query, not ${roots.length}.`);
	const { connection, source } = listAsked(asked);
	const rowType = getNamedType(connection.getFields()["nodes"]?.type) as GraphQLObjectType;
	const below = rowSelections(connection, asked, planner);
	if (below.length === 0) throw badUserInput(`An export has the fields of ${asked.name}'s nodes as columns: ask for nodes { … }.`);
	const columns = columnsOf(rowType, below, planner);
	const rows = planner.objectsOf(rowType, below);
	const read = source.kind === "page" ? storedPages(source, asked, rowType, planner) : computedPages(source, asked, planner);
	return {
		list: asked.name,
		columns,
		page: async (context, after) => {
			const execution: Execution = { context, variables, statements: context.read.statements, found: [] };
			const { page, order } = await read(execution, { size: pageSize, fromEnd: false, after, before: undefined });
			await rows.read?.(page.rows, execution);
			const last = page.rows.at(-1);
			return {
				size: page.rows.length,
				rows: (from, to) => page.rows.slice(from, to).map((row) => rows.write(row, execution)),
				next: page.hasNextPage && last !== undefined ? cursorOf(order, last) : undefined,
			};
		},
	};
}

/** Throws for a field that is no list. */
function listAsked({ field, name }: PlannedField): { connection: GraphQLObjectType; source: PageSource | ComputedPageSource } {
	const connection = field && getNamedType(field.type);
	const source = field && sourceOf(field);
	if (!isObjectType(connection) || (source?.kind !== "page" && source?.kind !== "computedPage")) {
		throw badUserInput(`${name} is no list that can be exported.`);
	}
	return { connection, source };
}

/** What is asked of the rows, as nodes or within edges. */
function rowSelections(connection: GraphQLObjectType, asked: PlannedField, planner: Planner): readonly SelectionSetNode[] {
	const parts = planner.fields(connection, selectionSetsOf(asked.nodes));
	const selections = parts.flatMap((part) => {
		if (part.name === "nodes") return [selectionSetsOf(part.nodes)];
		if (part.name !== "edges" || part.field === undefined) return [];
		const edge = getNamedType(part.field.type) as GraphQLObjectType;
		return planner.fields(edge, selectionSetsOf(part.nodes)).flatMap(({ name, nodes }) => (name === "node" ? [selectionSetsOf(nodes)] : []));
	});
	// Two may give one name to different fields, which GraphQL allows and a row has no room for.
	if (selections.length > 1) throw badUserInput("An export has one selection of its rows: ask for nodes once.");
	return selections.flat();
}

/** The leaf fields, those of nested objects by the names that lead to them. Throws for lists of objects: a row has one value of each column. */
function columnsOf(type: GraphQLObjectType, selectionSets: readonly SelectionSetNode[], planner: Planner, path: Column = []): readonly Column[] {
	return planner.fields(type, selectionSets).flatMap(({ head, field, nodes }) => {
		const place = [...path, JSON.parse(head.slice(0, -1)) as string];
		if (field === undefined) return [place];
		const named = getNamedType(field.type);
		if (isLeafType(named)) return [place];
		if (isListType(getNullableType(field.type)) || isPaged(field.args)) {
			throw badUserInput(`${place.join(".")} is a list, and a row has one value in each column: export it as a list of its own.`);
		}
		if (!isObjectType(named)) throw badUserInput(`${place.join(".")} may be of several types, and cannot be a column.`);
		return columnsOf(named, selectionSetsOf(nodes), planner, place);
	});
}

const isPaged = (args: readonly { readonly name: string }[]): boolean => args.some(({ name }) => name === "first");

/** Throws for an argument that would make a part of the list look like all of it; `first` is the export's own. */
function requireWhole({ last, before, after }: PageArguments): void {
	if (last != null || before != null || after != null) throw badUserInput("An export has its pages by itself: leave out last, before and after.");
}

type ReadPages = (execution: Execution, request: PageRequest) => Promise<ReadPage>;

function storedPages({ list: listOf }: PageSource, asked: PlannedField, rowType: GraphQLObjectType, planner: Planner): ReadPages {
	const args = planner.args(asked);
	const selection = planner.selection(asked, rowType.name, rowPaths);
	return async (execution, request) => {
		const given: PageArguments = args(execution);
		requireWhole(given);
		const list = listOf(given as never, execution.context);
		return { page: await execution.statements.page(list, selectionForCursors(list.order, selection), request), order: list.order };
	};
}

function computedPages({ key, reading }: ComputedPageSource, asked: PlannedField, planner: Planner): ReadPages {
	const args = planner.args(asked);
	return async (execution, request) => {
		const given: PageArguments = args(execution);
		requireWhole(given);
		const { order, pages, refusal } = reading(given as never, execution.context);
		const [page] = await pages([key({} as never, given as never)], request);
		if (page == null && refusal !== undefined) throw refusal();
		return { page: page ?? pageOf([], request), order };
	};
}
