import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { lockDirectory } from "../../src/database/directory-lock.ts";
import { exitCodes } from "../../src/shared/failure.ts";
import { smallWorld } from "../import/small-world.ts";
import { testFolders } from "../import/support.ts";
import { ask, begin, directoriesForFile, type Ended, run, type Service, startService } from "./process.ts";

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

/** Whether a namespace of processes can be made here, as containers have one. */
const canUnshare = spawnSync("unshare", ["--pid", "--fork", "true"]).status === 0;

/** What a lock of this place says of where it is. */
async function placeHere(): Promise<string> {
	const scratch = await directory();
	const lock = await lockDirectory(scratch);
	const { place } = JSON.parse(await readFile(`${scratch}/lock`, "utf8"));
	await lock.release();
	return place;
}

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
	test("at once when its process has ended", async () => {
		const { pid } = spawnSync(process.execPath, ["--version"]);
		await leave(JSON.stringify({ id: "x", pid, started: "1", place: await placeHere() }));
		expect(await run("migrate", { DATA_DIR: data })).toEqual(upToDate);
	});

	test("of a service that was killed, at once", async () => {
		const service = await startService({ DATA_DIR: data });
		await service.kill();
		expect(await run("migrate", { DATA_DIR: data })).toEqual(upToDate);
	});

	test("after a while without a sign of life when its pid is of another container", async () => {
		await leave(JSON.stringify({ id: "x", pid: process.pid, started: "1", place: "another container" }));
		const lines: string[] = [];
		const lock = await lockDirectory(data, { timeout: 300, tell: (line) => lines.push(line) });
		expect(lines).toEqual([`Looking for 0.3 s whether the data directory ${data} is in use by process ${process.pid} of another place.`]);
		await lock.release();
	});

	test("after a while when its pid belongs to a process that started at another time", async () => {
		await leave(JSON.stringify({ id: "x", pid: process.pid, started: "1", place: await placeHere() }));
		const lock = await lockDirectory(data, { timeout: 300 });
		await lock.release();
	});

	test.each([["nothing"], ["half a {"], ["null"], ['{"pid":"12"}'], ['{"pid":0,"started":null}'], ['{"pid":-1,"started":null}']])(
		"when a crash of the machine left %s in it",
		async (content) => {
			await leave(content === "nothing" ? "" : content);
			expect(await run("migrate", { DATA_DIR: data })).toEqual(upToDate);
		},
	);
});

describe("a lock is respected", () => {
	test("of a process that cannot tell when it started, while there is one with its pid", async () => {
		await leave(JSON.stringify({ id: "x", pid: process.pid, started: null, place: await placeHere() }));
		expect(await run("migrate", { DATA_DIR: data })).toMatchObject({ exitCode: exitCodes.directoryInUse });
	});

	test("of another container, whatever process has its pid here, while somebody touches it", async () => {
		const lock = await lockDirectory(data);
		const { pid } = spawnSync(process.execPath, ["--version"]);
		const found: object = JSON.parse(await readFile(`${data}/lock`, "utf8"));
		// In place: the file that its owner touches stays the same, and so does what its content says of whose it is.
		await writeFile(`${data}/lock`, JSON.stringify({ ...found, pid, place: "another container" }));
		const refused = await run("migrate", { DATA_DIR: data });
		expect(refused).toMatchObject({ exitCode: exitCodes.directoryInUse, stdout: "" });
		expect(refused.stderr).toContain(`is in use by process ${pid} of another container or computer.`);
		await lock.release();
	});

	test.skipIf(!canUnshare)("from within a namespace of processes of its own (skipped where none can be made)", async () => {
		const lock = await lockDirectory(data);
		const { exitCode, stderr } = await begin("migrate", { DATA_DIR: data }, [], { within: ["unshare", "--pid", "--fork"] }).ended;
		expect({ exitCode, isNamed: stderr.includes(`is in use by process ${process.pid} of another container or computer.`) }).toEqual({
			exitCode: exitCodes.directoryInUse,
			isNamed: true,
		});
		await lock.release();
	});

	test("by one of ten processes that want the directory at once", async () => {
		const locks = await Promise.allSettled(Array.from({ length: 10 }, () => lockDirectory(data, { timeout: 300 })));
		const taken = locks.flatMap((lock) => (lock.status === "fulfilled" ? [lock.value] : []));
		expect(taken).toHaveLength(1);
		await taken[0]?.release();
	});
});

test("a lock of the version before, which names no place and is never touched, holds while its process lives", async () => {
	await leave(JSON.stringify({ pid: process.pid, started: null }));
	const { exitCode, stderr } = await run("migrate", { DATA_DIR: data });
	expect({ exitCode, stderr }).toEqual({ exitCode: exitCodes.directoryInUse, stderr: expect.stringContaining(`is in use by process ${process.pid}.`) });
});

test("a service whose lock another process has taken, while it was stopped, ends before it writes", async () => {
	const service = await startService({ DATA_DIR: data });
	process.kill(service.pid, "SIGSTOP");
	await rm(`${data}/lock`);
	await leave(JSON.stringify({ id: "another", pid: process.pid, started: null, place: await placeHere() }));
	const ended = service.ended;
	process.kill(service.pid, "SIGCONT");
	expect(await ended).toMatchObject({ exitCode: null, stderr: expect.stringContaining("is another process's, or is gone: this process ends at once") });
	expect(await readFile(`${data}/lock`, "utf8")).toContain("another");
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
