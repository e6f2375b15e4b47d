import { encodeGlobalID } from "@pothos/plugin-relay";
import { type GraphQLObjectType, getNamedType, isObjectType, type SelectionSetNode } from "graphql";
import { exposedBy, readsOf } from "../graphql/reads.ts";
import { selectionSetsOf } from "../graphql/shape-of.ts";
import type { AnyRow } from "../reading/statements.ts";
import { connectionPlan } from "./connection-plan.ts";
import { type ObjectPlan, objectsIn, type Read, together, Unplanned } from "./execution.ts";
import { bareWriter, type Member, objectWriter, quoted, writer } from "./json.ts";
import type { Asked, Field, Planner } from "./planner.ts";

/** How one field is answered: what it reads for all objects at once, and how it is written for each of them. */
export interface FieldPlan extends Omit<Member<AnyRow>, "head"> {
	readonly read?: Read | undefined;
}

/** How objects of the type are answered. Throws Unplanned when there is a field that does not tell what it reads. */
export function objectPlan(type: GraphQLObjectType, selectionSets: readonly SelectionSetNode[], planner: Planner): ObjectPlan {
	const fields = planner.fields(type, selectionSets).map((asked) => ({ head: asked.head, ...fieldPlan(type, asked, planner) }));
	return {
		read: together(fields.map(({ read }) => read)),
		write: objectWriter(fields),
	};
}

function fieldPlan(type: GraphQLObjectType, asked: Asked, planner: Planner): FieldPlan {
	const { field, name } = asked;
	if (field === undefined) return constant(type.name);
	const reads = readsOf(field);
	const property = reads?.kind === "link" ? reads.link : exposedBy(field);
	if (property !== undefined) return propertyPlan(property, field, objectsOf(field, asked, planner));
	if (name === "id" && type.getInterfaces().some((one) => one.name === "Node")) return { write: ({ uuid }) => quoted(encodeGlobalID(type.name, String(uuid))) };
	return readingPlan(field, asked, planner);
}

const constant = (text: string): FieldPlan => {
	const written = quoted(text);
	return { write: () => written };
};

/** The value is a property of the object: a column, or a row that is read together with it. */
function propertyPlan(property: string, field: Field, objects: ObjectPlan | undefined): FieldPlan {
	const bare = bareWriter(field.type);
	if (bare !== undefined) return { write: (row, execution) => bare(row[property], execution), isBare: true };
	const write = writer(field.type, objects);
	const read = objects?.read;
	return {
		read: read && ((rows, execution) => read(objectsIn(rows.map((row) => row[property])), execution)),
		write: (row, execution) => write(row[property], execution),
	};
}

/** The plan of the objects behind a field; undefined when it answers none. */
function objectsOf(field: Field, asked: Asked, planner: Planner): ObjectPlan | undefined {
	const type = getNamedType(field.type);
	const selectionSets = selectionSetsOf(asked.nodes);
	if (selectionSets.length === 0) return undefined;
	if (!isObjectType(type)) throw new Unplanned(`There is no plan of ${type.name}.`);
	return objectPlan(type, selectionSets, planner);
}

/** What the field's resolver tells that it reads. */
function readingPlan(field: Field, asked: Asked, planner: Planner): FieldPlan {
	const reads = readsOf(field);
	if (reads?.kind === "pages") return connectionPlan(reads.list, field, asked, planner);
	const objects = objectsOf(field, asked, planner);
	const write = writer(field.type, objects);
	const below: Read = (values, execution) => objects?.read?.(objectsIn(values), execution) ?? Promise.resolve();
	if (reads?.kind === "made") {
		if (objects?.read !== undefined) throw new Unplanned("What is made while it is written reads no further.");
		return { write: (object, execution) => write(reads.value(object as never, execution.context), execution) };
	}
	const part = planner.nextPart();
	/** Reads values for the keys of the objects, each once, and keeps them by key. */
	const byKey = (
		keyOf: (object: AnyRow) => string | null,
		load: (keys: readonly string[], execution: Parameters<Read>[1]) => Promise<readonly unknown[]>,
	): FieldPlan => ({
		read: async (rows, execution) => {
			const keys = [...new Set(rows.flatMap((row) => keyOf(row) ?? []))];
			const values = keys.length === 0 ? [] : await load(keys, execution);
			execution.found[part] = new Map(keys.map((key, index) => [key, values[index]]));
			await below(values as readonly AnyRow[], execution);
		},
		write: (object, execution) => write((execution.found[part] as Map<string | null, unknown>).get(keyOf(object)) ?? null, execution),
	});
	const uuidOf = (row: AnyRow) => row["uuid"] as string;
	switch (reads?.kind) {
		case "whole": {
			const shape = planner.shape(asked, reads.list.model);
			return byKey(uuidOf, (uuids, { statements }) => statements.all(reads.list, shape, uuids));
		}
		case "stored": {
			const shape = planner.shape(asked, reads.model);
			return byKey(
				(object) => reads.uuid(object as never),
				(uuids, { statements }) => statements.linked(reads.model, shape, uuids),
			);
		}
		case "seen": {
			const shape = planner.shape(asked, reads.model);
			return byKey(
				(object) => object[reads.column] as string | null,
				(uuids, { statements }) => statements.visible(reads.model, shape, uuids),
			);
		}
		case "values": {
			const args = planner.args(asked);
			return byKey(uuidOf, (uuids, execution) => reads.load(uuids, args(execution), execution.context));
		}
		default:
			throw new Unplanned(`${field.name} does not tell what it reads.`);
	}
}
