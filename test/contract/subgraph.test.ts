import { buildSchema, isUnionType } from "graphql";
import { describe, expect, test } from "vitest";
import { contractOf } from "../../src/federation/contract.ts";
import { subgraphOf } from "../../src/federation/subgraph.ts";
import { schema } from "../../src/schema.ts";
import { nodeTypes, typeNamed } from "../support/fixture.fields.ts";

const subgraph = subgraphOf(schema);
/** What is stored, and totals, which are computed and nodes as well. */
const entities = [...nodeTypes, typeNamed("CategoryComponentUsage")];
const names = entities.map(({ name }) => name).sort();

describe("the subgraph", () => {
	test("has every node as an entity, by each key that it has", () => {
		const keys = entities.map((type) =>
			[type.name, ...["id", "uuid"].filter((key) => key in type.getFields()).map((key) => `@key(fields: "${key}")`)].join(" "),
		);
		const written = [...subgraph.matchAll(/^type (\w+) implements Node((?: @key\(fields: "\w+"\))*) \{$/gm)].map(
			([, name, directives]) => `${name}${directives}`,
		);
		expect(written.sort()).toEqual(keys.sort());
	});

	test("answers every node among its entities, and nothing else", () => {
		const entity = schema.getType("_Entity");
		expect(isUnionType(entity) && entity.getTypes().map(({ name }) => name).sort()).toEqual(names); // biome-ignore format: one claim
	});

	test("leaves to the router what it asks subgraphs by", () => {
		expect(subgraph).not.toMatch(/\b_(entities|service|Any|Entity|Service)\b/);
	});
});

test("what composers do not know by themselves is declared, where it is used", () => {
	const inputs = "input A @oneOf { b: Int c: Int } type Query { d(a: A): Int }";
	const parts = (text: string) => subgraphOf(buildSchema(text)).match(/^(extend schema|directive @oneOf|input A.*)/gm);
	expect(parts(inputs)).toEqual(["extend schema", "directive @oneOf", "input A @oneOf {"]);
	expect(parts(inputs.replace("@oneOf", ""))).toEqual(["extend schema", "input A {"]);
});

test("clients are promised nothing that is for routers alone, and all else that is served", () => {
	const served = Object.keys(schema.getTypeMap()).filter((name) => !/^_[^_]/.test(name));
	expect(Object.keys(contractOf(schema).getTypeMap()).sort()).toEqual(served.sort());
});

test("a contract of the same words is the same schema", () => {
	expect(() => buildSchema(subgraph.replace(/^extend schema.*$/m, "").replaceAll(/ @(key\(fields: "\w+"\)|shareable)/g, ""))).not.toThrow();
});
