import { expect, test } from "vitest";
import { nobody, type Viewer } from "../../src/access/viewer.ts";
import { exportedPages } from "../../src/export/export-pages.ts";
import type { ExportPlan } from "../../src/export/export-plan.ts";
import { createContext } from "../../src/graphql/context.ts";
import { gatewayForFile } from "../support/gateway.ts";

const gateway = gatewayForFile();

const viewer: Viewer = { ...nobody, username: "ann" };

/** Pages of these sizes, each of whose statements takes as many milliseconds of the database. */
const planOf = (pages: readonly (readonly [rows: number, milliseconds: number])[]): ExportPlan => ({
	list: "componentUsages",
	columns: [],
	page: async ({ caller }, after) => {
		const place = Number(after ?? 0);
		const [size, milliseconds] = pages[place] ?? [0, 0];
		caller?.took(milliseconds);
		return { size, rows: () => [], next: place + 1 < pages.length ? String(place + 1) : undefined };
	},
});

/** What reading all pages does to the bucket, step by step; of what is charged ahead, it is told to wait as often. */
async function chargesOf(plan: ExportPlan, waits = 0): Promise<string[]> {
	const steps: string[] = [];
	const context = () => createContext(gateway().services, { token: "demo_ann", viewer });
	let left = waits;
	const pages = exportedPages(plan, context(), {
		token: "demo_ann",
		renew: async () => context(),
		within: (_context, work) => work(),
		signal: new AbortController().signal,
		charges: {
			forgivenMilliseconds: 20,
			millisecondsPerPoint: 3,
			charge: async (_token, _viewer, points) => {
				steps.push(left > 0 ? "waits" : `${points} ahead`);
				return left-- > 0 ? 0.01 : 0;
			},
			chargeAfterwards: (_token, _viewer, points) => void steps.push(`${points} owed`),
		},
	});
	for await (const { size } of pages) steps.push(`${size} rows`);
	return steps;
}

test("a page is charged with a point for every 100 rows, and the next one waits until there is one", async () => {
	const plan = planOf([
		[5_000, 5],
		[5_000, 5],
		[101, 5],
	]);
	expect(await chargesOf(plan)).toEqual(["50 owed", "5000 rows", "1 ahead", "49 owed", "5000 rows", "1 ahead", "1 owed", "101 rows"]);
	expect(
		await chargesOf(
			planOf([
				[1, 5],
				[0, 5],
			]),
			2,
		),
	).toEqual(["1 owed", "1 rows", "waits", "waits", "1 ahead", "0 rows"]);
});

test("a page that takes longer than its points pay for is charged with its time", async () => {
	expect(await chargesOf(planOf([[100, 90]]))).toEqual(["30 owed", "100 rows"]);
	expect(await chargesOf(planOf([[100, 19]]))).toEqual(["1 owed", "100 rows"]);
});
