import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { exitCodes } from "../../src/shared/failure.ts";
import { smallWorld } from "../import/small-world.ts";
import { testFolders } from "../import/support.ts";
import { ask, directoriesForFile, type Ended, run, type Service, startService } from "./process.ts";

const directory = directoriesForFile();
const folder = testFolders();
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

describe("a directory that another process has", () => {
	const commands = {
		"the service": ["service"],
		migrate: ["migrate"],
		"list tokens": ["token", "list"],
		"create tokens": ["token", "create", "staff"],
		import: ["import"],
		"turn the month": ["turn-month"],
	} as const;
	const endings = new Map<string, Ended>();
	let owner: Service;
	let answer: unknown;

	beforeAll(async () => {
		const taken = await directory();
		owner = await startService({ DATA_DIR: taken });
		const source = await folder(smallWorld());
		for (const [name, [command, ...args]] of Object.entries(commands)) {
			endings.set(name, await run(command, { DATA_DIR: taken, PORT: "0" }, ...args, ...(command === "import" ? [source] : [])));
		}
		answer = await ask(owner, "demo_staff", "{ viewer { username } }");
		await owner.stop();
	});

	test.each(Object.keys(commands))("is refused with its pid to %s", (name) => {
		const message = /^The data directory .* is in use by process (\d+)\. Stop it, or set DATA_DIR to another directory\.\n$/;
		const { exitCode, stdout, stderr } = endings.get(name) ?? {};
		expect({ exitCode, stdout, pid: message.exec(stderr ?? "")?.[1] }).toEqual({ exitCode: exitCodes.directoryInUse, stdout: "", pid: String(owner.pid) });
	});

	test("stays as it is for its owner", () => {
		expect(answer).toMatchObject({ data: { viewer: { username: "staff" } } });
	});
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
