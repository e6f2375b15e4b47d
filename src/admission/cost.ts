import {
	type DocumentNode,
	type FieldNode,
	type GraphQLField,
	type GraphQLNamedType,
	type GraphQLSchema,
	getNamedType,
	getNullableType,
	isCompositeType,
	isInterfaceType,
	isListType,
	isObjectType,
	Kind,
	type OperationDefinitionNode,
	OperationTypeNode,
	type SelectionSetNode,
	type ValueNode,
} from "graphql";
import { defaultPageSize, largestPageSize } from "../reading/page.ts";
import { fragmentsOf } from "../shared/fragments.ts";

/** As many objects cost one. */
const objectsPerPoint = 10;

/** As many objects are reckoned with in a list that is not asked for page by page. */
const reckoned = 10;

const ofSchema = 50;
const ofChange = 10;

/**
 * What is more work than its objects are, of lists that grow with every report: to count them, where they are not below an
 * object and where they are; to look for a piece of a username; and to find what is filtered, or little of what there is seen, in
 * another order than the usual, for which an index is walked or what is found is sorted.
 */
const ofGrowing: Readonly<Record<string, { readonly count: number; readonly countBelow: number }>> = {
	ComponentUsageConnection: { count: 25, countBelow: 10 },
	ComponentUserUsageConnection: { count: 50, countBelow: 10 },
};
const ofCount = 1;
const ofSearch = 5;
const ofOrder = 10;

/** What an operation asks for. */
export interface Cost {
	readonly cost: number;
	/** The items in the longest list of its arguments. */
	readonly longestList: number;
}

type Variables = Readonly<Record<string, unknown>>;

/**
 * What an operation may cost at most: 1, and for each list 1 for every 10 objects that it may hold, as often as what it is
 * below of may stand in the answer; 1 for each count. Lists that grow
 * with every report cost more (see ofGrowing). A page holds as many objects as are asked for, other lists are
 * reckoned with 10. A change costs 10 more and 1 for each item of its input, what is asked of the schema itself 50.
 * Takes as long as the text of the document is, whatever its fragments come to.
 */
export function costOf(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, given: Variables): Cost {
	const fragments = fragmentsOf(document);
	const variables = withDefaults(operation, given);
	let longest = longestOf(listLengths(given));
	const root = schema.getRootType(operation.operation) ?? undefined;
	const known = new Map<string, number>();

	function ofFragment(name: string, page: number, isOfRoot: boolean): number {
		const key = `${name} ${page} ${isOfRoot}`;
		const present = known.get(key);
		if (present !== undefined) return present;
		known.set(key, 0); // one that leads to itself is refused when the document is validated
		const fragment = fragments.get(name);
		const cost = fragment === undefined ? 0 : ofSelections(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value), page, isOfRoot);
		known.set(key, cost);
		return cost;
	}

	/** `page` is how many objects the lists of a page hold, 0 outside of one; `isOfRoot`, whether it is of a list that is below nothing. */
	function ofSelections({ selections }: SelectionSetNode, type: GraphQLNamedType | undefined, page: number, isOfRoot: boolean): number {
		let cost = 0;
		for (const node of selections) {
			if (node.kind === Kind.FRAGMENT_SPREAD) cost += ofFragment(node.name.value, page, isOfRoot);
			else if (node.kind === Kind.INLINE_FRAGMENT) {
				cost += ofSelections(node.selectionSet, node.typeCondition === undefined ? type : schema.getType(node.typeCondition.name.value), page, isOfRoot);
			} else cost += ofField(node, type, page, isOfRoot);
		}
		return cost;
	}

	function ofField(node: FieldNode, parent: GraphQLNamedType | undefined, page: number, isOfRoot: boolean): number {
		const name = node.name.value;
		if (name === "__schema" || name === "__type") return ofSchema;
		const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
		if (field === undefined) return 0;
		if (page > 0 && name === "totalCount") return ofGrowing[parent?.name ?? ""]?.[isOfRoot ? "count" : "countBelow"] ?? ofCount;
		const type = getNamedType(field.type);
		if (!isCompositeType(type) || node.selectionSet === undefined) return 0;
		const items = longestListOf(node);
		const size = sizeOfPage(field, node, variables);
		if (size !== undefined)
			return Math.ceil(size / objectsPerPoint) + ofWork(node, type, parent) + ofSelections(node.selectionSet, type, size, parent === root);
		if (!isListType(getNullableType(field.type))) return ofSelections(node.selectionSet, type, page > 0 && isPartOfPage(name) ? page : 0, isOfRoot);
		if (page > 0 && isPartOfPage(name)) return page * ofSelections(node.selectionSet, type, 0, false);
		const objects = items ?? reckoned;
		return Math.ceil(objects / objectsPerPoint) + objects * ofSelections(node.selectionSet, type, 0, false);
	}

	/** What a list that grows is more work for; what it is filtered and ordered by is looked at, and not by which values. */
	function ofWork(node: FieldNode, type: GraphQLNamedType, parent: GraphQLNamedType | undefined): number {
		const growing = ofGrowing[type.name];
		if (growing === undefined) return 0;
		const search = fieldsIn(node, "filter").includes("username") ? ofSearch : 0;
		return search + (parent === root && fieldsIn(node, "orderBy").length > 0 ? ofOrder : 0);
	}

	/** The names in an object that is given as the argument. */
	function fieldsIn(node: FieldNode, argument: string): string[] {
		const value = node.arguments?.find(({ name }) => name.value === argument)?.value;
		const given = value?.kind === Kind.VARIABLE ? variables[value.name.value] : undefined;
		if (typeof given === "object" && given !== null) return Object.keys(given);
		return value?.kind === Kind.OBJECT ? value.fields.map(({ name }) => name.value) : [];
	}

	/** How many items the longest list among the field's arguments has; undefined without one. */
	function longestListOf(node: FieldNode): number | undefined {
		const lengths = (node.arguments ?? []).flatMap(({ value }) => listLengths(givenIn(value, variables)));
		if (lengths.length === 0) return undefined;
		const own = longestOf(lengths);
		longest = Math.max(longest, own);
		return own;
	}

	const changes = operation.operation === OperationTypeNode.MUTATION ? operation.selectionSet.selections : [];
	const ofChanges = changes.reduce((sum, node) => sum + ofChange + (node.kind === Kind.FIELD ? (longestListOf(node) ?? 0) : 0), 0);
	return { cost: 1 + ofChanges + ofSelections(operation.selectionSet, root, 0, false), longestList: longest };
}

