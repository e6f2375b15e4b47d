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
	type SelectionNode,
	type SelectionSetNode,
} from "graphql";
import { mergedShape, type Shape } from "../database/select.ts";
import { exposedBy, readsOf } from "./reads.ts";

/** What is known of an operation without any of its fields being resolved. */
export type Operation = Pick<GraphQLResolveInfo, "schema" | "fragments" | "variableValues">;

/** A field of it. */
type Asked = Operation & Pick<GraphQLResolveInfo, "fieldNodes" | "returnType">;

const shapes = new WeakMap<object, WeakMap<FieldNode, Map<string, Shape>>>();

/**
 * What the operation asks of the rows behind a field: columns, and links that are read with them. `model` names the
 * object type of the rows, `path` the fields between the field and the rows, such as ["edges", "node"].
 */
export function shapeOf(info: Asked, typeName: string, paths: readonly (readonly string[])[] = [[]]): Shape {
	const [first] = info.fieldNodes;
	if (first === undefined) return empty;
	const perOperation = shapes.get(info.variableValues) ?? new WeakMap<FieldNode, Map<string, Shape>>();
	shapes.set(info.variableValues, perOperation);
	const perField = perOperation.get(first) ?? new Map<string, Shape>();
	perOperation.set(first, perField);
	const known = perField.get(typeName);
	if (known !== undefined) return known;
	const shape = info.fieldNodes
		.flatMap(({ selectionSet }) =>
			selectionSet === undefined ? [] : paths.map((path) => shapeUnder(selectionSet, getNamedType(info.returnType), path, typeName, info)),
		)
		.reduce(mergedShape, empty);
	perField.set(typeName, shape);
	return shape;
}

/** Whether the operation asks for one of the fields that the paths lead to. */
export function asksFor(info: Asked, paths: readonly (readonly string[])[]): boolean {
	const leadsOn = (selectionSet: SelectionSetNode | undefined, type: GraphQLNamedType, [step, ...rest]: readonly string[]): boolean =>
		step === undefined ||
		(selectionSet !== undefined &&
			fieldsOf(selectionSet, type as GraphQLObjectType, info).some(({ name, selectionSet: below }) => {
				const field = name.value === step ? (type as GraphQLObjectType).getFields()[step] : undefined;
				return field !== undefined && leadsOn(below, getNamedType(field.type), rest);
			}));
	return info.fieldNodes.some(({ selectionSet }) => paths.some((path) => leadsOn(selectionSet, getNamedType(info.returnType), path)));
}

const empty: Shape = { columns: new Set(["uuid"]), links: new Map() };

function shapeUnder(selectionSet: SelectionSetNode, type: GraphQLNamedType, path: readonly string[], typeName: string, info: Operation): Shape {
	const [step, ...rest] = path;
	if (step === undefined) {
		const rowType = isObjectType(type) ? type : (info.schema.getType(typeName) as GraphQLObjectType);
		return shapeOfRow(selectionSet, rowType, info);
	}
	const field = (type as GraphQLObjectType).getFields()[step];
	if (field === undefined) return empty;
	return fieldsOf(selectionSet, type as GraphQLObjectType, info)
		.flatMap((node) =>
			node.name.value === step && node.selectionSet !== undefined ? [shapeUnder(node.selectionSet, getNamedType(field.type), rest, typeName, info)] : [],
		)
		.reduce(mergedShape, empty);
}

function shapeOfRow(selectionSet: SelectionSetNode, type: GraphQLObjectType, info: Operation): Shape {
	const columns = new Set(["uuid"]);
	let shape: Shape = { columns, links: new Map() };
	for (const node of fieldsOf(selectionSet, type, info)) {
		const field = type.getFields()[node.name.value];
		if (field === undefined) continue;
		const exposed = exposedBy(field);
		const reads = readsOf(field);
		if (exposed !== undefined) columns.add(exposed);
		if (reads?.kind === "made") for (const column of reads.columns) columns.add(column);
		if (reads?.kind === "link" && node.selectionSet !== undefined) {
			const linked = shapeOfRow(node.selectionSet, getNamedType(field.type) as GraphQLObjectType, info);
			shape = mergedShape(shape, { columns: new Set(), links: new Map([[reads.link, linked]]) });
		}
	}
	return { columns: new Set([...columns, ...shape.columns]), links: shape.links };
}

/** The fields of the selection that apply to the type, each fragment opened once, @skip and @include obeyed. */
export function fieldsOf(selectionSet: SelectionSetNode, type: GraphQLObjectType, info: Operation, opened: Set<string> = new Set()): FieldNode[] {
	return selectionSet.selections.flatMap((selection) => {
		if (isLeftOut(selection, info)) return [];
		if (selection.kind === "Field") return [selection];
		if (selection.kind === "FragmentSpread") {
			if (opened.has(selection.name.value)) return [];
			opened.add(selection.name.value);
		}
		const fragment = selection.kind === "FragmentSpread" ? info.fragments[selection.name.value] : selection;
		if (fragment === undefined || !applies(fragment.typeCondition?.name.value, type, info)) return [];
		return fieldsOf(fragment.selectionSet, type, info, opened);
	});
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
