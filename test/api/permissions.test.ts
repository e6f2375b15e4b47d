import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { raw, sql } from "../../src/database/sql.ts";
import { CustomerRoleName, OfferingRoleName, ProjectRoleName } from "../../src/generated/prisma/enums.ts";
import { typeNamed } from "../support/fixture.fields.ts";
import { operations } from "../support/fixture.operations.ts";
import { uuidOf } from "../support/fixture.rows.ts";
import { buildFixture } from "../support/fixture.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { type PersonsRole, person } from "../support/person.ts";

const gateway = gatewayForFile();

/** R is answered, W is written, 403 FORBIDDEN, 401 UNAUTHENTICATED, - not found. Whatever is not W writes nothing. */
const table = `
| | staff | support | consumer OWNER | consumer MANAGER, SUPPORT, READER | project ADMIN | project MEMBER, OBSERVER | project MANAGER | provider OWNER | provider MANAGER | provider SUPPORT | offering MANAGER | other provider | other | anonymous |
| read a resource                                            | R | R   | R   | R   | R   | R   | R   | R   | R   | R   | R   | -   | -   | 401 |
| read a resource of the customer's other project            | R | R   | R   | R   | -   | -   | -   | R   | R   | R   | R   | -   | -   | 401 |
| read a usage                                               | R | R   | R   | R   | R   | R   | R   | R   | R   | R   | R   | -   | -   | 401 |
| read a user usage                                          | R | R   | R   | R   | R   | R   | R   | R   | R   | R   | R   | -   | -   | 401 |
| setUsage of a resource                                     | W | 403 | 403 | 403 | 403 | 403 | 403 | W   | W   | 403 | W   | -   | -   | 401 |
| setUsage of a plan period                                  | W | 403 | 403 | 403 | 403 | 403 | 403 | W   | W   | 403 | W   | -   | -   | 401 |
| setUsages                                                  | W | 403 | 403 | 403 | 403 | 403 | 403 | W   | W   | 403 | W   | -   | -   | 401 |
| setUserUsage                                               | W | 403 | 403 | 403 | 403 | 403 | 403 | W   | W   | 403 | W   | -   | -   | 401 |
| setUserUsages                                              | W | 403 | 403 | 403 | 403 | 403 | 403 | W   | W   | 403 | W   | -   | -   | 401 |
| deleteComponentUsage                                       | W | 403 | 403 | 403 | 403 | 403 | 403 | 403 | 403 | 403 | 403 | -   | -   | 401 |
| read a per-user limit                                      | R | R   | R   | R   | R   | R   | R   | R   | R   | R   | R   | -   | -   | 401 |
| createComponentUserUsageLimit                              | W | 403 | W   | 403 | 403 | 403 | W   | 403 | 403 | 403 | 403 | -   | -   | 401 |
| updateComponentUserUsageLimit                              | W | 403 | W   | 403 | 403 | 403 | W   | 403 | 403 | 403 | 403 | -   | -   | 401 |
| deleteComponentUserUsageLimit                              | W | 403 | W   | 403 | 403 | 403 | W   | 403 | 403 | 403 | 403 | -   | -   | 401 |
| read a policy                                              | R | R   | -   | -   | -   | -   | -   | R   | R   | R   | R   | -   | -   | 401 |
| read a policy of the provider's other offering             | R | R   | -   | -   | -   | -   | -   | R   | R   | R   | -   | -   | -   | 401 |
| read a firing                                              | R | R   | -   | -   | -   | -   | -   | R   | R   | R   | R   | -   | -   | 401 |
| read a notification                                        | R | R   | -   | -   | -   | -   | -   | R   | R   | R   | R   | -   | -   | 401 |
| previewOfferingUsagePolicy                                 | R | 403 | -   | -   | -   | -   | -   | R   | 403 | 403 | 403 | -   | -   | 401 |
| createOfferingUsagePolicy                                  | W | 403 | -   | -   | -   | -   | -   | W   | 403 | 403 | 403 | -   | -   | 401 |
| createOfferingUsagePolicy on the provider's other offering | W | 403 | -   | -   | -   | -   | -   | W   | 403 | 403 | -   | -   | -   | 401 |
| updateOfferingUsagePolicy                                  | W | 403 | -   | -   | -   | -   | -   | W   | 403 | 403 | 403 | -   | -   | 401 |
| deleteOfferingUsagePolicy                                  | W | 403 | -   | -   | -   | -   | -   | W   | 403 | 403 | 403 | -   | -   | 401 |
| category usages of the customer                            | R | R   | R   | R   | -   | -   | -   | -   | -   | -   | -   | -   | -   | 401 |
| category usages of the project                             | R | R   | R   | R   | R   | R   | R   | -   | -   | -   | -   | -   | -   | 401 |
| category usages of the customer's other project            | R | R   | R   | R   | -   | -   | -   | -   | -   | -   | -   | -   | -   | 401 |
| customer quotas                                            | R | R   | 403 | 403 | 403 | 403 | 403 | 403 | 403 | 403 | 403 | 403 | 403 | 401 |
| updateCustomer                                             | W | 403 | 403 | 403 | 403 | 403 | 403 | 403 | 403 | 403 | 403 | 403 | -   | 401 |
| createResource                                             | W | 403 | W   | 403 | W   | 403 | W   | -   | -   | -   | -   | -   | -   | 401 |
| createResource in the customer's other project             | W | 403 | W   | 403 | -   | -   | -   | -   | -   | -   | -   | -   | -   | 401 |
| setResourceState                                           | W | 403 | 403 | 403 | 403 | 403 | 403 | W   | W   | 403 | W   | -   | -   | 401 |
| setResourcePlan                                            | W | 403 | 403 | 403 | 403 | 403 | 403 | W   | W   | 403 | W   | -   | -   | 401 |
`;

