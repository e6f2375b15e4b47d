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
	type SelectionNode,
	type SelectionSetNode,
	type ValueNode,
} from "graphql";
import { defaultPageSize, largestPageSize } from "../../reading/page.ts";
import { fragmentsOf } from "../../shared/fragments.ts";
import { longestList } from "../../shared/longest-list.ts";

/** As many objects cost one. */
const objectsPerPoint = 10;

/** As many objects are reckoned with in a list that is not asked for page by page. */
const reckoned = 10;

const ofSchema = 50;
const ofChange = 10;

/**
 * What is more work than its objects are, of lists that grow with every report: to count them, where they are not below an
 * object and where they are; to find parts of one type among those of some days, for which no index has both; and to find what
 * is filtered, or little of what there is seen, in another order than the usual, or what one of several has or is of some months,
 * for which an index is walked or what is found is sorted. To look for a piece of a name is more work in every list.
 */
const ofGrowing: Readonly<Record<string, { readonly count: number; readonly countBelow: number; readonly typeAndDays: number }>> = {
	ComponentUsageConnection: { count: 25, countBelow: 10, typeAndDays: 0 },
	ComponentUserUsageConnection: { count: 50, countBelow: 10, typeAndDays: 8 },
};

/**
 * Of totals: reading all that is totalled, by whether it is all that the viewer sees or what filters name, or of one object; twice
 * as much where as many months before are read too; and what a page may hold at most.
 */
const ofTotals = { type: "UsageTotalConnection", all: 100, filtered: 30, below: 20, largest: 1_000 };
const narrowing: readonly string[] = ["customers", "projects", "resources"];

const ofCount = 1;
const ofSearch = 5;
const ofOrder = 10;

/** Filters of lists that grow which an index does not have in the order of the list. */
const unordered = new Set(["billingPeriodFrom", "billingPeriodTo", "customers", "offerings", "projects", "resources", "types"]);

/** What an operation asks for. */
export interface Cost {
	readonly cost: number;
	/** The items in the longest list of its arguments. */
	readonly maxListLength: number;
}

type Variables = Readonly<Record<string, unknown>>;

/**
 * What is below a field may cost. Of a page, for which it is not known here how many objects it holds, a part is counted
 * once, and the other part for each of its objects; a page of the first lists, which are below nothing, has a price of its own.
 */
interface Price {
	readonly outside: number;
	readonly ofFirstPage: number;
	readonly ofPage: number;
	readonly ofObject: number;
}

const nothing: Price = { outside: 0, ofFirstPage: 0, ofPage: 0, ofObject: 0 };

const everywhere = (cost: number): Price => ({ outside: cost, ofFirstPage: cost, ofPage: cost, ofObject: 0 });

const sumOf = (one: Price, other: Price): Price => ({
	outside: one.outside + other.outside,
	ofFirstPage: one.ofFirstPage + other.ofFirstPage,
	ofPage: one.ofPage + other.ofPage,
	ofObject: one.ofObject + other.ofObject,
});

/**
 * What an operation may cost at most: 1, and for each list 1 for every 10 objects that it may hold, as often as what it is
 * below of may be in the result; 1 for each count. Lists that grow with every report cost more (see ofGrowing). A page holds as
 * many objects as are asked for, other lists are reckoned with 10. A change costs 10 more and 1 for each item of its input, what
 * is asked of the schema itself 50.
 * Looks at each selection of the document and at each value in it once, however its fragments multiply; `visit` is called for each.
 */
