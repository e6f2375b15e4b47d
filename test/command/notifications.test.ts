import { beforeAll, expect, test } from "vitest";
import { exitCodes } from "../../src/shared/failure.ts";
import { directoriesForFile, run, startService } from "./process.ts";

const directory = directoriesForFile();
let data: string;
beforeAll(async () => {
	data = await directory();
	await (await startService({ DATA_DIR: data })).stop();
}, 120_000);

const notifications = (...args: string[]) => run("notifications", { DATA_DIR: data }, ...args);
const listed = async (state: string) => (await notifications("list", "--state", state)).stdout.split("\n").filter((line) => line.includes(`  ${state}  `));

test("npm run notifications lists what waits, discards it and sends it again", async () => {
	const waiting = await listed("PENDING");
	expect(waiting.length).toBeGreaterThan(2);
	for (const line of waiting) expect(line).toMatch(/^[\da-f-]{36} {2}PENDING {2}\S+Z {2}1 firings {2}0 attempts {2}\S+@\S+ {2}\w/);
	const uuid = waiting[0]?.slice(0, 36) ?? "";

	expect(await notifications("discard", uuid)).toEqual({ exitCode: 0, stdout: "Discarded: 1\n", stderr: "" });
	expect((await listed("EXPIRED")).map((line) => [line.slice(0, 36), line.endsWith("  Discarded by an operator.")])).toEqual([[uuid, true]]);
	expect(await notifications("discard", "--all")).toMatchObject({ stdout: `Discarded: ${waiting.length - 1}\n` });
	expect(await notifications("list", "--state", "pending")).toMatchObject({ stdout: "There are no such notifications.\n" });

	expect(await notifications("send-again", "--state", "EXPIRED")).toEqual({ exitCode: 0, stdout: `To be sent again: ${waiting.length}\n`, stderr: "" });
	expect((await listed("PENDING")).map((line) => line.slice(0, 36)).sort()).toEqual(waiting.map((line) => line.slice(0, 36)).sort());
}, 120_000);

test.each([
	[[], "Say what to do: list, discard or send-again."],
	[["forget"], '"forget" is none of list, discard and send-again.'],
	[["discard"], "Say which notifications to discard, or --all of them."],
	[["send-again", "--state", "FAILED", "--all"], "Say which notifications to send-again, or --all of them."],
	[["discard", "mine"], 'discard takes a uuid, not "mine".'],
	[["list", "--policy", "mine"], '--policy takes a uuid, not "mine".'],
	[["list", "--state", "LOST"], '--state takes one of PENDING, SENT, FAILED, EXPIRED, not "LOST".'],
	[["list", "--limit", "0"], '--limit takes a number from 1 to 99999, not "0".'],
])("npm run notifications refuses %j in one line", async (args, message) => {
	expect(await notifications(...args)).toEqual({ exitCode: exitCodes.usage, stdout: "", stderr: `${message} --help shows what there is.\n` });
});
