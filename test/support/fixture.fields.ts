import { type GraphQLField, type GraphQLObjectType, getNamedType, isListType, isObjectType } from "graphql";
import type { VisibleModel } from "../../src/access/visibility.ts";
import { schema } from "../../src/schema.ts";

/** A field of the schema that lists stored objects. */
export interface ListField {
	/** The object type that has it. */
	readonly on: string;
	readonly name: string;
	/** The type of what it lists. */
	readonly model: VisibleModel;
	readonly isConnection: boolean;
}

export const typeNamed = (name: string): GraphQLObjectType => {
	const type = schema.getType(name);
	if (!isObjectType(type)) throw new Error(`There is no object type ${name}.`);
	return type;
};

const isNode = (type: GraphQLObjectType): boolean => type.getInterfaces().some(({ name }) => name === "Node");

/** The stored objects' types: each can be fetched again by its id. Totals can as well, and are computed rows without a uuid. */
export const nodeTypes: readonly GraphQLObjectType[] = Object.values(schema.getTypeMap()).filter(
	(type) => isObjectType(type) && isNode(type) && type.getFields()["uuid"] !== undefined,
) as GraphQLObjectType[];

/** Totals and quotas are computed rows: not looked at here. */
export const isStored = (model: string): boolean => nodeTypes.some(({ name }) => name === model);

const fieldsOf = (type: string): GraphQLField<unknown, unknown>[] => Object.values(typeNamed(type).getFields());

/** The type's fields that list stored objects, pages and whole lists alike. */
export function listFieldsOf(type: string): ListField[] {
	return fieldsOf(type).flatMap((field): ListField[] => {
		const listed = getNamedType(field.type);
		if (!isObjectType(listed)) return [];
		const [, ofConnection] = /^(\w+)Connection$/.exec(listed.name) ?? [];
		if (ofConnection !== undefined && isStored(ofConnection)) return [{ on: type, name: field.name, model: ofConnection as VisibleModel, isConnection: true }];
		const isList = isListType("ofType" in field.type ? field.type.ofType : field.type);
		return isList && isNode(listed) ? [{ on: type, name: field.name, model: listed.name as VisibleModel, isConnection: false }] : [];
	});
}

/** The type's fields that lead to one stored object. */
export function linkFieldsOf(type: string): string[] {
	return fieldsOf(type).flatMap((field) => {
		const linked = getNamedType(field.type);
		const isList = isListType("ofType" in field.type ? field.type.ofType : field.type);
		return isObjectType(linked) && isNode(linked) && !isList ? [field.name] : [];
	});
}