export function costOf(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, given: Variables, visit = () => {}): Cost {
	const fragments = fragmentsOf(document);
	const values = createValues(operation, given, visit);
	const root = schema.getRootType(operation.operation) ?? undefined;
	const known = new Map<string, Price>();

	function ofFragment(name: string): Price {
		const present = known.get(name);
		if (present !== undefined) return present;
		known.set(name, nothing); // one that leads to itself is refused when the document is validated
		const fragment = fragments.get(name);
		const price = fragment === undefined ? nothing : ofSelections(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value));
		known.set(name, price);
		return price;
	}

	function ofSelections({ selections }: SelectionSetNode, type: GraphQLNamedType | undefined): Price {
		let sum = nothing;
		for (const node of selections) {
			visit();
			sum = sumOf(sum, ofSelection(node, type));
		}
		return sum;
	}

	function ofSelection(node: SelectionNode, type: GraphQLNamedType | undefined): Price {
		if (node.kind === Kind.FRAGMENT_SPREAD) return ofFragment(node.name.value);
		if (node.kind === Kind.FIELD) return ofField(node, type);
		return ofSelections(node.selectionSet, node.typeCondition === undefined ? type : schema.getType(node.typeCondition.name.value));
	}

	function ofField(node: FieldNode, parent: GraphQLNamedType | undefined): Price {
		const name = node.name.value;
		const items = values.longestIn(node);
		const ofItself = parent !== undefined && parent === schema.getMutationType() ? everywhere(ofChange + (items ?? 0)) : nothing;
		if (name === "__schema" || name === "__type" || (name === "_service" && parent === root)) return everywhere(ofSchema);
		const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
		if (field === undefined) return ofItself;
		return sumOf(ofItself, name === "totalCount" ? countOf(parent) : ofObjects(field, node, parent, items));
	}

	/** What the field returns. */
	function ofObjects(field: GraphQLField<unknown, unknown>, node: FieldNode, parent: GraphQLNamedType | undefined, items: number | undefined): Price {
		const type = getNamedType(field.type);
		if (!isCompositeType(type) || node.selectionSet === undefined) return nothing;
		const below = ofSelections(node.selectionSet, type);
		const size = sizeOfPage(field, node, values);
		const page = parent === root ? below.ofFirstPage : below.ofPage;
		if (size !== undefined) return everywhere(Math.ceil(size / objectsPerPoint) + ofWork(node, type, parent) + page + size * below.ofObject);
		const isList = isListType(getNullableType(field.type));
		const objects = items ?? reckoned;
		const outside = isList ? Math.ceil(objects / objectsPerPoint) + objects * below.outside : below.outside;
		if (!isPartOfPage(field.name)) return everywhere(outside);
		return isList ? { ...nothing, outside, ofObject: below.outside } : { ...below, outside };
	}

	/** What a list is more work for; what it is filtered and ordered by is looked at, and not by which values. */
	function ofWork(node: FieldNode, type: GraphQLNamedType, parent: GraphQLNamedType | undefined): number {
		if (type.name === ofTotals.type) return ofSums(node, parent);
		const growing = ofGrowing[type.name];
		const filters = values.namesIn(argumentOf(node, "filter"));
		const search = filters.includes("search") || (growing !== undefined && filters.includes("username")) ? ofSearch : 0;
		if (growing === undefined || parent !== root) return search;
		const isByType = filters.includes("type") || filters.includes("types");
		const days = isByType && (filters.includes("dateAfter") || filters.includes("dateBefore")) ? growing.typeAndDays : 0;
		const isOrdered = values.namesIn(argumentOf(node, "orderBy")).length > 0;
		return search + days + (isOrdered || filters.some((filter) => unordered.has(filter)) ? ofOrder : 0);
	}

	function ofSums(node: FieldNode, parent: GraphQLNamedType | undefined): number {
		const filters = values.namesIn(argumentOf(node, "filter"));
		const reading = parent !== root ? ofTotals.below : filters.some((name) => narrowing.includes(name)) ? ofTotals.filtered : ofTotals.all;
		return (filters.includes("username") ? ofSearch : 0) + reading * (values.isTrue(argumentOf(node, "comparePrevious")) ? 2 : 1);
	}

	const { outside } = ofSelections(operation.selectionSet, root);
	return { cost: 1 + outside, maxListLength: values.longest() };
}

function countOf(page: GraphQLNamedType | undefined): Price {
	const { count, countBelow } = ofGrowing[page?.name ?? ""] ?? { count: ofCount, countBelow: ofCount };
	return { ...nothing, ofFirstPage: count, ofPage: countBelow };
}

const argumentOf = (node: FieldNode, argument: string): ValueNode | undefined => node.arguments?.find(({ name }) => name.value === argument)?.value;

/** The fields that hold the objects of a page. */
const isPartOfPage = (name: string): boolean => name === "nodes" || name === "edges";

