import { readFileSync } from "node:fs";
import {
	type BreakingChange,
	BreakingChangeType,
	buildSchema,
	findBreakingChanges,
	type GraphQLSchema,
	isEnumType,
	isInputObjectType,
	isInterfaceType,
	isIntrospectionType,
	isObjectType,
	isScalarType,
	isSpecifiedScalarType,
	lexicographicSortSchema,
	printSchema,
} from "graphql";
import { describe, expect, test } from "vitest";
import { contractOf } from "../../src/federation/contract.ts";
import { schema } from "../../src/schema.ts";
import { projectPath } from "../../src/shared/project-root.ts";

const committed = (): string => readFileSync(projectPath("schema.graphql"), "utf8");

/** schema.graphql of the last version that was released: replaced by the present one when a version is. */
const released = buildSchema(readFileSync(projectPath("test/contract/released.graphql"), "utf8"));

/** What .deploy/CHANGELOG.md says of the next version that breaks clients: names as "Type.field"; of "Query.*", that all may be null. */
function announced(): string[] {
	const [, unreleased = ""] = readFileSync(projectPath(".deploy/CHANGELOG.md"), "utf8").split(/^## /m);
	const [, section = ""] = unreleased.split(/^### Breaking changes of the schema$/m);
	const [list = ""] = section.split(/^### /m);
	return [...list.matchAll(/^- ((?:`[^`]+`(?:, | and )?)+)/gm)].flatMap(([, names = ""]) => [...names.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
}

/** The change, by the name of what it breaks. */
const nameOf = ({ description }: BreakingChange): string => /[A-Za-z_]\w*(\.\w+)*/.exec(description)?.[0] ?? description;

const becomesNullable = ({ type, description }: BreakingChange): boolean =>
	type === BreakingChangeType.FIELD_CHANGED_KIND && / from (\S+)! to \1\.$/.test(description);

const isAnnounced = (change: BreakingChange, names: readonly string[]): boolean =>
	names.includes(nameOf(change)) || (becomesNullable(change) && names.includes(nameOf(change).replace(/\.\w+$/, ".*")));

/** Whether the release had announced that it would go. */
function wasDeprecated(change: BreakingChange): boolean {
	const [typeName = "", fieldName = ""] = nameOf(change).split(".");
	const type = released.getType(typeName);
	if (isEnumType(type)) return type.getValue(fieldName)?.deprecationReason != null;
	return type !== undefined && "getFields" in type && type.getFields()[fieldName]?.deprecationReason != null;
}

/** Every field, argument and value that is deprecated, with the reason. */
function* deprecated(of: GraphQLSchema): Generator<[string, string]> {
	for (const type of Object.values(of.getTypeMap())) {
		if (isIntrospectionType(type)) continue;
		const members = isEnumType(type) ? type.getValues() : "getFields" in type ? Object.values(type.getFields()) : [];
		for (const member of members) {
			if (member.deprecationReason != null) yield [`${type.name}.${member.name}`, member.deprecationReason];
			for (const argument of "args" in member ? member.args : [])
				if (argument.deprecationReason != null) yield [`${type.name}.${member.name}(${argument.name})`, argument.deprecationReason];
		}
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

	test("breaks nothing that the last release promised and did not deprecate, but what the changelog says", () => {
		const changes = findBreakingChanges(released, schema).filter((change) => !wasDeprecated(change));

		expect(changes.filter((change) => !isAnnounced(change, announced())).map(({ description }) => description)).toEqual([]);
	});

	test("breaks all that the changelog says it breaks", () => {
		const changes = findBreakingChanges(released, schema);

		expect(announced().filter((name) => !changes.some((change) => isAnnounced(change, [name])))).toEqual([]);
		expect(announced()).not.toEqual([]);
	});

	test("gives each deprecation a reason and the day since when", () => {
		const reasons = [...deprecated(schema)].filter(([, reason]) => !/^Use .+\. Since \d{4}-\d\d-\d\d\.$/s.test(reason));

		expect(reasons).toEqual([]);
	});

	test("says where to begin, in words that people look for", () => {
		const text = [schema.description, ...[...described(schema)].map(([, description]) => description)].join(" ");

		for (const word of ["alert", "export", "threshold", "quota", "Signing in", "First query"]) expect(text).toContain(word);
	});

	test("names the specification of each scalar that has one", () => {
		const own = Object.values(contractOf(schema).getTypeMap()).filter((type) => isScalarType(type) && !isSpecifiedScalarType(type));

		expect(own.filter((type) => isScalarType(type) && type.specifiedByURL == null).map(({ name }) => name)).toEqual(["Decimal"]);
	});

	test("says of everything in it what it is", () => {
		expect([...described(schema)].filter(([, description]) => description == null || description.trim() === "").map(([name]) => name)).toEqual([]);
	});
});
