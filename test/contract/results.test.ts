import { type GraphQLField, getNamedType, isNonNullType, isUnionType } from "graphql";
import { expect, test } from "vitest";
import { schema } from "../../src/schema.ts";

type Field = GraphQLField<unknown, unknown>;

const queries: readonly Field[] = Object.values(schema.getQueryType()?.getFields() ?? {});
const mutations: readonly Field[] = Object.values(schema.getMutationType()?.getFields() ?? {});

const membersOf = ({ type }: Field): string[] => {
	const union = getNamedType(type);
	return isUnionType(union) ? union.getTypes().map(({ name }) => name) : [];
};

test("a root field may be null, so that one that fails takes no other with it", () => {
	expect([...queries, ...mutations].filter(({ type }) => isNonNullType(type)).map(({ name }) => name)).toEqual([]);
});

test.each(mutations)("$name answers a result that has its payload and every typed error, FORBIDDEN among them", (mutation) => {
	const result = `${mutation.name[0]?.toUpperCase()}${mutation.name.slice(1)}`;

	expect(getNamedType(mutation.type).name).toBe(`${result}Result`);
	expect(membersOf(mutation).toSorted()).toEqual(["ForbiddenError", "InvalidInputError", "NotFoundError", "RuleError", `${result}Payload`].toSorted());
});

test("a query answers what may not be asked at the top, and so none has ForbiddenError among its results", () => {
	expect(queries.filter((query) => membersOf(query).includes("ForbiddenError")).map(({ name }) => name)).toEqual([]);
});

test("only payloads of deletes are without an object of theirs, and they say which one is gone", () => {
	for (const { name } of mutations.filter(({ name }) => name.startsWith("delete"))) {
		const what = name.slice("delete".length);
		const payload = schema.getType(`Delete${what}Payload`);
		const fields = payload !== undefined && "getFields" in payload ? payload.getFields() : {};

		expect(String(fields[`deleted${what}Id`]?.type)).toBe("ID!");
		expect(fields["id"]).toBeUndefined();
	}
});
