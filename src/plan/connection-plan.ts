import { type GraphQLObjectType, getNamedType } from "graphql";
import { cursorPaths, rowPaths } from "../graphql/connections.ts";
import type { Context } from "../graphql/context.ts";
import { selectionSetsOf } from "../graphql/shape-of.ts";
import { cursorOf, type List, shapeForCursors } from "../reading/list.ts";
import { type Page, type PageArguments, pageRequest } from "../reading/page.ts";
import type { AnyRow } from "../reading/statements.ts";
import { type Execution, type ObjectPlan, type Read, together, Unplanned, type Write } from "./execution.ts";
import { list as listText, objectWriter, quoted } from "./json.ts";
import { type FieldPlan, objectPlan } from "./object-plan.ts";
import type { Asked, Field, Planner } from "./planner.ts";

/** A page that was read, and the list that it is a page of. */
interface Found {
	readonly page: Page;
	readonly list: List;
	readonly count: number | undefined;
}

/** How pages of a list are answered: below each row, or one at the root. */
export function connectionPlan(
	listOf: (args: never, zone: Pick<Context, "timeZone">) => List,
	field: Field,
	asked: Asked,
	planner: Planner,
): FieldPlan & { readonly readRoot: (execution: Execution) => Promise<void> } {
	const type = getNamedType(field.type) as GraphQLObjectType;
	const rowType = getNamedType(requiredField(type, "nodes").type) as GraphQLObjectType;
	const part = planner.nextPart();
	const args = planner.args(asked);
	const rowShape = planner.shape(asked, rowType.name, rowPaths);
	const isCounted = planner.asksFor(asked, [["totalCount"]]);
	const hasCursors = planner.asksFor(asked, cursorPaths);
	const { read, write } = pagePlan(type, rowType, asked, planner);

	const question = (execution: Execution) => {
		const given: PageArguments = args(execution);
		const list = listOf(given as never, execution.context);
		return { list, request: pageRequest(given), shape: hasCursors ? shapeForCursors(list.order, rowShape) : rowShape };
	};
	return {
		read: async (rows, execution) => {
			const { list, request, shape } = question(execution);
			const uuids = [...new Set(rows.map(({ uuid }) => uuid as string))];
			if (uuids.length === 0) return;
			const [pages, counts] = await Promise.all([
				execution.statements.pages(list, shape, request, uuids),
				isCounted ? execution.statements.counts(list, uuids) : undefined,
			]);
			execution.found[part] = new Map(pages.map((page, index) => [uuids[index], { page, list, count: counts?.[index] }]));
			await read?.(rowsOf(pages), execution);
		},
		write: ({ uuid }, execution) => write((execution.found[part] as Map<unknown, Found>).get(uuid) as Found, execution),
		readRoot: async (execution) => {
			const { list, request, shape } = question(execution);
			const [page, count] = await Promise.all([execution.statements.page(list, shape, request), isCounted ? execution.statements.count(list) : undefined]);
			execution.found[part] = new Map([[undefined, { page, list, count }]]);
			await read?.(page.rows, execution);
		},
	};
}

/** The rows of all pages. A loop: it is done for every level of every answer. */
function rowsOf(pages: readonly Page[]): readonly AnyRow[] {
	const all: AnyRow[] = [];
	for (const { rows } of pages) for (const row of rows) all.push(row);
	return all;
}

interface PagePlan {
	readonly read: Read | undefined;
	readonly write: Write<Found>;
}

/** How a page is written, and its rows are read further. */
function pagePlan(type: GraphQLObjectType, rowType: GraphQLObjectType, asked: Asked, planner: Planner): PagePlan {
	const rowPlans: ObjectPlan[] = [];
	const rowWriter = (below: Asked): Write<AnyRow> => {
		const plan = objectPlan(rowType, selectionSetsOf(below.nodes), planner);
		rowPlans.push(plan);
		return plan.write;
	};
	const write = fieldsWriter<Found>(type, asked, planner, (below) => {
		switch (below.name) {
			case "nodes": {
				const row = rowWriter(below);
				return ({ page }, execution) => listText(page.rows, row, execution);
			}
			case "edges": {
				const edge = edgeWriter(below, planner, rowWriter);
				return ({ page, list }, execution) => listText(page.rows, (row) => edge({ row, list }, execution), execution);
			}
			case "pageInfo":
				return pageInfoWriter(below, planner);
			case "totalCount":
				return ({ count }) => String(count);
			default:
				throw new Unplanned(`There is no plan of ${below.name}.`);
		}
	});
	return { read: together(rowPlans.map(({ read }) => read)), write };
}

function edgeWriter(edges: Asked, planner: Planner, rowWriter: (below: Asked) => Write<AnyRow>): Write<{ row: AnyRow; list: List }> {
	const type = getNamedType((edges.field as Field).type) as GraphQLObjectType;
	return fieldsWriter(type, edges, planner, (below) => {
		if (below.name === "cursor") return ({ row, list }) => quoted(cursorOf(list.order, row));
		const node = rowWriter(below);
		return ({ row }, execution) => node(row, execution);
	});
}

function pageInfoWriter(pageInfo: Asked, planner: Planner): Write<Found> {
	const type = getNamedType((pageInfo.field as Field).type) as GraphQLObjectType;
	const cursor = (list: List, row: AnyRow | undefined) => (row === undefined ? "null" : quoted(cursorOf(list.order, row)));
	return fieldsWriter<Found>(type, pageInfo, planner, ({ name }) => {
		switch (name) {
			case "hasNextPage":
				return ({ page }) => String(page.hasNextPage);
			case "hasPreviousPage":
				return ({ page }) => String(page.hasPreviousPage);
			case "startCursor":
				return ({ list, page }) => cursor(list, page.rows[0]);
			case "endCursor":
				return ({ list, page }) => cursor(list, page.rows.at(-1));
			default:
				throw new Unplanned(`There is no plan of ${name}.`);
		}
	});
}

/** Writes an object field by field. */
function fieldsWriter<Value>(type: GraphQLObjectType, asked: Asked, planner: Planner, fieldWriter: (below: Asked) => Write<Value>): Write<Value> {
	const members = planner.fields(type, selectionSetsOf(asked.nodes)).map((below) => {
		const typeName = quoted(type.name);
		return { head: below.head, write: below.field === undefined ? () => typeName : fieldWriter(below) };
	});
	return objectWriter(members);
}

function requiredField(type: GraphQLObjectType, name: string) {
	const field = type.getFields()[name];
	if (field === undefined) throw new Unplanned(`${type.name} has no ${name}.`);
	return field;
}
