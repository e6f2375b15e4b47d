import { type GraphQLArgument, type GraphQLInputField, getNamedType, isInputObjectType, isInterfaceType, isObjectType } from "graphql";
import { expect, test } from "vitest";
import { schema } from "../../src/schema.ts";

/** What takes an id and names no object of one type that has a uuid. */
const others = new Set(["Query.node(id)", "Query.nodes(ids)", "Query.categoryComponentUsage(id)"]);

function* inputs(): Generator<[string, GraphQLArgument | GraphQLInputField]> {
	for (const type of Object.values(schema.getTypeMap())) {
		if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) yield [`${type.name}.${field.name}`, field];
		if (!isObjectType(type) && !isInterfaceType(type)) continue;
		for (const field of Object.values(type.getFields())) for (const arg of field.args) yield [`${type.name}.${field.name}(${arg.name})`, arg];
	}
}

test("every argument and input that takes an identifier says which type of objects it names, so that an id of another type is refused", () => {
	const silent = [...inputs()].filter(([name, { type, extensions }]) => {
		const types = (extensions as { naming?: readonly string[] }).naming;
		const isNode = (types ?? []).every((named) => isObjectType(schema.getType(named)));
		return ["UUID", "ID"].includes(getNamedType(type).name) && !others.has(name) && (types === undefined || !isNode);
	});

	expect(silent.map(([name]) => name)).toEqual([]);
});
