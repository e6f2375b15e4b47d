import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { freshDatabase } from "../support/database.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { uuidOf } from "../support/scene.rows.ts";
import { namesSeen, type Row, whoSeesWhat } from "../support/scene.sees.ts";
import { choices, type Operation, operationOf, type Pool } from "./generator.ts";
import { poolOf } from "./pool.ts";
import { operations, seed } from "./settings.ts";
import { buildWorld, keepOnly, type World } from "./world.ts";

/** The embedded database takes a second to open, and a part of this very process. */
const everybody = ["northowner", "northsupport", "projectmanager", "ann", "alpineowner", "alpinesupport", "computemanager", "stranger"];
const viewers = inject("templates").engine === "PostgreSQL" ? everybody : ["northowner", "ann", "computemanager"];

let whole: Gateway;
let world: World;
let pool: Pool;

beforeAll(async () => {
	const database = await freshDatabase("empty");
	world = await buildWorld(database);
	whole = await startGateway({ database });
	pool = await poolOf(world.things, (document, variables) => whole.ask("demo_staff", document, variables));
});
afterAll(() => whole.stop());

const rowOf = (viewer: string): Row => {
	const row = Object.values(whoSeesWhat).find((one) => one.viewer === viewer);
	if (row === undefined) throw new Error(`Nothing says what ${viewer} sees.`);
	return row;
};

/** The uuids of what the viewer sees. */
function uuidsSeenBy(viewer: string): Set<string> {
	const row = rowOf(viewer);
	const models = new Set(world.things.map(({ model }) => model));
	const seen = [...models].flatMap((model) => namesSeen(row, model, world.things).map((name) => uuidOf(model, name)));
	return new Set(seen);
}

interface Answered {
	readonly data: string;
	readonly errors: readonly string[];
}

/** Below one null, GraphQL tells as many errors as were found until then: which, is nobody's promise. */
function isSame(one: Answered, other: Answered): boolean {
	const isAmong = (some: readonly string[], all: readonly string[]) => some.every((error) => all.includes(error));
	return one.data === other.data && (one.data === "null" || isAmong(one.errors, other.errors) || isAmong(other.errors, one.errors));
}

/** A failure is made simpler this many times: each costs three answers. */
const maxShrinking = 100;

describe.each(viewers)("%s", (viewer) => {
	const token = `demo_${viewer}`;
	let own: Gateway;
	let foreign: string[];

	beforeAll(async () => {
		const seen = uuidsSeenBy(viewer);
		const database = await freshDatabase("empty");
		await buildWorld(database);
		await keepOnly(database, viewer, seen);
		own = await startGateway({ database });
		foreign = world.canaries.flatMap(({ text, of }) => (seen.has(uuidOf(of.model, of.name)) ? [] : [text]));
	});
	afterAll(() => own.stop());

	test("reads nothing of others, and is answered as if there were no others", { retry: 0 }, async () => {
		const answerOf = async (gateway: Gateway, { query, variables }: Operation): Promise<Answered> => {
			const { data = null, errors = [] } = await gateway.send(token, query, { ...variables });
			return { data: JSON.stringify(data), errors: errors.map((error) => JSON.stringify(error)) };
		};
		let shrunk = 0;
		const property = fc.asyncProperty(choices, async (made) => {
			if (shrunk > maxShrinking) return;
			const operation = operationOf("Query", made, pool);
			const asked = JSON.stringify(operation);
			const differ = (what: string, ...answers: Answered[]) => {
				shrunk++;
				return new Error([`${viewer} ${what}:`, asked, ...answers.map((answer) => JSON.stringify(answer))].join("\n"));
			};
			const answer = await answerOf(whole, operation);
			const told = foreign.filter((text) => JSON.stringify(answer).includes(text) && !asked.includes(text));
			if (told.length > 0) throw differ(`is told of others, ${told}`, answer);
			const alone = await answerOf(own, operation);
			if (!isSame(answer, alone)) throw differ("is answered otherwise where there are no others", answer, alone);
			// Asked again, it is compiled.
			const again = await answerOf(whole, operation);
			if (!isSame(answer, again)) throw differ("is answered otherwise when asked again", answer, again);
		});
		await fc.assert(property, { numRuns: Math.ceil(operations / 4 / viewers.length), seed, includeErrorInReport: true });
		expect(whole.bugs()).toEqual([]);
		expect(own.bugs()).toEqual([]);
	});
});
