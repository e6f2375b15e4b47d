import { decodeGlobalID } from "@pothos/plugin-relay";
import {
	type FieldNode,
	type GraphQLField,
	type GraphQLInputType,
	type GraphQLObjectType,
	type GraphQLSchema,
	getArgumentValues,
	getNamedType,
	getNullableType,
	isAbstractType,
	isInputObjectType,
	isListType,
	isObjectType,
	type SelectionSetNode,
	visit,
} from "graphql";
import type { RowSelection } from "../../database/select.ts";
import type { AnyRow } from "../../reading/statements.ts";
import type { NodeName } from "../fields/source.ts";
import { asksFor, fieldsOf, grouped, type Operation, rowSelectionOf, selectionSetsOf } from "../selection.ts";
import { type Execution, type ObjectPlan, Unplanned } from "./execution.ts";

export type Field = GraphQLField<unknown, unknown>;

/** One field of a result: what is asked of it, under one name. */
export interface PlannedField {
	/** Its name in the result, as JSON, with the colon. */
	readonly head: string;
	readonly name: string;
	readonly nodes: readonly FieldNode[];
	/** Absent for __typename. */
	readonly field: Field | undefined;
}

/** A field in a plan that is being made. */
export interface Place {
	readonly field: Field;
	readonly asked: PlannedField;
	readonly planner: Planner;
	/** Whether it is a field of the query itself: the plan then reports its errors where they belong. */
	readonly isRoot: boolean;
}

/** What an error is thrown as: at the root as it is; below it as Unplanned, for field by field it says where it happened. */
export const refusalAt = ({ isRoot }: Place, error: unknown): unknown => (isRoot ? error : new Unplanned("It is refused."));

/** How objects of the type are planned: a plan's parts ask for each other through this. */
export type PlanObjects = (type: GraphQLObjectType, selectionSets: readonly SelectionSetNode[], planner: Planner) => ObjectPlan;

/** A plan takes time and memory for each field of the result, and few words can ask for many where fragments are spread at several places. */
const maxFields = 3_000;

/** What the parts of one plan share while it is made. */
export class Planner {
	readonly #about: Operation;
	#parts = 0;
	#planned = 0;
	#statements = 0;

	readonly #planObjects: PlanObjects;

	/** `variables` are those that say which fields are skipped and included: the plan is good for these values alone. */
	constructor(schema: GraphQLSchema, fragments: Operation["fragments"], variables: Operation["variableValues"], planObjects: PlanObjects) {
		this.#about = { schema, fragments, variableValues: variables };
		this.#planObjects = planObjects;
	}

	/** The plan of the objects behind a field; undefined when it returns none. */
	objects(field: Field, asked: PlannedField): ObjectPlan | undefined {
		const selectionSets = selectionSetsOf(asked.nodes);
		if (selectionSets.length === 0) return undefined;
		const type = getNamedType(field.type);
		if (!isObjectType(type)) throw new Unplanned(`There is no plan of ${type.name}.`);
		return this.objectsOf(type, selectionSets);
	}

	objectsOf(type: GraphQLObjectType, selectionSets: readonly SelectionSetNode[]): ObjectPlan {
		return this.#planObjects(type, selectionSets, this);
	}

	/** The types of the objects that a field may return. */
	possibleTypes(field: Field): readonly GraphQLObjectType[] {
		const type = getNamedType(field.type);
		if (isAbstractType(type)) return this.#about.schema.getPossibleTypes(type);
		return isObjectType(type) ? [type] : [];
	}

	/** The number of a part that keeps what it has read. */
	nextPart(): number {
		return this.#parts++;
	}

	/** How many fields of the result are planned. */
	get planned(): number {
		return this.#planned;
	}

	/** Notes that a part reads by so many statements, however many objects it reads for. */
	reads(statements: number): void {
		this.#statements += statements;
	}

	/** By how many statements the plan reads at most: none is run for a level that has no objects. */
	get statements(): number {
		return this.#statements;
	}

