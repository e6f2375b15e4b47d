import {
	type FieldNode,
	type GraphQLField,
	type GraphQLInputType,
	type GraphQLObjectType,
	type GraphQLSchema,
	getArgumentValues,
	getNullableType,
	isInputObjectType,
	isListType,
	type OperationDefinitionNode,
	type SelectionSetNode,
	visit,
} from "graphql";
import type { Shape } from "../../database/select.ts";
import type { AnyRow } from "../../reading/statements.ts";
import { asksFor, fieldsOf, grouped, type Operation, shapeOf } from "../selection.ts";
import { type Execution, Unplanned } from "./execution.ts";

export type Field = GraphQLField<unknown, unknown>;

/** One field of an answer: what is asked of it, under one name. */
export interface Asked {
	/** Its name in the answer, as JSON, with the colon. */
	readonly head: string;
	readonly name: string;
	readonly nodes: readonly FieldNode[];
	/** Absent for __typename. */
	readonly field: Field | undefined;
}

/** A plan takes time and memory for each field of the answer, and few words can ask for many where fragments are spread at several places. */
const mostFields = 3_000;

/** What the parts of one plan share while it is made. */
export class Planner {
	readonly #about: Operation;
	#parts = 0;
	#planned = 0;

	constructor(schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Operation["fragments"]) {
		for (const node of [operation, ...Object.values(fragments)]) {
			visit(node, {
				Directive: () => {
					throw new Unplanned("What is asked depends on variables.");
				},
			});
		}
		this.#about = { schema, fragments, variableValues: {} };
	}

	/** The number of a part that keeps what it has read. */
	nextPart(): number {
		return this.#parts++;
	}

	/** How many fields of the answer there is a plan of. */
	get planned(): number {
		return this.#planned;
	}

	/** The fields that are asked of objects of the type, each name of the answer once. */
	fields(type: GraphQLObjectType, selectionSets: readonly SelectionSetNode[]): readonly Asked[] {
		const byName = grouped(fieldsOf(selectionSets, type, this.#about), ({ alias, name }) => (alias ?? name).value);
		this.#planned += byName.size;
		if (this.#planned > mostFields) throw new Unplanned(`There is no plan of more than ${mostFields} fields.`);
		return [...byName].map(([answered, nodes]) => {
			const name = nodes[0]?.name.value ?? "";
			const field = type.getFields()[name];
			if (field === undefined && name !== "__typename") throw new Unplanned(`There is no plan of ${name}.`);
			return { head: `${JSON.stringify(answered)}:`, name, nodes, field };
		});
	}

	/** What is wanted of the rows of the type below the field. */
	shape(asked: Asked, typeName: string, paths?: readonly (readonly string[])[]): Shape {
		return shapeOf(this.#infoOf(asked), typeName, paths);
	}

	asksFor(asked: Asked, paths: readonly (readonly string[])[]): boolean {
		return asksFor(this.#infoOf(asked), paths);
	}

	/** How the field's arguments are found in an execution. */
	args({ field, nodes: [node] }: Asked): (execution: Execution) => never {
		if (field === undefined || node === undefined) throw new Unplanned("There is no field.");
		const read = (variables: Execution["variables"]) => readArguments(field, node, variables) as never;
		if (usesVariables(node)) return ({ variables }) => read(variables);
		const constant = read({});
		return () => constant;
	}

	#infoOf({ field, nodes }: Asked) {
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
	// The schema builder reads ids before a resolver gets them.
	if (field.args.some(({ name, type, extensions }) => holdsId(type, extensions, values[name]))) throw new Unplanned("An argument holds an id.");
	return values;
}

function holdsId(type: GraphQLInputType, extensions: Readonly<Record<string, unknown>>, value: unknown): boolean {
	if (value == null) return false;
	if (extensions["isRelayGlobalID"] === true) return true;
	const present = getNullableType(type);
	if (isListType(present)) return (value as unknown[]).some((item) => holdsId(present.ofType, {}, item));
	return isInputObjectType(present) && Object.values(present.getFields()).some((field) => holdsId(field.type, field.extensions, (value as AnyRow)[field.name]));
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
