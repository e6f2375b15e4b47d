import fc from "fast-check";
import { type DocumentNode, getOperationAST, type OperationDefinitionNode, parse, type SelectionNode, validate, visit } from "graphql";
import { describe, expect, test } from "vitest";
import { planOf } from "../../src/graphql/query-plan/query-plan.ts";
import { schema } from "../../src/schema.ts";
import { introspectionIn } from "../../src/server/introspection.ts";
import { costOf } from "../../src/server/limits/cost.ts";
import { documentBounds, documentRefusal } from "../../src/server/limits/document-bounds.ts";
import { anyFamily, chain, families } from "./documents.ts";

const perToken = 20;
const runs = Number(process.env["DOCUMENT_RUNS"] ?? 15);

/** The document; undefined when it has more words than are read. */
function read(text: string): DocumentNode | undefined {
	try {
		return parse(text, { maxTokens: documentBounds.tokens });
	} catch {
		return undefined;
	}
}

const tokensOf = (document: DocumentNode): number => document.tokenCount ?? 0;

/** Counts how many selections are taken out of the document from now on, by whoever walks over it. */
function watched(document: DocumentNode): () => number {
	let taken = 0;
	visit(document, {
		SelectionSet: (node) => {
			const all: readonly SelectionNode[] = node.selections;
			Object.defineProperty(node, "selections", {
				get: () => {
					taken += all.length;
					return all;
				},
			});
		},
	});
	const before = taken;
	return () => taken - before;
}

describe("before it is known who asks, a document is looked at no more than 20 times for each of its words:", () => {
	test.each(Object.entries(families))("%s", (_what, documents) => {
		fc.assert(
			fc.property(documents, (text) => {
				const document = read(text);
				if (document === undefined) return;
				let told = 0;
				const tell = () => void told++;
				const taken = watched(document);
				documentRefusal(document, documentBounds, tell);
				introspectionIn(document, tell);
				const [operation] = document.definitions as OperationDefinitionNode[];
				costOf(schema, document, operation as OperationDefinitionNode, {}, tell);
				expect(taken()).toBeLessThanOrEqual(tokensOf(document) * perToken);
				expect(told).toBeLessThanOrEqual(tokensOf(document) * perToken);
			}),
			{ numRuns: runs },
		);
	});
});

describe("a document is planned with no more than 20 looks for each of its words, or of the fields that it is answered with:", () => {
	test.each(Object.entries(families))("%s", (_what, documents) => {
		fc.assert(
			fc.property(documents, (text) => {
				const document = read(text);
				const operation = document && getOperationAST(document);
				if (document === undefined || operation == null || documentRefusal(document) !== undefined || validate(schema, document).length > 0) return;
				const taken = watched(document);
				const plan = planOf(schema, document, operation);
				expect(taken()).toBeLessThanOrEqual((tokensOf(document) + (plan?.fields ?? 3_000)) * perToken);
			}),
			{ numRuns: runs },
		);
	});

	test("copies of a field do not multiply from level to level", () => {
		const document = parse(chain(20, 6));
		const taken = watched(document);
		expect(planOf(schema, document, document.definitions[0] as OperationDefinitionNode)?.fields).toBeLessThan(20);
		expect(taken()).toBeLessThanOrEqual(tokensOf(document) * perToken);
	});
});

test("what is within the bounds is mostly valid: the documents reach what comes behind them", () => {
	const sample = fc.sample(anyFamily, { numRuns: 200, seed: 1 });
	const within = sample.filter((text) => {
		const document = read(text);
		return document !== undefined && documentRefusal(document) === undefined && validate(schema, document).length === 0;
	});
	expect(within.length).toBeGreaterThan(40);
});