/** Who stands in a column. The roles of "expired" are those of four columns, and have ended. */
const viewers: Readonly<Record<string, readonly string[]>> = {
	staff: ["staff"],
	support: ["support"],
	"consumer OWNER": ["northowner"],
	"consumer MANAGER, SUPPORT, READER": ["northmanager", "northsupport", "northreader"],
	"project ADMIN": ["projectadmin"],
	"project MEMBER, OBSERVER": ["ann", "observer"],
	"project MANAGER": ["projectmanager"],
	"provider OWNER": ["alpineowner"],
	"provider MANAGER": ["alpinemanager"],
	"provider SUPPORT": ["alpinesupport"],
	"offering MANAGER": ["computemanager"],
	"other provider": ["balticowner"],
	other: ["sven", "stranger", "expired"],
	anonymous: ["inactive", "nobody"],
};

const cellsOf = (line: string): string[] =>
	line
		.split("|")
		.slice(1, -1)
		.map((cell) => cell.trim());
const [[, ...columns] = [], ...rows] = table.trim().split("\n").map(cellsOf);
const cells = rows.map(([name = "", ...outcomes]) => ({
	name,
	cells: columns.flatMap((column, index) => (viewers[column] ?? []).map((viewer) => ({ column, viewer, outcome: outcomes[index] }))),
}));

let fingerprints: string;
beforeAll(async () => {
	const { database } = gateway();
	await buildFixture(database);
	const [statement] = await database.rows<{ text: string }>(sql`
		select string_agg(format('select %L as "table", count(*)::int as "rows", md5(string_agg(t::text, '','' order by t::text)) as "content" from %I t', tablename, tablename), ' union all ') as "text"
		from pg_tables where schemaname = 'public'
	`);
	fingerprints = statement?.text ?? "";
});

/** How many rows each table has, and what is in them. */
async function stored(): Promise<Map<string, string>> {
	const tables = await gateway().database.rows<{ table: string; rows: number; content: string | null }>(raw(fingerprints));
	expect(tables.length).toBeGreaterThan(20);
	return new Map(tables.map(({ table, rows, content }) => [table, `${rows} ${content}`]));
}

const refusals: Readonly<Record<string, string>> = { FORBIDDEN: "403", UNAUTHENTICATED: "401", NOT_FOUND: "-" };

/** What comes of the operation when the token's user does it, as it stands in the table. */
async function outcomeOf(name: string, token: string): Promise<string> {
	const { document, variables, ready } = operations[name] ?? { document: "", variables: {} };
	await ready?.(gateway().database);
	const before = await stored();
	const { data, errors } = await gateway().send(token, document, variables);
	const after = await stored();
	const written = [...after].filter(([table, content]) => before.get(table) !== content).map(([table]) => table);
	const code = errors?.[0]?.extensions["code"] ?? (data.answer === null ? "NOT_FOUND" : data.answer.code);
	if (code === undefined) return written.length > 0 ? "W" : "R";
	return [refusals[String(code)] ?? String(code), ...written].join(", wrote ");
}

