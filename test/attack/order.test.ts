import fc from "fast-check";
import { type DocumentNode, parse } from "graphql";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { introspectionIn } from "../../src/server/introspection.ts";
import { documentBounds } from "../../src/server/limits/document-bounds.ts";
import type { Metrics } from "../../src/shared/metrics.ts";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { createOperations } from "../../src/telemetry/operations.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { limited } from "../support/limited.ts";
import { person } from "../support/person.ts";
import { transports } from "../support/transports.ts";
import { anyFamily } from "./documents.ts";

const work = { validations: 0, selections: 0 };
const metrics: Metrics = {
	...createMetrics(),
	documentRead: (_tokens, selections) => {
		work.selections += selections;
	},
	validation: () => void work.validations++,
};

let gateway: Gateway;
beforeAll(async () => {
	gateway = await startGateway({ template: "demo", limits: limited, observation: { metrics, beginOperation: createOperations() } });
});
afterAll(() => gateway.stop());
beforeEach(() => void Object.assign(work, { validations: 0, selections: 0 }));

/** What the README says of documents, and of who asks too much; other errors would be our bug. */
const documented = new Set([
	"GRAPHQL_PARSE_FAILED",
	"GRAPHQL_VALIDATION_FAILED",
	"BAD_USER_INPUT",
	"BAD_REQUEST",
	"COST_LIMIT_EXCEEDED",
	"RATE_LIMITED",
	"UNAUTHENTICATED",
	"FORBIDDEN",
	"NOT_FOUND",
]);

function read(text: string): DocumentNode | undefined {
	try {
		return parse(text, { maxTokens: documentBounds.tokens });
	} catch {
		return undefined;
	}
}

const perToken = 20;
const runs = Number(process.env["DOCUMENT_RUNS"] ?? 15);

/** What was done for what is asked; a GET may be asked again by a client that lost its connection, a POST is not. */
async function workOf(ask: () => Promise<string[]>): Promise<{ codes: string[]; validations: number; selections: number }> {
	const before = { ...work };
	const codes = await ask();
	return { codes, validations: work.validations - before.validations, selections: work.selections - before.selections };
}

describe.each(Object.entries(transports))("over %s", (_way, ask) => {
	test("nobody has a document of data validated, nor looked at more than 20 times for each of its words", async () => {
		await fc.assert(
			fc.asyncProperty(anyFamily, async (text) => {
				const document = read(text);
				const { codes, validations, selections } = await workOf(() => ask(gateway.url, text));
				expect(codes.filter((code) => !documented.has(code))).toEqual([]);
				if (document === undefined || introspectionIn(document).isOfData) expect(validations).toBe(0);
				expect(selections).toBeLessThanOrEqual((document?.tokenCount ?? 0) * perToken);
			}),
			{ numRuns: runs },
		);
	});

	test("who has asked for too much has nothing validated either", async () => {
		const token = await person(gateway);
		const dear = (at: number) => `{ resources(first: 100) { nodes { componentUsages(first: 60) { nodes { nothing${at} } } } } }`;
		const answers = [];
		for (let time = 0; time < 3; time++) answers.push(await workOf(() => ask(gateway.url, dear(time), token)));
		expect(answers.map(({ codes, validations }) => [codes[0], validations])).toEqual([
			["GRAPHQL_VALIDATION_FAILED", 1],
			["RATE_LIMITED", 0],
			["RATE_LIMITED", 0],
		]);
	});

	test("who signs in is answered with a documented code, and has a document validated once", async () => {
		const token = await person(gateway);
		await fc.assert(
			fc.asyncProperty(anyFamily, async (text) => {
				const { codes, validations } = await workOf(() => ask(gateway.url, text, token));
				const again = await workOf(() => ask(gateway.url, text, token));
				expect([...codes, ...again.codes].filter((code) => !documented.has(code))).toEqual([]);
				expect(validations).toBeLessThanOrEqual(1);
				if (codes.length === 0) expect(again.validations).toBe(0);
			}),
			{ numRuns: runs },
		);
	});
});

test("none of it is a bug of ours", () => expect(gateway.bugs()).toEqual([]));
