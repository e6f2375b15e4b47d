import fc from "fast-check";
import { type DocumentNode, type OperationDefinitionNode, parse, validate } from "graphql";
import { planOf } from "../../../src/graphql/query-plan/query-plan.ts";
import { schema } from "../../../src/schema.ts";
import { introspectionIn } from "../../../src/server/introspection.ts";
import { costOf } from "../../../src/server/limits/cost.ts";
import { documentBounds, documentRefusal, textRefusal } from "../../../src/server/limits/document-bounds.ts";
import { families } from "../../attack/documents.ts";

/** So many documents of each kind, each looked at so many times: the middle one counts, and the worst document. */
const documents = 40;
const times = 5;

/** As long as a document may be: the text that is not asked with is blank. */
const padded = (text: string): string => `${text}\n${" ".repeat(Math.max(0, documentBounds.characters - text.length - 1))}`;

/** Milliseconds in the middle of several runs. */
function taken(work: () => void): number {
	const all = Array.from({ length: times }, () => {
		const begun = performance.now();
		work();
		return performance.now() - begun;
	});
	return all.sort((one, other) => one - other)[Math.floor(times / 2)] ?? Number.NaN;
}

/** What is done before it is known who asks; undefined when the document is refused. */
function looked(text: string): { document: DocumentNode; operation: OperationDefinitionNode } | undefined {
	if (textRefusal(text) !== undefined) return undefined;
	let document: DocumentNode;
	try {
		document = parse(text, { maxTokens: documentBounds.tokens });
	} catch {
		return undefined;
	}
	if (documentRefusal(document) !== undefined) return undefined;
	introspectionIn(document);
	const operation = document.definitions[0] as OperationDefinitionNode;
	costOf(schema, document, operation, {});
	return { document, operation };
}

/** What the worst document of each family takes, as a table. */
export function documentsTable(say: (line: string) => void): void {
	say("| documents of 32 KB | before it is known who asks | validation, for who has paid | plan |\n|---|---|---|---|");
	for (const [kind, made] of Object.entries(families)) {
		const worst = { before: 0, validation: 0, plan: 0 };
		for (const text of fc.sample(made, { numRuns: documents, seed: 1 }).map(padded)) {
			worst.before = Math.max(
				worst.before,
				taken(() => void looked(text)),
			);
			const found = looked(text);
			if (found === undefined) continue;
			const { document, operation } = found;
			worst.validation = Math.max(
				worst.validation,
				taken(() => void validate(schema, document)),
			);
			if (validate(schema, document).length > 0) continue;
			worst.plan = Math.max(
				worst.plan,
				taken(() => void planOf(schema, document, operation)),
			);
		}
		say(`| ${[kind, ...Object.values(worst).map((milliseconds) => milliseconds.toFixed(1))].join(" | ")} |`);
	}
}
