import { join } from "node:path";
import { expect, test } from "vitest";
import { folderSource } from "../../src/import/folder.source.ts";
import { smallWorld } from "./small-world.ts";
import { contents, importFolder, testDatabase, testFolders } from "./support.ts";

const database = testDatabase();
const folder = testFolders();
const problem = (path: string) =>
	folderSource(path)
		.check()
		.then(
			() => undefined,
			(error: Error) => error.message,
		);

test("a folder that does not exist is told", async () => {
	const missing = join(await folder(), "nowhere");
	expect(await problem(missing)).toBe(`${missing} is not a folder.`);
});

test("a folder with none of the lists is told", async () => {
	const empty = await folder();
	expect(await problem(empty)).toBe(`${empty} holds none of the lists, such as customers.json.`);
});

const damaged: [string, string, string][] = [
	["is empty", "", "Parser has expected a value"],
	["is a web page", "<!doctype html>", "Parser cannot parse input: expected a value"],
	["is cut off", '[{"uuid": "1"}, {"uu', "Parser has expected a string value"],
	["is an object", '{"results": []}', "it is not an array"],
	["nests without an end", "[".repeat(200), "it nests deeper than 100 levels"],
];

test.each(damaged)("a file that %s is told in one line", async (_, text, reason) => {
	const path = await folder({ users: text });
	expect(await problem(path)).toBe(`${join(path, "users.json")} is not a JSON array: ${reason}.`);
});

test("a damaged file keeps every other list out", async () => {
	const path = await folder({ ...smallWorld(), "marketplace-component-usages": '[{"uuid"' });
	await importFolder(database(), path).catch(() => {});
	expect((await contents(database()))["Customer"]).toEqual([]);
});

test("a missing file is an empty list", async () => {
	const { created, refused } = await importFolder(database(), await folder({ users: smallWorld().users }));
	expect({ created, refused }).toEqual({ created: 1, refused: 0 });
});

test("a byte-order mark is no part of the list", async () => {
	expect((await importFolder(database(), await folder({ users: `\uFEFF${JSON.stringify(smallWorld().users)}` }))).created).toBe(1);
});
