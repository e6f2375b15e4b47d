import { encodeGlobalID } from "@pothos/plugin-relay";
import { type GraphQLObjectType, getNamedType, isObjectType, type SelectionSetNode } from "graphql";
import { cursorOf, type List, shapeForCursors } from "../../reading/list.ts";
import { type Page, type PageArguments, pageRequest } from "../../reading/page.ts";
import type { AnyRow } from "../../reading/statements.ts";
import type { Context } from "../context.ts";
import { cursorPaths, rowPaths } from "../fields/connections.ts";
import { exposedBy, readsOf } from "../fields/reads.ts";
import { selectionSetsOf } from "../selection.ts";
import { type Execution, type ObjectPlan, objectsIn, type Read, together, Unplanned, type Write } from "./execution.ts";
import { bareWriter, list as listText, type Member, objectWriter, quoted, writer } from "./json.ts";
import type { Asked, Field, Planner } from "./planner.ts";

/** How one field is answered: what it reads for all objects at once, and how it is written for each of them. */
interface FieldPlan extends Omit<Member<AnyRow>, "head"> {
	readonly read?: Read | undefined;
}

/** How objects of the type are answered. Throws Unplanned when there is a field that does not tell what it reads. */
export function objectPlan(type: GraphQLObjectType, selectionSets: readonly SelectionSetNode[], planner: Planner): ObjectPlan {
	const fields = planner.fields(type, selectionSets).map((asked) => ({ head: asked.head, ...fieldPlan(type, asked, planner) }));
	return {
		read: together(fields.map(({ read }) => read)),
		write: objectWriter(fields),
	};
}

function fieldPlan(type: GraphQLObjectType, asked: Asked, planner: Planner): FieldPlan {
	const { field, name } = asked;
	if (field === undefined) return constant(type.name);
	const reads = readsOf(field);
	const property = reads?.kind === "link" ? reads.link : exposedBy(field);
	if (property !== undefined) return propertyPlan(property, field, objectsOf(field, asked, planner));
	if (name === "id" && type.getInterfaces().some((one) => one.name === "Node")) return { write: ({ uuid }) => quoted(encodeGlobalID(type.name, String(uuid))) };
	return readingPlan(field, asked, planner);
}

const constant = (text: string): FieldPlan => {
	const written = quoted(text);
	return { write: () => written };
};

/** The value is a property of the object: a column, or a row that is read together with it. */
function propertyPlan(property: string, field: Field, objects: ObjectPlan | undefined): FieldPlan {
	const bare = bareWriter(field.type);
	if (bare !== undefined) return { write: (row, execution) => bare(row[property], execution), isBare: true };
	const write = writer(field.type, objects);
	const read = objects?.read;
	return {
		read: read && ((rows, execution) => read(objectsIn(rows.map((row) => row[property])), execution)),
		write: (row, execution) => write(row[property], execution),
	};
}

/** The plan of the objects behind a field; undefined when it answers none. */
function objectsOf(field: Field, asked: Asked, planner: Planner): ObjectPlan | undefined {
	const type = getNamedType(field.type);
	const selectionSets = selectionSetsOf(asked.nodes);
	if (selectionSets.length === 0) return undefined;
	if (!isObjectType(type)) throw new Unplanned(`There is no plan of ${type.name}.`);
	return objectPlan(type, selectionSets, planner);
}

/** What the field's resolver tells that it reads. */
function readingPlan(field: Field, asked: Asked, planner: Planner): FieldPlan {
	const reads = readsOf(field);
	if (reads?.kind === "pages") return connectionPlan(reads.list, field, asked, planner);
	const objects = objectsOf(field, asked, planner);
	const write = writer(field.type, objects);
	const below: Read = (values, execution) => objects?.read?.(objectsIn(values), execution) ?? Promise.resolve();
	if (reads?.kind === "made") {
		if (objects?.read !== undefined) throw new Unplanned("What is made while it is written reads no further.");
		return { write: (object, execution) => write(reads.value(object as never, execution.context), execution) };
	}
	const part = planner.nextPart();
	/** Reads values for the keys of the objects, each once, and keeps them by key. */
	const byKey = (
		keyOf: (object: AnyRow) => string | null,
		load: (keys: readonly string[], execution: Parameters<Read>[1]) => Promise<readonly unknown[]>,
	): FieldPlan => ({
		read: async (rows, execution) => {
			const keys = [...new Set(rows.flatMap((row) => keyOf(row) ?? []))];
			const values = keys.length === 0 ? [] : await load(keys, execution);
			execution.found[part] = new Map(keys.map((key, index) => [key, values[index]]));
			await below(values as readonly AnyRow[], execution);
		},
		write: (object, execution) => write((execution.found[part] as Map<string | null, unknown>).get(keyOf(object)) ?? null, execution),
	});
	const uuidOf = (row: AnyRow) => row["uuid"] as string;
	switch (reads?.kind) {
		case "whole": {
			const shape = planner.shape(asked, reads.list.model);
			return byKey(uuidOf, (uuids, { statements }) => statements.all(reads.list, shape, uuids));
		}
		case "stored": {
			const shape = planner.shape(asked, reads.model);
			return byKey(
				(object) => reads.uuid(object as never),
				(uuids, { statements }) => statements.linked(reads.model, shape, uuids),
			);
		}
		case "seen": {
			const shape = planner.shape(asked, reads.model);
			return byKey(
				(object) => object[reads.column] as string | null,
				(uuids, { statements }) => statements.visible(reads.model, shape, uuids),
			);
		}
		case "values": {
			const args = planner.args(asked);
			return byKey(uuidOf, (uuids, execution) => reads.load(uuids, args(execution), execution.context));
		}
		default:
			throw new Unplanned(`${field.name} does not tell what it reads.`);
	}
}

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
