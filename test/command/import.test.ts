import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { exitCodes } from "../../src/shared/failure.ts";
import { smallWorld } from "../import/small-world.ts";
import { answering, failing } from "../waldur/faults.ts";
import { startWaldur } from "../waldur/waldur.ts";
import { directoriesForFile, run } from "./process.ts";

const directory = directoriesForFile();

const waldur = async () => {
	const started = await startWaldur(smallWorld());
	onTestFinished(async () => void (await started.stop()));
	return started;
};

test("a report that cannot be written ends an import before its first request, in one line", async () => {
	const { base, token, requests } = await waldur();
	const data = await directory();
	const report = join(dirname(data), "missing", "refused.jsonl");

	expect(await run("import", { DATA_DIR: data, WALDUR_TOKEN: token }, base.href, "--report", report)).toEqual({
		exitCode: exitCodes.failed,
		stdout: "",
		stderr: expect.stringMatching(/^The report .*missing\/refused\.jsonl cannot be written: ENOENT[^\n]*--report FILE[^\n]*\n$/),
	});
	expect({ requests, made: existsSync(data) }).toEqual({ requests: [], made: false });
});

test.each([
	["there is none", undefined],
	["there is one of an import before", "of the import before\n"],
])("an import that does not begin leaves its report as it was: %s", async (_, before) => {
	const data = await directory();
	const report = join(dirname(data), "refused.jsonl");
	if (before !== undefined) await writeFile(report, before);

	expect(await run("import", { DATA_DIR: data }, join(dirname(data), "missing"), "--report", report)).toMatchObject({ exitCode: exitCodes.failed });
	expect(existsSync(report) ? await readFile(report, "utf8") : undefined).toBe(before);
});

test("an import that a Waldur keeps waiting for longer than IMPORT_MAX_WAIT ends in one line", async () => {
	const { base, token, stop } = await startWaldur(smallWorld(), failing("customers", 1, answering(429, { "retry-after": "8" })));
	onTestFinished(async () => void (await stop()));
	expect(await run("import", { DATA_DIR: await directory(), WALDUR_TOKEN: token, IMPORT_MAX_WAIT: "7" }, base.href)).toEqual({
		exitCode: exitCodes.failed,
		stdout: "",
		stderr: `${base.href}customers/ asks to be left alone for 8 seconds: IMPORT_MAX_WAIT is 7.\n`,
	});
});
