import { getNamedType, parse, TypeInfo, visit, visitWithTypeInfo } from "graphql";
import { expect, test } from "vitest";
import { schema } from "../../../src/schema.ts";
import { type Answer, gatewayForFile } from "../../support/gateway.ts";
import { type Question, questions } from "./questions.ts";

const gateway = gatewayForFile({ template: "demo" });

/** The statements of the query with lists of at most so many rows, and what it answered. */
async function asked({ token, document, variables }: Question, first: number): Promise<{ statements: string[]; answer: Answer }> {
	let answer: Answer;
	const texts = await gateway().statementsOf(async () => {
		answer = await gateway().ask(token, document, { ...variables, first });
	});
	// Those of one depth are sent at once, and the next ones as they are answered: their order is nobody's promise.
	return { statements: texts.map(readable).sort(), answer };
}

/** What a statement reads: the table that it is about, and the others that it names. */
function readable(text: string): string {
	const tables = new Set([...text.matchAll(/\b(?:from|join)\s+"(\w+)"/g)].map(([, table]) => table));
	const main = /\bfrom\s+"(\w+)"\s+"?t"?\s/.exec(text)?.[1] ?? [...tables][0];
	const others = [...tables].filter((table) => table !== main);
	return `${/count\(\*\)::int from/.test(text) ? "count of " : ""}${main}${others.length === 0 ? "" : `, with ${others.join(", ")}`}`;
}

test.each(questions)("$title: as many statements for lists of 5 as for lists of 100", async (question) => {
	const few = await asked(question, 5);
	const many = await asked(question, 100);
	expect(many.statements).toEqual(few.statements);
});

test.each(questions)("$title: every list has rows, so that what is below it is read", async (question) => {
	const { answer } = await asked(question, 100);
	expect(listsWithoutRows(answer)).toEqual([]);
});

/** The paths of lists that have no row wherever they stand in the answer. */
function listsWithoutRows(answer: Answer): string[] {
	const lengths = new Map<string, number>();
	const walk = (value: Answer, path: string): void => {
		if (Array.isArray(value)) {
			lengths.set(path, (lengths.get(path) ?? 0) + value.length);
			for (const item of value) walk(item, path);
		} else if (typeof value === "object" && value !== null) {
			for (const [field, item] of Object.entries(value)) walk(item, `${path}.${field}`);
		}
	};
	walk(answer, "");
	return [...lengths].flatMap(([path, length]) => (length === 0 ? [path] : []));
}

/** The lists of Query that a document asks for. */
function listsIn(document: string): string[] {
	const lists: string[] = [];
	const types = new TypeInfo(schema);
	const enter = (): void => {
		const [parent, field] = [types.getParentType(), types.getFieldDef()];
		if (parent?.name === "Query" && field && getNamedType(field.type).name.endsWith("Connection")) lists.push(field.name);
	};
	visit(parse(document), visitWithTypeInfo(types, { Field: { enter } }));
	return lists;
}

test("every list is asked for by one of the queries, so that what it reads is written down", () => {
	const lists = Object.values(schema.getQueryType()?.getFields() ?? {}).filter(({ type }) => getNamedType(type).name.endsWith("Connection"));
	const asked = new Set(questions.flatMap(({ document }) => listsIn(document)));
	expect(lists.map(({ name }) => name).filter((name) => !asked.has(name))).toEqual([]);
});

test("the statements of every query are those that are written down", async () => {
	const sections: string[] = [];
	for (const question of questions) {
		const { statements } = await asked(question, 25);
		sections.push([`## ${question.title}: ${statements.length}`, "", ...statements.map((statement) => `- ${statement}`), ""].join("\n"));
	}
	const head = "# The statements that queries take\n\nOne line each: the table that it is about, and the others that it looks at.\n";
	await expect([head, ...sections].join("\n")).toMatchFileSnapshot("golden.md");
});
