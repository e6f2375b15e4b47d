import DataLoader from "dataloader";
import type { Viewer } from "../access/viewer.ts";
import { type VisibleModel, visibility } from "../access/visibility.ts";
import type { Queries } from "../database/database.ts";
import type { ModelName } from "../database/model.ts";
import { type Shape, selectionOf, shapeKey } from "../database/select.ts";
import { and, isOneOf, raw, type Sql, sql } from "../database/sql.ts";
import { betweenCursors, type List, orderBy, parentOf, shapeForList } from "./list.ts";
import { type Page, type PageRequest, pageOf } from "./page.ts";

export type AnyRow = Record<string, unknown>;

/**
 * Reads rows for one viewer during one request, or one event of a subscription. What is asked for in the same tick of the
 * same kind becomes one flat statement, and nothing is read twice. Every statement carries the viewer's visibility.
 */
export interface Reader {
	/** The row, or null when there is none that the viewer sees. */
	visible(model: VisibleModel, shape: Shape, uuid: string): Promise<AnyRow | null>;
	/** The row that a row in the viewer's hands links to: who sees a row sees what it links to. */
	linked(model: ModelName, shape: Shape, uuid: string): Promise<AnyRow | null>;
	/** All rows of a short list below the parent. */
	all(list: List, shape: Shape, parent: string): Promise<AnyRow[]>;
	/** A page of the list, below the parent where it has one. */
	page(list: List, shape: Shape, request: PageRequest, parent: string | undefined): Promise<Page>;
	/** How many rows the whole list has for the viewer. */
	count(list: List, parent: string | undefined): Promise<number>;
	/** Those of the uuids whose rows are in the list. */
	among(list: List, uuids: readonly string[]): Promise<Set<string>>;
	/** One batch for keys of any other kind: `load` answers a value for each key, in their order. */
	batched<Value>(kind: string, load: (keys: readonly string[]) => Promise<Value[]>, key: string): Promise<Value>;
}

