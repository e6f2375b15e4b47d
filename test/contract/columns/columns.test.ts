import pg from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { Database } from "../../../src/database/database.ts";
import { freshDatabase, urlOf } from "../../support/database.ts";
import { openProgram } from "../../support/program.ts";
import { type RowsCall, rowsCalls } from "./calls.ts";
import { type DescribedColumn, described, isVoid, kindOf } from "./described.ts";
import { outputColumns, unknownPart } from "./output-columns.ts";

/** Calls whose columns show only when they run, each time that they stand there. */
const unresolved: readonly (readonly [place: string, why: string])[] = [
	["database/migrations.ts settle", "the statement is made of what a migration makes: test/database runs it"],
	[
		"domain/category-usage/category-usage.store.ts categoryUsagePages",
		"the columns are those of a page of totals: test/api/category-usages-lists.test.ts reads all",
	],
	["domain/category-usage/category-usage.store.ts categoryUsagesWithKeys", "the columns are those of the totals: test/api/category-usages.test.ts reads all"],
	["domain/notification/notification.store.ts openMails", "the columns are those of a statement for each state: test/operations reads all"],
	["domain/usage-totals/usage-totals.store.ts usageTotals", "the columns are those of the dimensions: test/api/usage-totals.test.ts reads all"],
	["import/batch.ts writeBatch", "the statement is made of the table that is imported: test/import runs it for each"],
	["import/batch.ts writeBatch", "the statement is made of the table that is imported: test/import runs it for each"],
	["import/run.ts gone", "the statement is the list's: test/sync runs it"],
];

/** PostgreSQL describes the statements: the embedded database, which is the same program, is not asked again. */
const isOnServer = inject("templates").engine === "PostgreSQL";

let database: Database;
let client: pg.Client;

beforeAll(async () => {
	if (!isOnServer) return;
	database = await freshDatabase("empty");
	client = new pg.Client(await urlOf(database));
	await client.connect();
});

afterAll(async () => {
	await client?.end();
	await database?.close();
});

/** What PostgreSQL says that the call's statement answers: undefined where a part of it is not known that it does not do without. */
async function describedOf({ statement, place, line }: RowsCall): Promise<DescribedColumn[] | undefined> {
	try {
		return (await described(client, statement.replaceAll(unknownPart, "null"))).filter((column) => !isVoid(column));
	} catch (error) {
		if (statement.includes(unknownPart)) return undefined;
		throw new Error(`src/${place}, line ${line}: ${error}`);
	}
}

test.runIf(isOnServer)("every statement whose rows have a type answers the columns that the type names, as what it says that they are", async () => {
	const program = openProgram();
	const calls = rowsCalls(program);
	program.close();
	const wrong: string[] = [];
	const open: string[] = [];
	for (const call of calls) {
		const columns = await describedOf(call);
		const names = columns?.map(({ name }) => name) ?? outputColumns(call.statement);
		const where = `src/${call.place}, line ${call.line}`;
		if (names === undefined) {
			open.push(call.place);
			continue;
		}
		const missing = [...call.properties.keys()].filter((name) => !names.includes(name));
		const surplus = names.filter((name, at) => !call.properties.has(name) || names.indexOf(name) !== at);
		if (missing.length > 0) wrong.push(`${where}: the type has ${missing.join(", ")}, which the statement does not answer`);
		if (surplus.length > 0) wrong.push(`${where}: the statement answers ${surplus.join(", ")}, which the type does not have, or only once`);
		// A part that is not known may be of any type.
		for (const { name, dataTypeID } of call.statement.includes(unknownPart) ? [] : (columns ?? [])) {
			const [value, kinds] = [kindOf(dataTypeID), call.properties.get(name) ?? []];
			const isRead = value === undefined || kinds.every((kind) => kind === value || kind === "null" || kind === "unknown");
			if (!isRead) wrong.push(`${where}: ${name} is read as ${value}, and the type says ${kinds.join(" or ")}`);
		}
	}
	expect(wrong).toEqual([]);
	expect(open, "calls whose columns show only when they run: say here why").toEqual(unresolved.map(([place]) => place));
});