// What is written carries the moment of the write, and so differs from what an earlier test wrote.
let seconds = 0;
beforeEach(() => gateway().setTime(new Date(Date.UTC(2026, 10, 20, 12, 0, seconds++)).toISOString()));

describe.each(cells)("$name", ({ name, cells }) => {
	test.each(cells)("$column, $viewer: $outcome", async ({ viewer, outcome }) => {
		expect(await outcomeOf(name, `demo_${viewer}`)).toBe(outcome);
	});
});

test("every role stands in a column, by somebody who has it", async () => {
	const rows = await gateway().database.rows<{ role: string }>(sql`
		with held as (
			select 'CustomerRole' as "kind", "role"::text, "userUuid" from "CustomerRole" where "expires" is null
			union all select 'ProjectRole', "role"::text, "userUuid" from "ProjectRole" where "expires" is null
			union all select 'OfferingRole', "role"::text, "userUuid" from "OfferingRole" where "expires" is null
		)
		select distinct h."kind" || ' ' || h."role" as "role" from held h join "User" u on u."uuid" = h."userUuid"
		where u."isActive" and u."username" = any(${columns.flatMap((column) => viewers[column] ?? [])}::text[])
	`);
	const roles = { CustomerRole: CustomerRoleName, ProjectRole: ProjectRoleName, OfferingRole: OfferingRoleName };
	const expected = Object.entries(roles).flatMap(([kind, names]) => Object.values(names).map((name) => `${kind} ${name}`));
	expect(rows.map(({ role }) => role).sort()).toEqual(expected.sort());
});

const on = (customer: string, role: string): PersonsRole => ["CustomerRole", { customerUuid: uuidOf("Customer", customer), role }];
const inProject = (role: string): PersonsRole => ["ProjectRole", { projectUuid: uuidOf("Project", "n1"), role }];
const managesOffering: PersonsRole = ["OfferingRole", { offeringUuid: uuidOf("Offering", "compute"), role: "MANAGER" }];

/** Who sees it by another role, too. */
const former: [who: string, role: PersonsRole, present: PersonsRole, operations: string[]][] = [
	["offering MANAGER, provider SUPPORT", managesOffering, on("alpine", "SUPPORT"), ["setUsages", "setUserUsage", "setResourceState", "setResourcePlan"]],
	[
		"provider MANAGER, provider SUPPORT",
		on("alpine", "MANAGER"),
		on("alpine", "SUPPORT"),
		["setUsages", "setUserUsage", "setResourceState", "setResourcePlan"],
	],
	["provider OWNER, offering MANAGER", on("alpine", "OWNER"), managesOffering, ["createOfferingUsagePolicy", "deleteOfferingUsagePolicy"]],
	["consumer OWNER, consumer MANAGER", on("north", "OWNER"), on("north", "MANAGER"), ["createComponentUserUsageLimit", "createResource"]],
	["project MANAGER, project MEMBER", inProject("MANAGER"), inProject("MEMBER"), ["createComponentUserUsageLimit", "createResource"]],
	["project ADMIN, project MEMBER", inProject("ADMIN"), inProject("MEMBER"), ["createResource"]],
];

describe.each(former.flatMap(([who, role, present, names]) => names.map((name) => ({ who, role, present, name }))))(
	"$name by $who:",
	({ role, present, name }) => {
		test.each([
			["W while the first of the roles holds", "2027-01-01T00:00:00.000Z", "W"],
			["403 when it has expired, though the other one holds", "2026-11-20T12:00:00.000Z", "403"],
		])("%s", async (_what, expires, outcome) => {
			const [table, row] = role;
			expect(await outcomeOf(name, await person(gateway(), [[table, { ...row, expires }], present]))).toBe(outcome);
		});
	},
);

describe("the table is closed:", () => {
	test("it has a row for every operation, and viewers for every column", () => {
		expect(cells.map(({ name }) => name)).toEqual(Object.keys(operations));
		expect(columns).toEqual(Object.keys(viewers));
	});

	test("there is an operation for every mutation of the schema", () => {
		const documents = Object.values(operations).map(({ document }) => document);
		const missing = Object.keys(typeNamed("Mutation").getFields()).filter((name) => !documents.some((document) => document.includes(` ${name}(`)));
		expect(missing).toEqual([]);
	});
});