	/** The fields that are asked of objects of the type, each name of the result once. */
	fields(type: GraphQLObjectType, selectionSets: readonly SelectionSetNode[]): readonly PlannedField[] {
		const byName = grouped(fieldsOf(selectionSets, type, this.#about), ({ alias, name }) => (alias ?? name).value);
		this.#planned += byName.size;
		if (this.#planned > maxFields) throw new Unplanned(`There is no plan of more than ${maxFields} fields.`);
		return [...byName].map(([answered, nodes]) => {
			const name = nodes[0]?.name.value ?? "";
			const field = type.getFields()[name];
			if (field === undefined && name !== "__typename") throw new Unplanned(`There is no plan of ${name}.`);
			return { head: `${JSON.stringify(answered)}:`, name, nodes, field };
		});
	}

	/** What is wanted of the rows of the type below the field. */
	selection(asked: PlannedField, typeName: string, paths?: readonly (readonly string[])[]): RowSelection {
		return rowSelectionOf(this.#infoOf(asked), typeName, paths);
	}

	asksFor(asked: PlannedField, paths: readonly (readonly string[])[]): boolean {
		return asksFor(this.#infoOf(asked), paths);
	}

	/** The field's arguments in an execution, read once for all objects. */
	args({ field, nodes: [node] }: PlannedField): (execution: Execution) => never {
		if (field === undefined || node === undefined) throw new Unplanned("There is no field.");
		const read = (variables: Execution["variables"]) => readArguments(field, node, variables) as never;
		if (!usesVariables(node)) {
			const constant = read({});
			return () => constant;
		}
		const part = this.nextPart();
		return ({ variables, found }) => {
			found[part] ??= read(variables);
			return found[part] as never;
		};
	}

	#infoOf({ field, nodes }: PlannedField) {
		if (field === undefined) throw new Unplanned("There is no field.");
		return { ...this.#about, fieldNodes: nodes, returnType: field.type };
	}
}

function readArguments(field: Field, node: FieldNode, variables: Execution["variables"]): Record<string, unknown> {
	let values: Record<string, unknown>;
	try {
		values = getArgumentValues(field, node, variables);
	} catch {
		throw new Unplanned("The arguments are refused.");
	}
	for (const { name, type, extensions } of field.args) if (values[name] != null) values[name] = withIds(type, extensions, values[name]);
	return values;
}

/** The value with its global ids decoded, as the schema builder does it for resolvers. Throws Unplanned for an id that is refused. */
function withIds(type: GraphQLInputType, extensions: Readonly<Record<string, unknown>>, value: unknown): unknown {
	if (value == null) return value;
	const present = getNullableType(type);
	if (isListType(present)) return (value as unknown[]).map((item) => withIds(present.ofType, extensions, item));
	if (extensions["isRelayGlobalID"] === true) return decodedId(String(value), extensions["relayGlobalIDFor"]);
	if (!isInputObjectType(present)) return value;
	const fields = present.getFields();
	return Object.fromEntries(
		Object.entries(value as AnyRow).map(([name, item]) => {
			const field = fields[name];
			return [name, field === undefined ? item : withIds(field.type, field.extensions, item)];
		}),
	);
}

function decodedId(text: string, allowed: unknown): NodeName {
	let name: NodeName;
	try {
		name = decodeGlobalID(text);
	} catch {
		throw new Unplanned("An id is refused.");
	}
	const types = allowed as readonly { typename: string; parseId?: unknown }[] | null | undefined;
	if (types != null && !types.some(({ typename, parseId }) => typename === name.typename && parseId === undefined)) throw new Unplanned("An id is refused.");
	return name;
}

function usesVariables(node: FieldNode): boolean {
	let uses = false;
	for (const argument of node.arguments ?? []) {
		visit(argument, {
			Variable: () => {
				uses = true;
			},
		});
	}
	return uses;
}