export function createReader(queries: Queries, viewer: Viewer): Reader {
	const loaders = new Map<string, unknown>();

	/** One loader for each kind of question that this request asks. */
	function loader<Value>(kind: string, load: (keys: readonly string[]) => Promise<Value[]>): DataLoader<string, Value> {
		const known = loaders.get(kind) as DataLoader<string, Value> | undefined;
		if (known !== undefined) return known;
		const fresh = new DataLoader<string, Value>(load);
		loaders.set(kind, fresh);
		return fresh;
	}

	async function byUuid(model: ModelName, shape: Shape, uuids: readonly string[], condition: Sql): Promise<(AnyRow | null)[]> {
		const { columns, from, decode } = selectionOf(model, shape);
		const tuples = await queries.tuples(sql`select ${columns} from ${from} where ${isOneOf(sql`"t"."uuid"`, uuids)} and ${condition}`);
		const rows = new Map(tuples.map((tuple) => decode(tuple, 0)).map((row) => [row["uuid"], row]));
		return uuids.map((uuid) => rows.get(uuid) ?? null);
	}

	/** What a list's statements share: its conditions, the viewer's visibility among them. */
	const conditions = (list: List, parents: Sql | undefined): Sql =>
		and([...(parents === undefined ? [] : [parents]), ...list.where, visibilityOf(list.model)(viewer, sql`"t"`)]);

	async function allBelow(list: List, shape: Shape, parents: readonly string[]): Promise<AnyRow[][]> {
		const parent = parentOf(requiredParent(list));
		const { columns, from, decode } = selectionOf(list.model, shapeForList(list, shape));
		const tuples = await queries.tuples(sql`
			select ${parent.expression}, ${columns} from ${from} ${parent.join}
			where ${conditions(list, isOneOf(parent.expression, parents))} order by ${orderBy(list.order, false)}
		`);
		return grouped(tuples, parents, (tuple) => decode(tuple, 1));
	}

	async function pagesBelow(list: List, shape: Shape, request: PageRequest, parents: readonly string[]): Promise<Page[]> {
		const parent = parentOf(requiredParent(list));
		const { statement, decode } = pageStatement(list, shape, request, parent.join, sql`${parent.expression} = parent.uuid`);
		const tuples = await queries.tuples(sql`select parent.uuid, page.* from unnest(${parents}::uuid[]) parent (uuid) cross join lateral (${statement}) page`);
		return grouped(tuples, parents, (tuple) => decode(tuple, 1)).map((rows) => pageOf(rows, request));
	}

	function pageStatement(list: List, shape: Shape, request: PageRequest, join: Sql, parents: Sql | undefined) {
		const { columns, from, decode } = selectionOf(list.model, shapeForList(list, shape));
		const statement = sql`
			select ${columns} from ${from} ${join} where ${and([conditions(list, parents), ...betweenCursors(list.order, request)])}
			order by ${orderBy(list.order, request.fromEnd)} limit ${raw(String(request.size + 1))}
		`;
		return { statement, decode };
	}

	async function countsBelow(list: List, parents: readonly string[]): Promise<number[]> {
		const parent = parentOf(requiredParent(list));
		const { from } = selectionOf(list.model, shapeForList({ ...list, order: [] }, nothing));
		const counts = await queries.tuples(sql`
			select ${parent.expression}, count(*)::int from ${from} ${parent.join}
			where ${conditions(list, isOneOf(parent.expression, parents))} group by 1
		`);
		const byParent = new Map(counts.map(([uuid, count]) => [uuid, count as number]));
		return parents.map((uuid) => byParent.get(uuid) ?? 0);
	}

	return {
		visible: (model, shape, uuid) =>
			loader(`visible ${model} ${shapeKey(shape)}`, (uuids) => byUuid(model, shape, uuids, visibilityOf(model)(viewer, sql`"t"`))).load(uuid),
		linked: (model, shape, uuid) => loader(`linked ${model} ${shapeKey(shape)}`, (uuids) => byUuid(model, shape, uuids, sql`true`)).load(uuid),
		all: (list, shape, parent) => loader(`all ${list.key} ${shapeKey(shape)}`, (parents) => allBelow(list, shape, parents)).load(parent),
		page: async (list, shape, request, parent) => {
			if (parent !== undefined) {
				const kind = `page ${list.key} ${shapeKey(shape)} ${JSON.stringify(request)}`;
				return loader(kind, (parents) => pagesBelow(list, shape, request, parents)).load(parent);
			}
			const { statement, decode } = pageStatement(list, shape, request, raw(""), undefined);
			return pageOf(
				(await queries.tuples(statement)).map((tuple) => decode(tuple, 0)),
				request,
			);
		},
		count: async (list, parent) => {
			if (parent !== undefined) return loader(`count ${list.key}`, (parents) => countsBelow(list, parents)).load(parent);
			const { from } = selectionOf(list.model, shapeForList({ ...list, order: [] }, nothing));
			const [row] = await queries.tuples(sql`select count(*)::int from ${from} where ${conditions(list, undefined)}`);
			return row?.[0] as number;
		},
		among: async (list, uuids) => {
			const { from } = selectionOf(list.model, shapeForList({ ...list, order: [] }, nothing));
			const found = await queries.tuples(sql`select "t"."uuid" from ${from} where ${conditions(list, isOneOf(sql`"t"."uuid"`, uuids))}`);
			return new Set(found.map(([uuid]) => uuid as string));
		},
		batched: (kind, load, key) => loader(kind, load).load(key),
	};
}

const nothing: Shape = { columns: new Set(["uuid"]), links: new Map() };

/** Deny by default: a model without a visibility is not read for anyone. */
function visibilityOf(model: ModelName) {
	const visible = (visibility as Partial<Record<ModelName, (typeof visibility)[VisibleModel]>>)[model];
	if (visible === undefined) throw new Error(`src/access/visibility.ts does not say who sees a ${model}.`);
	return visible;
}

function requiredParent(list: List) {
	if (list.parent === undefined) throw new Error(`The list ${list.key} has no parent.`);
	return list.parent;
}

/** The decoded tuples of each parent, whose uuid stands first in the tuple. */
function grouped(tuples: readonly unknown[][], parents: readonly string[], decode: (tuple: unknown[]) => AnyRow): AnyRow[][] {
	const groups = new Map<string, AnyRow[]>(parents.map((parent) => [parent, []]));
	for (const tuple of tuples) groups.get(tuple[0] as string)?.push(decode(tuple));
	return parents.map((parent) => groups.get(parent) ?? []);
}
