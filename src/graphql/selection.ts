import {
	type FieldNode,
	GraphQLIncludeDirective,
	type GraphQLNamedType,
	type GraphQLObjectType,
	type GraphQLResolveInfo,
	GraphQLSkipDirective,
	getDirectiveValues,
	getNamedType,
	isAbstractType,
	isObjectType,
	Kind,
	type SelectionNode,
	type SelectionSetNode,
} from "graphql";
import { mergedSelection, type RowSelection, selectionAtPath } from "../database/select.ts";
import { exposedBy, sourceOf } from "./fields/source.ts";

/** What is known of an operation without any of its fields being resolved. */
export type Operation = Pick<GraphQLResolveInfo, "schema" | "fragments" | "variableValues">;

/** A field of it. */
type FieldSelection = Operation & Pick<GraphQLResolveInfo, "fieldNodes" | "returnType">;

/** By the variables of an execution, and by the nodes of a field in it: both are the same objects for all rows that it is resolved of. */
const selections = new WeakMap<object, WeakMap<readonly FieldNode[], Map<string, RowSelection>>>();

/**
 * What the operation asks of the rows behind a field: columns, and links that are read with them. `typeName` names the
 * object type of the rows, `paths` the fields between the field and the rows, such as ["edges", "node"].
 */
export function rowSelectionOf(info: FieldSelection, typeName: string, paths: readonly (readonly string[])[] = [[]]): RowSelection {
	const perOperation = selections.get(info.variableValues) ?? new WeakMap<readonly FieldNode[], Map<string, RowSelection>>();
	selections.set(info.variableValues, perOperation);
	const perField = perOperation.get(info.fieldNodes) ?? new Map<string, RowSelection>();
	perOperation.set(info.fieldNodes, perField);
	const key = `${typeName} ${paths.join(" ")}`;
	const known = perField.get(key);
	if (known !== undefined) return known;
	const below = selectionSetsOf(info.fieldNodes);
	const selection =
		below.length === 0 ? empty : paths.map((path) => selectionUnder(below, getNamedType(info.returnType), path, typeName, info)).reduce(mergedSelection, empty);
	perField.set(key, selection);
	return selection;
}

/** Whether the operation asks for one of the fields that the paths lead to. */
export function asksFor(info: FieldSelection, paths: readonly (readonly string[])[]): boolean {
	const leadsOn = (selectionSets: readonly SelectionSetNode[], type: GraphQLNamedType, [step, ...rest]: readonly string[]): boolean => {
		if (step === undefined) return true;
		const field = (type as GraphQLObjectType).getFields()[step];
		const nodes = field === undefined ? [] : fieldsOf(selectionSets, type as GraphQLObjectType, info).filter(({ name }) => name.value === step);
		return field !== undefined && nodes.length > 0 && leadsOn(selectionSetsOf(nodes), getNamedType(field.type), rest);
	};
	return paths.some((path) => leadsOn(selectionSetsOf(info.fieldNodes), getNamedType(info.returnType), path));
}

const empty: RowSelection = { columns: new Set(["uuid"]), links: new Map() };

function selectionUnder(
	selectionSets: readonly SelectionSetNode[],
	type: GraphQLNamedType,
	[step, ...rest]: readonly string[],
	typeName: string,
	info: Operation,
): RowSelection {
	if (step === undefined) {
		const rowType = isObjectType(type) ? type : (info.schema.getType(typeName) as GraphQLObjectType);
		return selectionOfRow(selectionSets, rowType, info);
	}
	const field = (type as GraphQLObjectType).getFields()[step];
	if (field === undefined) return empty;
	const nodes = fieldsOf(selectionSets, type as GraphQLObjectType, info).filter(({ name }) => name.value === step);
	return nodes.length === 0 ? empty : selectionUnder(selectionSetsOf(nodes), getNamedType(field.type), rest, typeName, info);
}

