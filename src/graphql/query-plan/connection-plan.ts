import { type GraphQLObjectType, getNamedType } from "graphql";
import { cursorOf, type OrderColumn } from "../../reading/list.ts";
import type { Page } from "../../reading/page.ts";
import type { AnyRow } from "../../reading/statements.ts";
import { selectionSetsOf } from "../selection.ts";
import { type Execution, type FieldPlan, inParallel, type ObjectPlan, type Read, Unplanned, type Write } from "./execution.ts";
import { list, objectWriter, quoted } from "./json.ts";
import type { Field, Place, PlannedField, Planner } from "./planner.ts";

/** A page that was read, in the order of its list. */
export interface FoundPage {
	readonly page: Page;
	readonly order: readonly OrderColumn[];
	/** How many rows the whole list has; absent when it is not asked for. */
	readonly count: number | undefined;
}

/** How the pages of a connection are read: once for all keys of the objects, each key once. */
interface PageReading {
	readonly keyOf: (object: AnyRow, execution: Execution) => string;
	readonly read: (keys: readonly string[], execution: Execution) => Promise<readonly FoundPage[]>;
}

/** Plans a field that returns a connection. */
export function connectionPlan({ field, asked, planner }: Place, { keyOf, read }: PageReading): FieldPlan {
	const type = getNamedType(field.type) as GraphQLObjectType;
	const rowType = getNamedType(requiredField(type, "nodes").type) as GraphQLObjectType;
	const part = planner.nextPart();
	planner.reads(planner.asksFor(asked, [["totalCount"]]) ? 2 : 1);
	const { readRows, write } = pagePlan(type, rowType, asked, planner);
	return {
		read: async (objects, execution) => {
			const keys = [...new Set(objects.map((object) => keyOf(object, execution)))];
			if (keys.length === 0) return;
			const found = await read(keys, execution);
			execution.found[part] = new Map(found.map((page, index) => [keys[index], page]));
			await readRows?.(rowsOf(found), execution);
		},
		write: (object, execution) => write((execution.found[part] as Map<string, FoundPage>).get(keyOf(object, execution)) as FoundPage, execution),
	};
}

/** The rows of all pages. A loop: it runs for every level of every result. */
function rowsOf(found: readonly FoundPage[]): readonly AnyRow[] {
	const all: AnyRow[] = [];
	for (const { page } of found) for (const row of page.rows) all.push(row);
	return all;
}

interface PagePlan {
	readonly readRows: Read | undefined;
	readonly write: Write<FoundPage>;
}

/** How a page is written, and its rows are read further. */
function pagePlan(type: GraphQLObjectType, rowType: GraphQLObjectType, asked: PlannedField, planner: Planner): PagePlan {
	const rowPlans: ObjectPlan[] = [];
	const rowWriter = (below: PlannedField): Write<AnyRow> => {
		const plan = planner.objectsOf(rowType, selectionSetsOf(below.nodes));
		rowPlans.push(plan);
		return plan.write;
	};
	const write = fieldsWriter<FoundPage>(type, asked, planner, (below) => {
		switch (below.name) {
			case "nodes": {
				const row = rowWriter(below);
				return ({ page }, execution) => list(page.rows, row, execution);
			}
			case "edges": {
				const edge = edgeWriter(below, planner, rowWriter);
				return ({ page, order }, execution) => list(page.rows, (row) => edge({ row, order }, execution), execution);
			}
			case "pageInfo":
				return pageInfoWriter(below, planner);
			case "totalCount":
				return ({ count }) => String(count);
			default:
				throw new Unplanned(`There is no plan of ${below.name}.`);
		}
	});
	return { readRows: inParallel(rowPlans.map(({ read }) => read)), write };
}

type EdgeOf = Pick<FoundPage, "order"> & { readonly row: AnyRow };

function edgeWriter(edges: PlannedField, planner: Planner, rowWriter: (below: PlannedField) => Write<AnyRow>): Write<EdgeOf> {
	const type = getNamedType((edges.field as Field).type) as GraphQLObjectType;
	return fieldsWriter(type, edges, planner, (below) => {
		if (below.name === "cursor") return ({ row, order }) => quoted(cursorOf(order, row));
		const node = rowWriter(below);
		return ({ row }, execution) => node(row, execution);
	});
}

function pageInfoWriter(pageInfo: PlannedField, planner: Planner): Write<FoundPage> {
	const type = getNamedType((pageInfo.field as Field).type) as GraphQLObjectType;
	const cursor = (order: readonly OrderColumn[], row: AnyRow | undefined) => (row === undefined ? "null" : quoted(cursorOf(order, row)));
	return fieldsWriter<FoundPage>(type, pageInfo, planner, ({ name }) => {
		switch (name) {
			case "hasNextPage":
				return ({ page }) => String(page.hasNextPage);
			case "hasPreviousPage":
				return ({ page }) => String(page.hasPreviousPage);
			case "startCursor":
				return ({ order, page }) => cursor(order, page.rows[0]);
			case "endCursor":
				return ({ order, page }) => cursor(order, page.rows.at(-1));
			default:
				throw new Unplanned(`There is no plan of ${name}.`);
		}
	});
}

/** Writes an object field by field. */
function fieldsWriter<Value>(type: GraphQLObjectType, asked: PlannedField, planner: Planner, fieldWriter: (below: PlannedField) => Write<Value>): Write<Value> {
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
