import type { Viewer } from "../access/viewer.ts";
import { type KnownParent, type VisibleModel, visibility } from "../access/visibility.ts";
import type { Queries } from "../database/database.ts";
import type { ModelName } from "../database/model.ts";
import { compileSelect, type RowSelection } from "../database/select.ts";
import { and, isOneOf, name, raw, type Sql, sql } from "../database/sql.ts";
import { betweenCursors, type List, orderBy, parentOf } from "./list.ts";
import { type Page, type PageRequest, pageOf } from "./page.ts";

export type AnyRow = Record<string, unknown>;

/**
 * The statements that rows are read with for one viewer: each is flat, and reads for any number of parents at once. What is
 * returned for several uuids is in their order. Every statement carries the viewer's visibility.
 */
export interface Statements {
	/** The rows, null for each that the viewer does not see. */
	visible(model: VisibleModel, selection: RowSelection, uuids: readonly string[]): Promise<(AnyRow | null)[]>;
	/** Rows that rows in the viewer's hands link to: who sees a row sees what it links to. */
	linked(model: ModelName, selection: RowSelection, uuids: readonly string[]): Promise<(AnyRow | null)[]>;
	/** All rows of a short list below each parent. */
	all(list: List, selection: RowSelection, parents: readonly string[]): Promise<AnyRow[][]>;
	/** A page of a list that has no parent. */
	page(list: List, selection: RowSelection, request: PageRequest): Promise<Page>;
	/** A page of the list below each parent. */
	pages(list: List, selection: RowSelection, request: PageRequest, parents: readonly string[]): Promise<Page[]>;
	/** How many rows a list without a parent has for the viewer. */
	count(list: List): Promise<number>;
	/** How many rows the list has below each parent for the viewer. */
	counts(list: List, parents: readonly string[]): Promise<number[]>;
	/** Those of the uuids whose rows are in the list. */
	among(list: List, uuids: readonly string[]): Promise<Set<string>>;
}

