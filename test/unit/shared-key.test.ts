import { type DocumentNode, parse } from "graphql";
import { expect, test } from "vitest";
import { sharedKey } from "../../src/subscription/operation.ts";

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
