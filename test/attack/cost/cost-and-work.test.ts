import { getOperationAST, type OperationDefinitionNode, parse } from "graphql";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Sql, sql } from "../../../src/database/sql.ts";
import { schema } from "../../../src/schema.ts";
import { costOf } from "../../../src/server/limits/cost.ts";
import { type Gateway, startGateway } from "../../support/gateway.ts";
import { listDocuments } from "./documents.ts";
import { crowdedViewers, fillSkewed } from "./skewed.ts";
import { ids, randomOf, values } from "./values.ts";

/** As many questions are asked, each by every viewer. */
const questions = Number(process.env["COST_DOCUMENTS"] ?? 100);

/** Blocks of 8 KB that a point of cost may look at: what is in memory takes about as long as the milliseconds that it pays for. */
const blocksPerPoint = 1_500;

interface Explained {
	readonly "QUERY PLAN": readonly [{ readonly Plan: { readonly "Shared Hit Blocks": number; readonly "Shared Read Blocks": number } }];
}

describe.skipIf(inject("templates").engine === "PGlite")(
	"where one offering has more usage than all others (skipped without a server: a small world says nothing)",
	() => {
		let gateway: Gateway;
		let viewers: ReadonlyMap<string, string>;
		beforeAll(async () => {
			gateway = await startGateway();
			await fillSkewed(gateway.database);
			viewers = await crowdedViewers(gateway.database);
		});
		afterAll(() => gateway?.stop());

		/** The blocks that the statement looks at. */
		async function blocksOf(statement: Sql): Promise<number> {
			const [row] = await gateway.database.rows<Explained>(sql`explain (analyze, buffers, timing off, format json) ${statement}`);
			const plan = row?.["QUERY PLAN"][0].Plan;
			return (plan?.["Shared Hit Blocks"] ?? 0) + (plan?.["Shared Read Blocks"] ?? 0);
		}

		/** The blocks that the viewer's statements look at; those that sign in are left out. */
		async function workOf(token: string, document: string): Promise<number> {
			const statements = await gateway.sqlOf(() => gateway.ask(token, document).catch((error: Error) => expect(error.message).toMatch(/NOT_FOUND/)));
			let blocks = 0;
			for (const statement of statements) if (!statement.text.includes('"Token"')) blocks += await blocksOf(statement);
			return blocks;
		}

		test(`no question about usage looks at more than ${blocksPerPoint} blocks for a point of its cost, whoever asks`, async () => {
			const seed = Number(process.env["COST_SEED"] ?? 7);
			const documents = listDocuments(values, ids, randomOf(seed));
			const cheap: string[] = [];
			for (let asked = 0; asked < questions; asked++) {
				const document = documents.next().value;
				const parsed = parse(document);
				const { cost } = costOf(schema, parsed, getOperationAST(parsed) as OperationDefinitionNode, {});
				for (const [viewer, token] of viewers) {
					const blocks = await workOf(token, document);
					if (blocks > cost * blocksPerPoint) cheap.push(`${blocks} blocks at cost ${cost}, seed ${seed}, for ${viewer}: ${document}`);
				}
			}
			expect(cheap).toEqual([]);
		});
	},
);
