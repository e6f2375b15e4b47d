import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import {
	buildSchema,
	findBreakingChanges,
	type GraphQLSchema,
	isEnumType,
	isInputObjectType,
	isInterfaceType,
	isIntrospectionType,
	isObjectType,
	isSpecifiedScalarType,
	lexicographicSortSchema,
	printSchema,
} from "graphql";
import { describe, expect, test } from "vitest";
import { contractOf } from "../../src/federation/contract.ts";
import { schema } from "../../src/schema.ts";
import { projectPath } from "../../src/shared/project-root.ts";

const committed = (): string => readFileSync(projectPath("schema.graphql"), "utf8");

/** schema.graphql of the last commit; what is there now where git does not know. */
function lastCommitted(): string {
	try {
		return execFileSync("git", ["show", "HEAD:schema.graphql"], { cwd: projectPath(), encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
	} catch {
		return committed();
	}
}

/** Every type, field, argument, input field and enumeration value, as "Type.field(argument)", with its description. */
function* described(of: GraphQLSchema): Generator<[string, string | null | undefined]> {
	for (const type of Object.values(of.getTypeMap())) {
		if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
		yield [type.name, type.description];
		if (isEnumType(type)) for (const value of type.getValues()) yield [`${type.name}.${value.name}`, value.description];
		if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) yield [`${type.name}.${field.name}`, field.description];
		if (!isObjectType(type) && !isInterfaceType(type)) continue;
		for (const field of Object.values(type.getFields())) {
			yield [`${type.name}.${field.name}`, field.description];
			for (const argument of field.args) yield [`${type.name}.${field.name}(${argument.name})`, argument.description];
		}
	}
}

describe("the contract", () => {
	test("is what is served", () => {
		expect(`${printSchema(lexicographicSortSchema(contractOf(schema)))}\n`).toBe(committed());
	});

	test("breaks nothing that the last commit promised", () => {
		expect(findBreakingChanges(buildSchema(lastCommitted()), schema)).toEqual([]);
	});

	test("says of everything in it what it is", () => {
		expect([...described(schema)].filter(([, description]) => description == null || description.trim() === "").map(([name]) => name)).toEqual([]);
	});
});
