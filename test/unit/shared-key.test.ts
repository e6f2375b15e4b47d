import { type DocumentNode, parse } from "graphql";
import { expect, test } from "vitest";
import { sharedKey } from "../../src/subscriptions/shared-key.ts";

const document = parse("subscription ($after: String, $kinds: [PolicyFiringKind!]) { policyFirings(after: $after, filter: { kinds: $kinds }) { __typename } }");
const usedTwice = parse(
	"subscription ($after: String) { policyFirings(after: $after) { ... on PolicyFiringEvent { firing { policy { name(in: $after) } } } } }",
);
const behindFragment = parse("subscription ($after: String) { ...A } fragment A on Subscription { policyFirings(after: $after) { __typename } }");
const twoOperations = parse("subscription A { policyFirings { __typename } } subscription B { usageReported { position } }");

interface Asked {
	document?: DocumentNode;
	variables?: Record<string, unknown>;
	operation?: string;
	viewer?: string;
}

const key = ({ document: asked = document, variables = {}, operation, viewer = "ann" }: Asked): string =>
	sharedKey({
		document: asked,
		variableValues: variables,
		operationName: operation ?? null,
		contextValue: { viewer: { uuid: viewer } },
	} as never);

const table: [sentence: string, one: Asked, other: Asked, isShared: boolean][] = [
	["the same is shared", {}, {}, true],
	["other positions are shared", { variables: { after: "1.1" } }, { variables: { after: "2.2" } }, true],
	["a position and none are shared", { variables: { after: "1.1" } }, {}, true],
	["a position behind a fragment is shared", { document: behindFragment, variables: { after: "1.1" } }, { document: behindFragment }, true],
	["the order of variables does not matter", { variables: { kinds: ["FIRED"], after: "1" } }, { variables: { after: "1", kinds: ["FIRED"] } }, true],
	[
		"names make no difference",
		{ document: parse("subscription A($x: [PolicyFiringKind!]) { policyFirings(filter: { kinds: $x }) { __typename } }"), variables: { x: ["FIRED"] } },
		{
			variables: { kinds: ["FIRED"] },
			document: parse("subscription ($kinds: [PolicyFiringKind!]) { policyFirings(filter: { kinds: $kinds }) { __typename } }"),
		},
		true,
	],
	[
		"names of fragments make no difference",
		{ document: parse("subscription { ...X } fragment X on Subscription { policyFirings { __typename } }") },
		{ document: parse("fragment Y on Subscription { policyFirings { __typename } } subscription N { ...Y }") },
		true,
	],
	["what the document does not use makes no difference", { variables: { kinds: ["FIRED"], extra: 1 } }, { variables: { kinds: ["FIRED"], extra: 2 } }, true],
	[
		"other operations of the document make no difference",
		{ document: twoOperations, operation: "A" },
		{ document: parse("subscription { policyFirings { __typename } }") },
		true,
	],
	[
		"the order of arguments and of the fields of objects makes no difference",
		{ document: parse('subscription { policyFirings(filter: { a: "1", b: 2 }, after: "1.1") { x(c: 1, d: 2) } }') },
		{ document: parse('subscription { policyFirings(after: "2.2", filter: { b: 2, a: """1""" }) { x(d: 2, c: 1) } }') },
		true,
	],
	["the order of the fields of a variable makes no difference", { variables: { kinds: [{ a: 1, b: 2 }] } }, { variables: { kinds: [{ b: 2, a: 1 }] } }, true],
	[
		"other aliases are not shared",
		{ document: parse("subscription { policyFirings { a: __typename } }") },
		{ document: parse("subscription { policyFirings { b: __typename } }") },
		false,
	],
	[
		"other texts are not shared",
		{ document: parse('subscription { policyFirings(filter: { a: "1" }) { x } }') },
		{ document: parse("subscription { policyFirings(filter: { a: 1 }) { x } }") },
		false,
	],
	[
		"two variables in turn are not shared",
		{ document: parse("subscription ($a: Int, $b: Int) { f(x: $a, y: $b) { z } }"), variables: { a: 1, b: 2 } },
		{ document: parse("subscription ($a: Int, $b: Int) { f(x: $b, y: $a) { z } }"), variables: { a: 1, b: 2 } },
		false,
	],
	[
		"what is left out by a directive is not shared",
		{ document: parse("subscription { f { z @skip(if: true) } }") },
		{ document: parse("subscription { f { z @skip(if: false) } }") },
		false,
	],
	[
		"other defaults are not shared",
		{ document: parse("subscription ($a: Int = 1) { f(x: $a) { z } }") },
		{ document: parse("subscription ($a: Int = 2) { f(x: $a) { z } }") },
		false,
	],
	["other variables are not shared", { variables: { kinds: ["FIRED"] } }, { variables: { kinds: ["RESET"] } }, false],
	["a variable and none are not shared", { variables: { kinds: [] } }, {}, false],
	[
		"a position that is used elsewhere too is not shared",
		{ document: usedTwice, variables: { after: "1" } },
		{ document: usedTwice, variables: { after: "2" } },
		false,
	],
	["other documents are not shared", {}, { document: behindFragment }, false],
	["other operations of a document are not shared", { document: twoOperations, operation: "A" }, { document: twoOperations, operation: "B" }, false],
	["other viewers are not shared", {}, { viewer: "bob" }, false],
];

test.each(table)("%s", (_sentence, one, other, isShared) => {
	expect(key(one) === key(other)).toBe(isShared);
});
