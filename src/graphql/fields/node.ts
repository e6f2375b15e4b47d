import { brandWithType } from "@pothos/core";
import type { GraphQLResolveInfo } from "graphql";
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

/** The object behind a global id, if the viewer sees it: the same reading as everywhere else. */
export async function nodeById(name: NodeName, context: Context, info: GraphQLResolveInfo): Promise<object | null> {
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

/** Resolves to the objects that the arguments name, in their order; null in place of each that the viewer does not see. */
export function nodesNamed<Args>(names: (args: Args) => readonly NodeName[]) {
	const resolve = (_root: unknown, args: Args, context: Context, info: GraphQLResolveInfo): Promise<never>[] =>
		names(args).map((name) => nodeById(name, context, info) as Promise<never>);
	return withSource({ kind: "node", names: (_root: unknown, args: Args) => names(args), isList: true, sight: "viewer" }, resolve);
}

function branded(row: AnyRow, typename: string): object {
	brandWithType(row, typename as never);
	return row;
}

function visibleName({ typename, id }: NodeName): { model: VisibleModel; uuid: string } | undefined {
	const uuid = parsedUuid(id);
	return uuid === undefined || !isVisibleModel(typename) ? undefined : { model: typename, uuid };
}

/** How objects of one of the possible types are read and written. */
interface TypePlan {
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
		plans.set(type.name, { selection: planner.selection(asked, type.name), plan: planner.objectsOf(type, selectionSetsOf(asked.nodes)) });
	}

	/** Reads the objects of one type, and what is asked below them. */
	const readType = async (typename: string, names: readonly NodeName[], execution: Execution): Promise<readonly [string, string][]> => {
		const nodes = names.flatMap((name) => {
			const node = visibleName(name);
			return node === undefined ? [] : [{ name: nameOf(name), ...node }];
		});
		const [first] = nodes;
		if (first === undefined) return [];
		const found = plans.get(typename);
		if (found === undefined) throw new Unplanned(`There is no plan of ${typename}.`);
		const uuids = nodes.map(({ uuid }) => uuid);
		const { statements } = execution;
		const rows = await (sight === "viewer" ? statements.visible(first.model, found.selection, uuids) : statements.linked(first.model, found.selection, uuids));
		await found.plan.read?.(
			rows.filter((row) => row !== null),
			execution,
		);
		return nodes.flatMap(({ name }, index): [string, string][] => {
			const row = rows[index];
			return row == null ? [] : [[name, found.plan.write(row, execution)]];
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
