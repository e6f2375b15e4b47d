import { beforeEach, describe, expect, inject, test } from "vitest";
import { sql } from "../../src/database/sql.ts";
import { foldNames, forgetUnusedNames, usernames } from "../../src/domain/name/name.store.ts";
import { folded, trigramsOf } from "../../src/domain/name/name.ts";
import { gatewayForFile } from "../support/gateway.ts";
import { insert } from "../support/insert.ts";
import { person } from "../support/person.ts";
import { makeProvider } from "../support/provider.ts";

const gateway = gatewayForFile();
let staff: string;
let record: string;

beforeEach(async () => {
	await gateway().database.rows(sql`truncate "Customer", "Username" cascade`);
	const provider = await makeProvider(gateway());
	staff = await person(gateway(), [], { isStaff: true });
	await provider.component("cpu");
	record = await provider.usage(await provider.resource(), "cpu", "2017-01-01", "1");
});

const report = (names: readonly string[]) =>
	gateway().ask(staff, "mutation ($input: [SetUserUsageInput!]!) { setUserUsages(input: $input) { __typename ... on Error { message } } }", {
		input: names.map((username) => ({ componentUsage: record, username })),
	});

async function found(part: string): Promise<string[]> {
	const document =
		"query ($part: String!) { componentUserUsages(first: 100, filter: { username: $part }, orderBy: { field: USERNAME, direction: ASC }) { totalCount nodes { username } } }";
	const { componentUserUsages: page } = await gateway().ask(staff, document, { part });
	const names: string[] = page.nodes.map(({ username }: { username: string }) => username);
	expect(page.totalCount).toBe(names.length);
	return names.sort();
}

const names = ["Strauß", "STRAUSSMEIER", "İlker", "ILKER2", "Οδυσσεύς", "o\u0308zil", "ÖZIL", "anna", "Hanna_B", "han%a", "back\\slash", "x"];

describe.each([
	["as they came in", async () => {}],
	["after they are folded", () => foldNames(gateway().database, usernames)],
	[
		"some of them folded",
		async () => void (await gateway().database.rows(sql`update "Username" set "folded" = null, "trigrams" = null where "username" < 'H'`)),
	],
])("parts are found by a piece of their username, %s:", (_when, prepare) => {
	test.each([
		["straus", ["STRAUSSMEIER", "Strauß"]],
		["AUSS", ["STRAUSSMEIER", "Strauß"]],
		["ilker", ["ILKER2", "İlker"]],
		["ΔΥΣΣΕΎΣ", ["Οδυσσεύς"]],
		["özi", ["ÖZIL", "o\u0308zil"]],
		["ANN", ["Hanna_B", "anna"]],
		["n%a", ["han%a"]],
		["na_", ["Hanna_B"]],
		["k\\s", ["back\\slash"]],
		["nobody", []],
	])("%s", async (part, expected) => {
		await report(names);
		await prepare();
		expect(await found(part)).toEqual([...expected].sort());
	});
});

test.each(["", "an", "i\u0307"])("a piece of %j is refused: three characters are needed", async (part) => {
	const { errors } = await gateway().send(staff, "query ($part: String!) { componentUserUsages(filter: { username: $part }) { totalCount } }", { part });
	expect(errors).toMatchObject([{ message: "username must have at least 3 characters of the name.", extensions: { code: "BAD_USER_INPUT" } }]);
});

test("a name that another takes the place of is found by both", async () => {
	const part = await insert(gateway().database, "ComponentUserUsage", { componentUsageUuid: record, username: "first name" });
	await gateway().database.rows(sql`update "ComponentUserUsage" set "username" = 'second name' where "uuid" = ${part}::uuid`);
	expect([await found("first"), await found("second")]).toEqual([[], ["second name"]]);
});

test("parts of more names than are looked for by themselves are all found", async () => {
	for (let call = 0; call < 3; call++) await report(Array.from({ length: 200 }, (_, index) => `crowd-${call * 200 + index}`));
	await report(["crowd-é", "nobody else"]);
	const { componentUserUsages: page } = await gateway().ask(staff, '{ componentUserUsages(filter: { username: "CROWD" }) { totalCount } }');
	expect(page.totalCount).toBe(601);
});

test("names of ASCII are folded in the database as the service folds them", async () => {
	const every = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index));
	await report([...every.map((character) => `${character}Az${character}`), "AbcAbcABC"]);
	const stored = await gateway().database.rows<{ username: string; folded: string; trigrams: string[] }>(
		sql`select "username", "folded", "trigrams" from "Username"`,
	);
	expect(stored).toHaveLength(95);
	const differing = stored.filter(
		(name) => name.folded !== folded(name.username) || JSON.stringify([...name.trigrams].sort()) !== JSON.stringify(trigramsOf(name.folded).sort()),
	);
	expect(differing).toEqual([]);
});

test("names are folded batch by batch, those that are left by a run that ended too", async () => {
	const many = 2_500;
	await gateway().database.rows(sql`insert into "Username" ("username") select 'ü' || n from generate_series(1, ${many}::int) n`);
	await foldNames(gateway().database, usernames);
	expect(
		await gateway().database.rows(
			sql`select from "Username" where "folded" is null or not "trigrams" @> array[substr("folded", 1, 3)] and length("folded") > 2`,
		),
	).toEqual([]);
});

describe("a name of which there is no part any more", () => {
	const known = async (): Promise<string[]> => {
		const rows = await gateway().database.rows<{ username: string }>(sql`select "username" from "Username" order by "username" collate "C"`);
		return rows.map(({ username }) => username);
	};
	const drop = (name: string) => gateway().database.rows(sql`delete from "ComponentUserUsage" where "username" = ${name}`);

	test("is forgotten, and others are found as before", async () => {
		await report(["anna", "Hanna", "ben"]);
		await drop("Hanna");
		expect(await forgetUnusedNames(gateway().database, usernames)).toBe(1);
		expect({ known: await known(), found: await found("ann") }).toEqual({ known: ["anna", "ben"], found: ["anna"] });
	});

	test("is known again with its next part", async () => {
		await report(["anna"]);
		await drop("anna");
		await forgetUnusedNames(gateway().database, usernames);
		await report(["anna"]);
		expect({ known: await known(), found: await found("ann") }).toEqual({ known: ["anna"], found: ["anna"] });
	});

	test("is forgotten wherever it stands among thousands", async () => {
		const names = Array.from({ length: 2_500 }, (_, number) => `name${String(number).padStart(4, "0")}`);
		await gateway().database.rows(sql`insert into "Username" ("username") select unnest(${names}::text[])`);
		await report(["name0999", "name1000", "name2499"]);
		expect(await forgetUnusedNames(gateway().database, usernames)).toBe(2_497);
		expect(await known()).toEqual(["name0999", "name1000", "name2499"]);
	});

	test.skipIf(inject("templates").engine === "PGlite")(
		"stays while its next part is written, not committed yet (one connection only on the embedded database)",
		async () => {
			await report(["anna"]);
			await drop("anna");
			await gateway().database.transaction(async (tx) => {
				await tx.rows(sql`insert into "ComponentUserUsage" ("componentUsageUuid", "username", "usage") values (${record}::uuid, 'anna', 1)`);
				expect(await forgetUnusedNames(gateway().database, usernames)).toBe(0);
			});
			expect({ known: await known(), found: await found("ann") }).toEqual({ known: ["anna"], found: ["anna"] });
		},
	);
});