/** `onBatch` is called with how many objects each statement reads something of, when it is of given ones. */
export function createStatements(queries: Queries, viewer: Viewer, onBatch: (objects: number) => void = () => {}): Statements {
	async function byUuid(model: ModelName, selection: RowSelection, uuids: readonly string[], condition: Sql): Promise<(AnyRow | null)[]> {
		const { columns, from, decode } = compileSelect(model, selection);
		onBatch(uuids.length);
		const tuples = await queries.tuples(sql`select ${columns} from ${from} where ${isOneOf(sql`"t"."uuid"`, uuids)} and ${condition}`);
		const rows = new Map(tuples.map((tuple) => decode(tuple, 0)).map((row) => [row["uuid"], row]));
		return uuids.map((uuid) => rows.get(uuid) ?? null);
	}

	/** What a list's statements share: its conditions, the viewer's visibility among them. */
	const conditions = (list: List, parents: Sql | undefined, parent?: KnownParent): Sql =>
		and([
			...(parents === undefined ? [] : [parents]),
			...list.where,
			...seesSubject(list),
			...seesLinked(list),
			visibility[list.model](viewer, sql`"t"`, parent),
		]);

	/** The viewer sees what the list is about. It names no row of the list: it is looked at once. */
	const seesSubject = ({ sees }: List): Sql[] =>
		sees === undefined
			? []
			: [
					sql`exists (select from ${name(sees.model)} "subject" where "subject"."uuid" = ${sees.uuid}::uuid and ${visibility[sees.model](viewer, sql`"subject"`)})`,
				];

	const seesLinked = ({ seenLink }: List): Sql[] => (seenLink === undefined ? [] : [visibility[seenLink.model](viewer, name(`t.${seenLink.link}`))]);

	/** The list with the conditions that had to be looked up. */
	const lookedUp = async (list: List, lookUp: NonNullable<List["lookUp"]>): Promise<List> => ({ ...list, where: [...list.where, await lookUp(queries)] });

	function pageStatement(list: List, selection: RowSelection, request: PageRequest, join: Sql, parents: Sql | undefined, parent?: KnownParent) {
		const { columns, from, decode } = compileSelect(list.model, selection, list.links);
		const statement = sql`
			select ${columns} from ${from} ${join} where ${and([conditions(list, parents, parent), ...betweenCursors(list.order, request)])}
			order by ${orderBy(list.order, request.fromEnd)} limit ${raw(String(request.size + 1))}
		`;
		return { statement, decode };
	}

	return {
		visible: (model, selection, uuids) => byUuid(model, selection, uuids, visibility[model](viewer, sql`"t"`)),
		linked: (model, selection, uuids) => byUuid(model, selection, uuids, sql`true`),
		all: async (asked, selection, parents) => {
			const list = asked.lookUp === undefined ? asked : await lookedUp(asked, asked.lookUp);
			onBatch(parents.length);
			const parent = parentOf(requiredParent(list));
			const { columns, from, decode } = compileSelect(list.model, selection, list.links);
			const tuples = await queries.tuples(sql`
				select ${parent.expression}, ${columns} from ${from} ${parent.join}
				where ${conditions(list, isOneOf(parent.expression, parents))} order by ${orderBy(list.order, false)}
			`);
			return grouped(tuples, parents, (tuple) => decode(tuple, 1));
		},
		page: async (asked, selection, request) => {
			const list = asked.lookUp === undefined ? asked : await lookedUp(asked, asked.lookUp);
			const { statement, decode } = pageStatement(list, selection, request, raw(""), undefined);
			return pageOf(
				(await queries.tuples(statement)).map((tuple) => decode(tuple, 0)),
				request,
			);
		},
		pages: async (asked, selection, request, parents) => {
			const list = asked.lookUp === undefined ? asked : await lookedUp(asked, asked.lookUp);
			onBatch(parents.length);
			const parent = parentOf(requiredParent(list));
			const { statement, decode } = pageStatement(list, selection, request, parent.join, sql`${parent.expression} = parent.uuid`, knownParent(list));
			const tuples = await queries.tuples(
				sql`select parent.place::int, page.* from unnest(${parents}::uuid[]) with ordinality parent (uuid, place) cross join lateral (${statement}) page`,
			);
			const rows: AnyRow[][] = parents.map(() => []);
			for (const tuple of tuples) rows[(tuple[0] as number) - 1]?.push(decode(tuple, 1));
			return rows.map((rows) => pageOf(rows, request));
		},
		count: async (asked) => {
			const list = asked.lookUp === undefined ? asked : await lookedUp(asked, asked.lookUp);
			const { from } = compileSelect(list.model, nothing, list.links);
			const [row] = await queries.tuples(sql`select count(*)::int from ${from} where ${conditions(list, undefined)}`);
			return row?.[0] as number;
		},
		counts: async (asked, parents) => {
			const list = asked.lookUp === undefined ? asked : await lookedUp(asked, asked.lookUp);
			onBatch(parents.length);
			const parent = parentOf(requiredParent(list));
			const { from } = compileSelect(list.model, nothing, list.links);
			const counts = await queries.tuples(sql`
				select ${parent.expression}, count(*)::int from ${from} ${parent.join}
				where ${conditions(list, isOneOf(parent.expression, parents))} group by 1
			`);
			const byParent = new Map(counts.map(([uuid, count]) => [uuid, count as number]));
			return parents.map((uuid) => byParent.get(uuid) ?? 0);
		},
		among: async (asked, uuids) => {
			const list = asked.lookUp === undefined ? asked : await lookedUp(asked, asked.lookUp);
			onBatch(uuids.length);
			const { from } = compileSelect(list.model, nothing, list.links);
			const found = await queries.tuples(sql`select "t"."uuid" from ${from} where ${conditions(list, isOneOf(sql`"t"."uuid"`, uuids))}`);
			return new Set(found.map(([uuid]) => uuid as string));
		},
	};
}

const nothing: RowSelection = { columns: new Set(["uuid"]), links: new Map() };

function requiredParent(list: List) {
	if (list.parent === undefined) throw new Error(`The list ${list.key} has no parent.`);
	return list.parent;
}

/** In a page below a parent, the column that leads to the parent: who sees the parent is looked at once for all its rows. */
const knownParent = ({ parent }: List): KnownParent | undefined =>
	parent !== undefined && "column" in parent && parent.link === undefined ? { column: parent.column, expression: sql`parent.uuid` } : undefined;

/** The decoded tuples of each parent, whose uuid comes first in the tuple. */
function grouped(tuples: readonly unknown[][], parents: readonly string[], decode: (tuple: unknown[]) => AnyRow): AnyRow[][] {
	const groups = new Map<string, AnyRow[]>(parents.map((parent) => [parent, []]));
	for (const tuple of tuples) groups.get(tuple[0] as string)?.push(decode(tuple));
	return parents.map((parent) => groups.get(parent) ?? []);
}