/** How many objects a page may hold; undefined for a field that returns none. */
function sizeOfPage(field: GraphQLField<unknown, unknown>, node: FieldNode, values: Values): number | undefined {
	if (!field.args.some(({ name }) => name === "first")) return undefined;
	const sizes = ["first", "last"].map((name) => values.numberIn(argumentOf(node, name)));
	const asked = sizes.find((size) => size !== undefined);
	const largest = getNamedType(field.type).name === ofTotals.type ? ofTotals.largest : largestPageSize;
	return asked === undefined ? defaultPageSize : Math.min(Math.max(asked, 1), largest);
}

/** What the arguments of an operation hold, by what it was given. */
interface Values {
	/** Undefined for what is no number. */
	numberIn(node: ValueNode | undefined): number | undefined;
	/** Whether it is true. */
	isTrue(node: ValueNode | undefined): boolean;
	/** The names in an object, without those that are null. */
	namesIn(node: ValueNode | undefined): readonly string[];
	/** How many items the longest list among the field's arguments has; undefined without one. */
	longestIn(field: FieldNode): number | undefined;
	/** The items of the longest list that was given, or looked at. */
	longest(): number;
}

function createValues({ variableDefinitions = [] }: OperationDefinitionNode, given: Variables, visit: () => void): Values {
	const defaults = new Map(variableDefinitions.map(({ variable, defaultValue }) => [variable.name.value, defaultValue]));
	const inVariables = new Map<string, number | undefined>();
	let longest = 0;
	for (const name of Object.keys(given)) longest = Math.max(longest, inVariable(name) ?? 0);

	/** A variable may be used many times: it is looked through once. */
	function inVariable(name: string): number | undefined {
		if (!inVariables.has(name)) {
			inVariables.set(name, undefined);
			inVariables.set(name, Object.hasOwn(given, name) ? longestList(given[name]) : inValue(defaults.get(name)));
		}
		return inVariables.get(name);
	}

	function inValue(node: ValueNode | undefined): number | undefined {
		if (node === undefined) return undefined;
		visit();
		switch (node.kind) {
			case Kind.VARIABLE:
				return inVariable(node.name.value);
			case Kind.LIST:
				return node.values.reduce<number | undefined>((length, value) => larger(length, inValue(value)), node.values.length);
			case Kind.OBJECT:
				return node.fields.reduce<number | undefined>((length, { value }) => larger(length, inValue(value)), undefined);
			default:
				return undefined;
		}
	}

	/** Neither null nor a variable that is. */
	function isGiven(node: ValueNode): boolean {
		if (node.kind !== Kind.VARIABLE) return node.kind !== Kind.NULL;
		const name = node.name.value;
		const otherwise = defaults.get(name);
		return Object.hasOwn(given, name) ? given[name] != null : otherwise !== undefined && otherwise.kind !== Kind.NULL;
	}

	return {
		numberIn: (node) => {
			if (node?.kind === Kind.INT) return Number(node.value);
			if (node?.kind !== Kind.VARIABLE) return undefined;
			const name = node.name.value;
			const value = Object.hasOwn(given, name) ? given[name] : defaultNumber(defaults.get(name));
			return typeof value === "number" ? value : undefined;
		},
		namesIn: (node) => {
			const name = node?.kind === Kind.VARIABLE ? node.name.value : undefined;
			if (name !== undefined && Object.hasOwn(given, name))
				return Object.entries(given[name] ?? {}).flatMap(([field, value]) => (value == null ? [] : [field]));
			const value = name === undefined ? node : defaults.get(name);
			return value?.kind === Kind.OBJECT ? value.fields.flatMap((field) => (isGiven(field.value) ? [field.name.value] : [])) : [];
		},
		isTrue: (node) => {
			if (node?.kind !== Kind.VARIABLE) return node?.kind === Kind.BOOLEAN && node.value;
			const name = node.name.value;
			const otherwise = defaults.get(name);
			return Object.hasOwn(given, name) ? given[name] === true : otherwise?.kind === Kind.BOOLEAN && otherwise.value;
		},
		longestIn: ({ arguments: args = [] }) => {
			const length = args.reduce<number | undefined>((length, { value }) => larger(length, inValue(value)), undefined);
			longest = Math.max(longest, length ?? 0);
			return length;
		},
		longest: () => longest,
	};
}

const defaultNumber = (node: ValueNode | undefined): number | undefined => (node?.kind === Kind.INT ? Number(node.value) : undefined);

const larger = (one: number | undefined, other: number | undefined): number | undefined =>
	one === undefined ? other : other === undefined ? one : Math.max(one, other);