/** The fields that hold the objects of a page. */
const isPartOfPage = (name: string): boolean => name === "nodes" || name === "edges";

/** How many objects a page may hold; undefined for a field that answers none. */
function sizeOfPage(field: GraphQLField<unknown, unknown>, node: FieldNode, variables: Variables): number | undefined {
	if (!field.args.some(({ name }) => name === "first")) return undefined;
	const sizes = ["first", "last"].map((name) => givenIn(node.arguments?.find((argument) => argument.name.value === name)?.value, variables));
	const asked = sizes.find((size) => typeof size === "number");
	return asked === undefined ? defaultPageSize : Math.min(Math.max(asked, 1), largestPageSize);
}

/** There can be more lengths than a function takes arguments. */
const longestOf = (lengths: readonly number[]): number => lengths.reduce((longest, length) => Math.max(longest, length), 0);

/** The lengths of all lists in a value, however deep it is. */
function listLengths(value: unknown): number[] {
	const lengths: number[] = [];
	const left = [value];
	for (let next = left.pop(); left.length > 0 || next !== undefined; next = left.pop()) {
		if (typeof next !== "object" || next === null) continue;
		if (Array.isArray(next)) lengths.push(next.length);
		for (const item of Object.values(next)) if (typeof item === "object" && item !== null) left.push(item);
	}
	return lengths;
}

/** What stands in the document or in a variable: numbers, lists and objects, anything else as undefined. */
function givenIn(node: ValueNode | undefined, variables: Variables): unknown {
	switch (node?.kind) {
		case Kind.VARIABLE:
			return variables[node.name.value];
		case Kind.INT:
			return Number(node.value);
		case Kind.LIST:
			return node.values.map((value) => givenIn(value, variables));
		case Kind.OBJECT:
			return Object.fromEntries(node.fields.map(({ name, value }) => [name.value, givenIn(value, variables)]));
		default:
			return undefined;
	}
}

function withDefaults(operation: OperationDefinitionNode, given: Variables): Variables {
	const defaults = (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
		defaultValue === undefined ? [] : [[variable.name.value, givenIn(defaultValue, {})] as const],
	);
	return { ...Object.fromEntries(defaults), ...given };
}
