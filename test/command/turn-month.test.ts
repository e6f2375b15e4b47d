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

test("a month that is still to come is described, and begins when that is confirmed", async () => {
	const settings = { DATA_DIR: await directory() };
	const world = { ...smallWorld(), "marketplace-component-usages": changed("marketplace-component-usages", { usage: 150, recurring: true }) };
	expect(await run("import", settings, await folder(world))).toMatchObject({ exitCode: 0 });
	await run("turn-month", settings, "--at", "2024-04-01");
	const future = ["--at", "2027-12-01"];

	const described = await run("turn-month", settings, ...future);
	expect(described).toMatchObject({ exitCode: exitCodes.unconfirmed, stderr: "" });
	const lines = described.stdout.split("\n");
	expect(lines.slice(0, 3)).toEqual([
		"Nothing was done. The day is in the future.",
		"With --force, this would be:",
		expect.stringMatching(/^2024-05: 1 record copied, 0 policies fired, 0 reset \(.+, [0-9a-f-]{36}\)$/),
	]);
	expect(await run("turn-month", settings, ...future)).toEqual(described);
	expect(await run("turn-month", settings, ...future, "--force")).toMatchObject({
		exitCode: 0,
		stdout: expect.stringMatching(/^2024-05: 1 record copied.*^2027-12: /ms),
	});
	expect(await run("turn-month", settings, ...future)).toMatchObject({ stdout: expect.stringContaining(nothing) });
}, 300_000);

test("a database is used with one time zone, until another one is set on purpose", async () => {
	const data = { DATA_DIR: await directory() };
	await run("turn-month", { ...data, TIME_ZONE: "Europe/Tallinn" });
	const refused = {
		exitCode: exitCodes.badConfig,
		stdout: "",
		stderr:
			"TIME_ZONE is UTC, but the database's billing months are those of Europe/Tallinn: set TIME_ZONE=Europe/Tallinn. " +
			"To change the zone of months that are still to come, run npm run turn-month -- --time-zone UTC.\n",
	};
	expect(await run("turn-month", data)).toEqual(refused);
	expect(await run("service", { ...data, PORT: "0" })).toEqual(refused);
	expect(await run("import", data, await folder(smallWorld()))).toEqual(refused);
	expect(await run("turn-month", data, "--time-zone", "UTC")).toMatchObject({
		exitCode: 0,
		stdout: expect.stringMatching(/^Billing months are those of UTC from now on: .* Usage stays in the months that it was reported in\.\n$/),
	});
	expect(await run("turn-month", { ...data, TIME_ZONE: "Etc/UTC" })).toMatchObject({ exitCode: 0, stdout: nothing });
}, 300_000);

describe("npm run turn-month", () => {
	test("explains itself", async () => {
		const { exitCode, stdout } = await run("turn-month", {}, "--help");
		expect(exitCode).toBe(0);
		expect(stdout).toContain("npm run turn-month -- [--at DATE] [--force]");
	});

	test.each([
		[["--at", "december"], '--at takes a day such as 2026-12-01, not "december".'],
		[["--at", "2026-02-30"], '--at takes a day such as 2026-12-01, not "2026-02-30".'],
		[["--at", ""], '--at takes a day such as 2026-12-01, not "".'],
		[["--time-zone", "Mars"], '--time-zone takes an IANA time zone such as Europe/Tallinn, not "Mars".'],
		[["--time-zone", "UTC", "--force"], "--time-zone turns no month: give it alone."],
	])("refuses %j in one line", async (args, message) => {
		expect(await run("turn-month", {}, ...args)).toEqual({ exitCode: exitCodes.usage, stdout: "", stderr: `${message} --help shows what there is.\n` });
	});
});
