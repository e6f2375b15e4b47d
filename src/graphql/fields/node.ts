import { brandWithType } from "@pothos/core";
import type { GraphQLNamedType, GraphQLResolveInfo } from "graphql";
import { isVisibleModel, type VisibleModel } from "../../access/visibility.ts";
import type { RowSelection } from "../../database/select.ts";
import type { AnyRow } from "../../reading/statements.ts";
import { parsedUuid } from "../../shared/uuid.ts";
import type { Context } from "../context.ts";
import { notFound } from "../errors.ts";
import { type Execution, type FieldPlan, type ObjectPlan, Unplanned } from "../query-plan/execution.ts";
import { list } from "../query-plan/json.ts";
import type { Place } from "../query-plan/planner.ts";
import { rowSelectionOf, selectionSetsOf } from "../selection.ts";
import { linkedRow, seenRow } from "./by-uuid.ts";
import { type NodeName, type NodeSource, withSource } from "./source.ts";

/** The source of node(id), which the schema builder defines. */
export const nodeSource: NodeSource = { kind: "node", names: (_root, { id }: { id: NodeName }) => [id], isList: false, sight: "viewer" };

/** The source of nodes(ids). */
export const nodesSource: NodeSource = { kind: "node", names: (_root, { ids }: { ids: NodeName[] }) => ids, isList: true, sight: "viewer" };

/** Reads objects that are computed and not stored, by what their ids hold behind the type: null for each that the viewer may not read. */
export type NodeLoader = (ids: readonly string[], context: Context) => Promise<readonly (object | null)[]>;

/** Says how node(id) reads the objects of a type that is computed. */
export const loadedById = (load: NodeLoader) => ({ extensions: { nodeLoader: load } });

const loaderOf = (type: GraphQLNamedType | undefined): NodeLoader | undefined => (type?.extensions as { nodeLoader?: NodeLoader } | undefined)?.nodeLoader;

/** The object behind a global id, if the viewer sees it: the same reading as everywhere else. */
export async function nodeById(name: NodeName, context: Context, info: GraphQLResolveInfo): Promise<object | null> {
	const load = loaderOf(info.schema.getType(name.typename));
	if (load !== undefined) {
		const found = await context.read.load(`nodes ${name.typename}`, (ids) => load(ids, context), name.id);
		return found === null ? null : branded(found, name.typename);
	}
	const node = visibleName(name);
	const row = node && (await seenRow(node.model, rowSelectionOf(info, node.model), node.uuid, context));
	return row === undefined || row === null ? null : branded(row, name.typename);
}

/** Resolves to the object of one of several types that the object in hand names: who sees the one sees the other. */
export function nodeNamedIn<Holder>(name: (holder: Holder) => NodeName) {
	const resolve = async (holder: Holder, _args: object, context: Context, info: GraphQLResolveInfo): Promise<never> => {
		const node = visibleName(name(holder));
		const row = node && (await linkedRow(node.model, rowSelectionOf(info, node.model), node.uuid, context));
		if (row === undefined || row === null) throw notFound(name(holder).typename, name(holder).id);
		return branded(row, name(holder).typename) as never;
	};
	return withSource({ kind: "node", names: (holder: Holder) => [name(holder)], isList: false, sight: "holder" }, resolve);
}

function branded(row: object, typename: string): object {
	brandWithType(row, typename as never);
	return row;
}

function visibleName({ typename, id }: NodeName): { model: VisibleModel; uuid: string } | undefined {
	const uuid = parsedUuid(id);
	return uuid === undefined || !isVisibleModel(typename) ? undefined : { model: typename, uuid };
}

/** How objects of one of the possible types are read and written. */
interface TypePlan {
	/** Reads those that are not stored. */
	readonly load: NodeLoader | undefined;
	readonly selection: RowSelection;
	readonly plan: ObjectPlan;
}

const nameOf = ({ typename, id }: NodeName): string => `${typename}:${id}`;

export function planNode({ names: namesOf, isList, sight }: NodeSource, { asked, planner, field }: Place): FieldPlan {
	const args = planner.args(asked);
	const part = planner.nextPart();
	const plans = new Map<string, TypePlan>();
	for (const type of planner.possibleTypes(field)) {
		planner.reads(1);
		plans.set(type.name, { load: loaderOf(type), selection: planner.selection(asked, type.name), plan: planner.objectsOf(type, selectionSetsOf(asked.nodes)) });
	}

	/** The stored rows with the names; null for each that is not seen. */
	const stored = async (names: readonly NodeName[], selection: RowSelection, { statements }: Execution): Promise<readonly (AnyRow | null)[]> => {
		const nodes = names.map(visibleName);
		const model = nodes.find((node) => node !== undefined)?.model;
		if (model === undefined) return [];
		const uuids = nodes.flatMap((node) => node?.uuid ?? []);
		const rows = await (sight === "viewer" ? statements.visible(model, selection, uuids) : statements.linked(model, selection, uuids));
		const byUuid = new Map(uuids.map((uuid, index) => [uuid, rows[index] ?? null]));
		return nodes.map((node) => (node === undefined ? null : (byUuid.get(node.uuid) ?? null)));
	};

	/** Reads the objects of one type, and what is asked below them. */
	const readType = async (typename: string, names: readonly NodeName[], execution: Execution): Promise<readonly [string, string][]> => {
		const found = plans.get(typename);
		if (found === undefined) {
			if (names.some((name) => visibleName(name) !== undefined)) throw new Unplanned(`There is no plan of ${typename}.`);
			return [];
		}
		const ids = names.map(({ id }) => id);
		const rows = (await (found.load === undefined
			? stored(names, found.selection, execution)
			: found.load(ids, execution.context))) as readonly (AnyRow | null)[];
		await found.plan.read?.(
			rows.filter((row) => row !== null),
			execution,
		);
		return names.flatMap((name, index): [string, string][] => {
			const row = rows[index];
			return row == null ? [] : [[nameOf(name), found.plan.write(row, execution)]];
		});
	};

	return {
		read: async (objects, execution) => {
			const names = new Map(objects.flatMap((object) => namesOf(object as never, args(execution))).map((name) => [nameOf(name), name]));
			const byType = grouped([...names.values()]);
			const written = await Promise.all([...byType].map(([typename, some]) => readType(typename, some, execution)));
			execution.found[part] = new Map(written.flat());
		},
		write: (object, execution) => {
			const written = execution.found[part] as Map<string, string>;
			const texts = namesOf(object as never, args(execution)).map((name) => written.get(nameOf(name)) ?? "null");
			if (isList) return list(texts, (text) => text, execution);
			if (sight === "holder" && texts[0] === "null") throw new Unplanned("A value is missing.");
			return texts[0] ?? "null";
		},
	};
}

function grouped(names: readonly NodeName[]): Map<string, NodeName[]> {
	const groups = new Map<string, NodeName[]>();
	for (const name of names) groups.set(name.typename, [...(groups.get(name.typename) ?? []), name]);
	return groups;
}
