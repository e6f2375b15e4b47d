import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { exitCodes } from "../../src/shared/failure.ts";
import { directoriesForFile, run, startService } from "./process.ts";

const directory = directoriesForFile();
const upToDate = { exitCode: 0, stdout: "The database is up to date.\n", stderr: "" };

/** A directory that was used before, copied for each test. */
let used: string;
let data: string;
beforeAll(async () => {
	used = await directory();
	await run("migrate", { DATA_DIR: used });
});
beforeEach(async () => {
	data = await directory();
	await cp(used, data, { recursive: true });
});

const leave = (content: string) => writeFile(`${data}/lock`, content);

test("a directory that another process has is refused with its pid, to the service and to commands", async () => {
	const service = await startService({ DATA_DIR: data });
	const refused = {
		exitCode: exitCodes.directoryInUse,
		stdout: "",
		stderr: `The data directory ${data} is in use by process ${service.pid}. Stop it, or set DATA_DIR to another directory.\n`,
	};
	expect(await run("service", { DATA_DIR: data, PORT: "0" })).toEqual(refused);
	expect(await run("token", { DATA_DIR: data }, "list")).toEqual(refused);
	await service.stop();
});

describe("a lock is taken over", () => {
	test("when its process has ended", async () => {
		const { pid } = spawnSync(process.execPath, ["--version"]);
		await leave(JSON.stringify({ pid, started: "1" }));
		expect(await run("migrate", { DATA_DIR: data })).toEqual(upToDate);
	});

	test("when its pid belongs to a process that started at another time", async () => {
		await leave(JSON.stringify({ pid: process.pid, started: "1" }));
		expect(await run("migrate", { DATA_DIR: data })).toEqual(upToDate);
	});

	test.each([["nothing"], ["half a {"], ["null"], ['{"pid":"12"}'], ['{"pid":0,"started":null}'], ['{"pid":-1,"started":null}']])(
		"when a crash of the machine left %s in it",
		async (content) => {
			await leave(content === "nothing" ? "" : content);
			expect(await run("migrate", { DATA_DIR: data })).toEqual(upToDate);
		},
	);
});

test("a lock of a process that cannot tell when it started is respected while there is one with its pid", async () => {
	await leave(JSON.stringify({ pid: process.pid, started: null }));
	expect(await run("migrate", { DATA_DIR: data })).toMatchObject({ exitCode: exitCodes.directoryInUse });
});

test("a lock that cannot be read is left alone", async () => {
	await mkdir(`${data}/lock`);
	const { exitCode, stderr } = await run("migrate", { DATA_DIR: data });
	expect(exitCode).toBe(exitCodes.databaseUnavailable);
	expect(stderr).toMatch(/^The data directory .* cannot be used: EISDIR.*\n$/);
	expect(existsSync(`${data}/lock`)).toBe(true);
});

test("nothing of the lock is left behind", async () => {
	await run("migrate", { DATA_DIR: data });
	expect(await readdir(data)).toEqual(["pglite"]);
});