function selectionOfRow(selectionSets: readonly SelectionSetNode[], type: GraphQLObjectType, info: Operation): RowSelection {
	const columns = new Set(["uuid"]);
	const links = new Map<string, RowSelection>();
	const add = (selection: RowSelection) => {
		for (const column of selection.columns) columns.add(column);
		for (const [link, linked] of selection.links) addLinked(link, linked);
	};
	const addLinked = (link: string, linked: RowSelection) => {
		const present = links.get(link);
		links.set(link, present === undefined ? linked : mergedSelection(present, linked));
	};
	for (const [name, nodes] of grouped(fieldsOf(selectionSets, type, info), (node) => node.name.value)) {
		const field = type.getFields()[name];
		if (field === undefined) continue;
		const exposed = exposedBy(field);
		const source = sourceOf(field);
		if (exposed !== undefined) columns.add(exposed);
		if (source?.kind === "computed" || source?.kind === "byUuid") {
			for (const column of source.columns) {
				if (column.includes(".")) add(selectionAtPath(column));
				else columns.add(column);
			}
		}
		if (source?.kind === "link" || source?.kind === "itself") {
			const below = selectionOfRow(selectionSetsOf(nodes), getNamedType(field.type) as GraphQLObjectType, info);
			if (source.kind === "itself") add(below);
			else addLinked(source.link, below);
		}
	}
	return { columns, links };
}

/**
 * The fields that the selections ask of objects of the type, @skip and @include obeyed. The selections are those of one place
 * of the result, all of them: a fragment is opened once for the place, by however many it is spread. Walked place by place,
 * a document takes as long as its result is deep and wide, not as often as its fragments multiply.
 */
export function fieldsOf(selectionSets: readonly SelectionSetNode[], type: GraphQLObjectType, info: Operation): FieldNode[] {
	const fields: FieldNode[] = [];
	const opened = new Set<string>();
	const collect = ({ selections }: SelectionSetNode): void => {
		for (const selection of selections) {
			if (isLeftOut(selection, info)) continue;
			if (selection.kind === Kind.FIELD) {
				fields.push(selection);
				continue;
			}
			const spread = selection.kind === Kind.FRAGMENT_SPREAD ? selection.name.value : undefined;
			if (spread !== undefined && opened.has(spread)) continue;
			if (spread !== undefined) opened.add(spread);
			const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? info.fragments[selection.name.value] : selection;
			if (fragment !== undefined && applies(fragment.typeCondition?.name.value, type, info)) collect(fragment.selectionSet);
		}
	};
	for (const selectionSet of selectionSets) collect(selectionSet);
	return fields;
}

/** What is asked below a field, by all of its nodes. */
export const selectionSetsOf = (nodes: readonly FieldNode[]): readonly SelectionSetNode[] => nodes.flatMap(({ selectionSet }) => selectionSet ?? []);

/** The nodes by a name of theirs, in the order in which each name came first. */
export function grouped(nodes: readonly FieldNode[], nameOf: (node: FieldNode) => string): Map<string, FieldNode[]> {
	const groups = new Map<string, FieldNode[]>();
	for (const node of nodes) {
		const group = groups.get(nameOf(node));
		if (group === undefined) groups.set(nameOf(node), [node]);
		else group.push(node);
	}
	return groups;
}

function isLeftOut(selection: SelectionNode, { variableValues }: Operation): boolean {
	if (selection.directives === undefined || selection.directives.length === 0) return false;
	return (
		getDirectiveValues(GraphQLSkipDirective, selection, variableValues)?.["if"] === true ||
		getDirectiveValues(GraphQLIncludeDirective, selection, variableValues)?.["if"] === false
	);
}

function applies(condition: string | undefined, type: GraphQLObjectType, info: Operation): boolean {
	if (condition === undefined || condition === type.name) return true;
	const target = info.schema.getType(condition);
	return isAbstractType(target) && info.schema.isSubType(target, type);
}
