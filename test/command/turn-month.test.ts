import { describe, expect, test } from "vitest";
import { exitCodes } from "../../src/shared/failure.ts";
import { changed, smallWorld } from "../import/small-world.ts";
import { testFolders } from "../import/support.ts";
import { directoriesForFile, run, startService } from "./process.ts";

const directory = directoriesForFile();
const folder = testFolders();

/** A world whose usage of March 2024 recurs and is above the limit of a policy of one month. */
const recurring = () => ({ ...smallWorld(), "marketplace-component-usages": changed("marketplace-component-usages", { usage: 150, recurring: true }) });

const nothing = "There is nothing to do: the month has begun for every offering.\n";

test("the months that are begun by the command, or by a service that starts later, begin once", async () => {
	// West of Greenwich: the day begins there when it is no longer the month before.
	const settings = { DATA_DIR: await directory(), TIME_ZONE: "America/New_York" };
	expect(await run("import", settings, await folder(recurring()))).toMatchObject({ exitCode: 0 });

	const april = "2024-04: 1 record copied, 1 policy fired, 0 reset\n";
	expect(await run("turn-month", settings, "--at", "2024-04-01")).toEqual({ exitCode: 0, stdout: april, stderr: "" });
	expect(await run("turn-month", settings, "--at", "2024-04-30")).toEqual({ exitCode: 0, stdout: nothing, stderr: "" });
	const june = "2024-05: 1 record copied, 0 policies fired, 0 reset\n2024-06: 1 record copied, 0 policies fired, 0 reset\n";
	expect(await run("turn-month", settings, "--at", "2024-06-15")).toEqual({ exitCode: 0, stdout: june, stderr: "" });

	const service = await startService(settings);
	expect(await run("turn-month", settings)).toMatchObject({ exitCode: exitCodes.directoryInUse, stdout: "" });
	expect(await service.stop()).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining("month") });
	expect(await run("turn-month", settings)).toEqual({ exitCode: 0, stdout: nothing, stderr: "" });
}, 300_000);

describe("npm run turn-month", () => {
	test("explains itself", async () => {
		const { exitCode, stdout } = await run("turn-month", {}, "--help");
		expect(exitCode).toBe(0);
		expect(stdout).toContain("npm run turn-month -- [--at DATE]");
	});

	test.each([
		[["--at", "december"], '--at takes a day such as 2026-12-01, not "december".'],
		[["--at", "2026-02-30"], '--at takes a day such as 2026-12-01, not "2026-02-30".'],
		[["--at", ""], '--at takes a day such as 2026-12-01, not "".'],
	])("refuses %j in one line", async (args, message) => {
		expect(await run("turn-month", {}, ...args)).toEqual({ exitCode: exitCodes.failed, stdout: "", stderr: `${message}\n` });
	});
});
