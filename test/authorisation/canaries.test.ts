import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { sql } from "../../src/database/sql.ts";
import { freshDatabase } from "../support/database.ts";
import { uuidOf } from "../support/fixture.rows.ts";
import { namesSeen, type Row, whoSeesWhat } from "../support/fixture.sees.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
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

/** Positions are enciphered with a key of the database, and random: with the log of the other one, they are the same for the same events. */
async function copyLog(from: Database, to: Database): Promise<void> {
	const [head] = await from.rows<{ key: Uint8Array }>(sql`select "key" from "LogHead"`);
	const numbers = await from.rows<{ number: string; entryId: string; mark: string }>(
		sql`select "number"::text as "number", "entryId"::text as "entryId", "mark"::text as "mark" from "LogNumber"`,
	);
	const column = (name: "number" | "entryId" | "mark") => numbers.map((row) => row[name]);
	await to.rows(sql`delete from "LogNumber"`);
	await to.rows(sql`
		insert into "LogNumber" ("number", "entryId", "mark") select * from unnest(${column("number")}::bigint[], ${column("entryId")}::bigint[], ${column("mark")}::bigint[])
	`);
	const last = numbers.reduce((last, row) => (BigInt(row.number) > BigInt(last.number) ? row : last), { number: "0", entryId: "0", mark: "0" });
	await to.rows(sql`
		update "LogHead" set "key" = ${head?.key}, "last" = ${last.number}::bigint, "mark" = ${last.mark}::bigint, "high" = ${last.entryId}::bigint
	`);
}

/**
 * What policies total. It goes on counting what was used in removed projects, whose records nobody but staff sees: without
 * them, totals of those who see the policy would be others.
 */
async function copyTotals(from: Database, to: Database): Promise<void> {
	const totals = await from.rows<{ total: object }>(sql`select to_jsonb(t) as "total" from "ComponentTotal" t`);
	await to.rows(sql`delete from "ComponentTotal"`);
	await to.rows(sql`
		insert into "ComponentTotal" select t.* from jsonb_populate_recordset(null::"ComponentTotal", ${JSON.stringify(totals.map(({ total }) => total))}::jsonb) t
		where (t."customerUuid" is null or exists (select from "Customer" c where c."uuid" = t."customerUuid")) and exists (select from "OfferingComponent" k where k."uuid" = t."componentUuid")
	`);
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
		await copyLog(whole.database, database);
		await copyTotals(whole.database, database);
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
			const again = await answerOf(whole, operation);
			if (!isSame(answer, again)) throw differ("is answered otherwise when asked again", answer, again);
		});
		await fc.assert(property, { numRuns: Math.ceil(operations / 4 / viewers.length), seed, includeErrorInReport: true });
		expect(whole.bugs()).toEqual([]);
		expect(own.bugs()).toEqual([]);
	});
});
