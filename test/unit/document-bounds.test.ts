import { parse } from "graphql";
import { expect, test } from "vitest";
import { documentRefusal, textRefusal } from "../../src/server/limits/document-bounds.ts";

const refusal = (document: string) => documentRefusal(parse(document))?.message;
const nested = (depth: number) => `${"{ a ".repeat(depth)}${"}".repeat(depth)}`;
const aliases = (count: number, field = "x") => `{ ${Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(" ")} }`;

test.each([
	["10 levels", nested(10)],
	["30 aliases", aliases(30)],
	["a subscription with directives below its field", "subscription { a { b @skip(if: true) } }"],
	["10 levels, each behind a page", `${"{ a { edges { node ".repeat(10)}${"}".repeat(30)}`],
	["10 levels, each behind a short page, and what comes behind it", `${"{ a { nodes ".repeat(9)}{ a { pageInfo }${"}".repeat(19)}`],
	["50 directives", `query @a { ${"x @a @b y @a ... @c { z } ".repeat(12)} w @a }`],
	["introspection of any depth", "{ __schema { a { b { c { d { e { f { g { h { i { j { k { l } } } } } } } } } } } } }"],
	["a fragment that leads to itself, which validation refuses", "{ ...A } fragment A on T { x ...A }"],
])("%s are let in", (_what, document) => {
	expect(refusal(document)).toBeUndefined();
});

test.each([
	["11 levels", nested(11), "The document nests fields 11 deep: 10 levels are allowed."],
	[
		"11 levels through fragments",
		`{ a { ...A } } fragment A on T { b { ...B } } fragment B on T ${nested(9)}`,
		"The document nests fields 11 deep: 10 levels are allowed.",
	],
	["11 levels in the second operation", `query A { x } query B ${nested(11)}`, "The document nests fields 11 deep: 10 levels are allowed."],
	["31 aliases", aliases(31), "The document has 31 aliases: 30 are allowed."],
	["31 aliases of __typename", aliases(31, "__typename"), "The document has 31 aliases: 30 are allowed."],
	["aliases in a fragment that is used often", `{ ${"...A ".repeat(16)} } fragment A on T { a: x b: y }`, "The document has 32 aliases: 30 are allowed."],
	[
		"a subscription that may listen to nothing",
		"subscription { a @include(if: false) }",
		"What a subscription listens to must not depend on @skip or @include.",
	],
	[
		"a subscription that may listen to nothing, by its fragments",
		"subscription { ... { ...A } } fragment A on T { ...A a @skip(if: true) }",
		"What a subscription listens to must not depend on @skip or @include.",
	],
	["51 directives", `query @a { ${"x @a @b y @a ... @c { z } ".repeat(12)} w @a @b }`, "The document has too many directives: 50 are allowed."],
	["11 levels, each behind a page", `${"{ edges { node { a ".repeat(11)}${"}".repeat(33)}`, "The document nests fields 11 deep: 10 levels are allowed."],
	[
		"31 levels of nothing but pages",
		`${"{ edges { node ".repeat(16)}${"}".repeat(32)}`,
		"The document nests fields 32 deep with those of pages: 30 levels are allowed.",
	],
	[
		"pages that a fragment doubles",
		`{ ...A } fragment A on T { ${"edges { node { ".repeat(15)} ...B ${"}".repeat(30)} } fragment B on T { nodes }`,
		"The document nests fields 31 deep with those of pages: 30 levels are allowed.",
	],
])("%s are refused", (_what, document, message) => {
	expect(refusal(document)).toBe(message);
});

test("fragments that double at each step are measured at once", () => {
	const doubling = Array.from({ length: 100 }, (_, step) => `fragment F${step} on T { ...F${step + 1} a${step}: x ...F${step + 1} }`).join(" ");
	expect(refusal(`{ ...F0 } ${doubling} fragment F100 on T { x }`)).toMatch(/^The document has .* aliases: 30 are allowed/);
});

test.each([
	["32,768 characters", "#".repeat(32_768), undefined],
	["32,769 characters", "#".repeat(32_769), "The document is too long: 32768 characters are allowed."],
	["1,000 lines", "\n".repeat(999), undefined],
	["1,001 lines", "\r\n".repeat(1_000), "The document has too many lines: 1000 are allowed."],
])("a text of %s is looked at before it is parsed", (_what, text, message) => {
	expect(textRefusal(text)?.message).toBe(message);
});

test("a name of more than 100 characters is refused: it comes with every object", () => {
	expect([refusal(`{ ${"a".repeat(101)}: x }`), refusal(`query ${"a".repeat(101)} { x }`)]).toEqual(Array(2).fill("A name has at most 100 characters."));
	expect(refusal(`{ ${"a".repeat(100)}: x }`)).toBeUndefined();
});
