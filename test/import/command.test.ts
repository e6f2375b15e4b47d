import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { parseCommand, sourceOf } from "../../src/import/command.ts";
import { showProgress, summaryTable } from "../../src/import/progress.ts";
import { reportTo } from "../../src/import/report.ts";
import { changed, id, smallWorld, stored, worldWith } from "./small-world.ts";
import { importFolder, testDatabase, testFolders } from "./support.ts";

const database = testDatabase();
const folder = testFolders();

describe("the arguments of the command", () => {
	test("name a source, whether to be strict, and the report", () => {
		expect(parseCommand(["dump", "--strict", "--report", "r.jsonl"])).toEqual({ source: "dump", strict: true, report: "r.jsonl" });
	});

	test.each([
		[[], "Say where to import from: npm run import -- SOURCE, a folder or the address of a Waldur's API."],
		[["a", "b"], "b is too much."],
	])("%j is refused in one line", (args, message) => {
		expect(() => parseCommand(args)).toThrow(message);
	});

	test("an address is a running Waldur, anything else a folder", () => {
		expect(["https://waldur.example.org/api/", "dump"].map((text) => sourceOf(text, undefined).name)).toEqual(["https://waldur.example.org/api/", "dump"]);
	});
});

test("refused records stand in the report, one a line", async () => {
	const file = join(await folder(), "report.jsonl");
	await writeFile(file, "of the import before\n");
	const report = reportTo(file);
	report.begin();
	const users = changed("users", { username: "" });
	await importFolder(database(), await folder({ users }), { onRefusal: report.refuse });
	report.close();
	expect(await readFile(file, "utf8")).toBe(`${JSON.stringify({ kind: "refusal", list: "users", uuid: stored(20), field: "username", reason: "is empty" })}\n`);
});

test("an import that refuses nothing leaves an empty report", async () => {
	const file = join(await folder(), "report.jsonl");
	await writeFile(file, "of the import before\n");
	const report = reportTo(file);
	report.begin();
	report.close();
	expect(await readFile(file, "utf8")).toBe("");
});

test("without a terminal every list ends with a line", async () => {
	const written: string[] = [];
	const stream = new Writable({
		write(chunk, _, done) {
			written.push(String(chunk));
			done();
		},
	});
	let time = 0;
	const clock = () => {
		time += 1_000;
		return time;
	};
	await importFolder(database(), await folder(smallWorld()), { progress: showProgress({ stream: Object.assign(stream, { isTTY: false }), clock }) });
	expect(written.filter((line) => line.startsWith("customers "))).toEqual([expect.stringMatching(/^customers +done, 2 records, 1\/s, \d s\n$/)]);
});

test("the closing table counts every list, and all", async () => {
	const dangling = changed("marketplace-component-user-usages", { component_usage: id(404) });
	const summary = await importFolder(database(), await folder(worldWith({ "marketplace-component-user-usages": dangling })));
	const lines = summaryTable(summary).split("\n");
	expect(lines.filter((line) => /^(all|marketplace-component-user-usages)/.test(line)).map((line) => line.replace(/ +/g, " "))).toEqual([
		"marketplace-component-user-usages 0 0 0 1",
		"all 15 0 0 1",
	]);
});
