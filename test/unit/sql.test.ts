import fc from "fast-check";
import { expect, test } from "vitest";
import { and, list, name, or, raw, type Sql, sql } from "../../src/database/sql.ts";
import { Prisma } from "../../src/generated/prisma/client.ts";

const written = ({ text, values }: Pick<Sql, "text" | "values">) => ({ text, values });

test("values are parameters, numbered through all parts", () => {
	const part = sql`"b" = ${"2"} and ${sql`"c" = ${3}`}`;
	expect(written(sql`select ${name('a"')} from "t" where "a" = ${1} and ${part} or ${[4]} is null`)).toEqual({
		text: 'select "a""" from "t" where "a" = $1 and "b" = $2 and "c" = $3 or $4 is null',
		values: [1, "2", 3, [4]],
	});
});

test("a part keeps its own text and values when it is composed into others, twice too", () => {
	const part = sql`${1} + ${2}`;
	expect(written(sql`${part} * ${part}`)).toEqual({ text: "$1 + $2 * $3 + $4", values: [1, 2, 1, 2] });
	expect(written(part)).toEqual({ text: "$1 + $2", values: [1, 2] });
});

test("a value is never part of the text, whatever it looks like", () => {
	expect(written(sql`select ${"'; drop table x --"}`)).toEqual({ text: "select $1", values: ["'; drop table x --"] });
	expect(written(sql`select ${{ text: "1", values: [] }}`).text).toBe("select $1");
	expect(written(sql`select ${undefined}, ${null}`)).toEqual({ text: "select $1, $2", values: [undefined, null] });
});

test("lists are joined, and without members they are empty, always true, or never true", () => {
	const parts = [sql`a = ${1}`, raw("b"), sql`${2} = c`];
	expect(written(list(parts))).toEqual({ text: "a = $1, b, $2 = c", values: [1, 2] });
	expect(written(list(parts, " union all "))).toEqual({ text: "a = $1 union all b union all $2 = c", values: [1, 2] });
	expect(written(and(parts))).toEqual({ text: "(a = $1 and b and $2 = c)", values: [1, 2] });
	expect(written(or(parts))).toEqual({ text: "(a = $1 or b or $2 = c)", values: [1, 2] });
	expect([list([]), and([]), or([])].map(({ text }) => text)).toEqual(["", "true", "false"]);
	expect(written(list([sql`${1}`]))).toEqual({ text: "$1", values: [1] });
});

/** A statement: its texts, and between each two of them a value or another statement. */
interface Tree {
	readonly texts: readonly string[];
	readonly between: readonly (Tree | { readonly value: unknown })[];
}

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
	tree: fc
		.array(fc.oneof({ maxDepth: 3 }, fc.record({ value: fc.oneof(fc.string(), fc.integer(), fc.constant(null)) }), tie("tree")), { maxLength: 4 })
		.chain((between) =>
			fc.array(fc.string({ maxLength: 5 }), { minLength: between.length + 1, maxLength: between.length + 1 }).map((texts) => ({ texts, between })),
		),
}));

type Tag<Made> = (texts: readonly string[], ...between: unknown[]) => Made;

const made = <Made>(tag: Tag<Made>, { texts, between }: Tree): Made =>
	tag(texts, ...between.map((inner) => ("value" in inner ? inner.value : made(tag, inner))));

test("any composition is what Prisma's own tag makes of it", () => {
	fc.assert(fc.property(tree, (one) => void expect(written(made(sql, one))).toEqual(written(made(Prisma.sql, one)))));
});
