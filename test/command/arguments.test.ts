import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { exitCodes } from "../../src/shared/failure.ts";
import { projectPath } from "../../src/shared/project-root.ts";
import { begin, run } from "./process.ts";

const { version } = JSON.parse(readFileSync(projectPath("package.json"), "utf8"));
const commands = ["service", "token", "migrate", "import", "world", "notifications", "verify", "turn-month"] as const;
/** Nobody gets so far as to use them. */
const wrong = { DATABASE_URL: "mysql://", PORT: "none" };

describe("every command", () => {
	test("refuses an option that it does not know in one line, whatever else is wrong", async () => {
		const ends = await Promise.all(commands.map((command) => run(command, wrong, "--frobnicate", ...(command === "world" ? ["--out", "x"] : []))));
		for (const { exitCode, stdout, stderr } of ends) {
			expect({ exitCode, stdout }).toEqual({ exitCode: exitCodes.usage, stdout: "" });
			expect(stderr).toMatch(/^[^\n]*--frobnicate[^\n]*\n$/);
		}
	});

	test("explains itself, and tells its version", async () => {
		const [help, told, tooMuch] = await Promise.all([run("service", wrong, "--help"), run("service", wrong, "--version"), run("service", wrong, "now")]);
		expect(help).toEqual({ exitCode: 0, stdout: expect.stringContaining("npm start"), stderr: "" });
		expect(told).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: "" });
		expect(tooMuch).toEqual({ exitCode: exitCodes.usage, stdout: "", stderr: expect.stringContaining("'now'") });
	});
});

describe("a signal to end, while the database has not answered yet,", () => {
	test.each([
		["token", ["list"], "SIGINT", 130],
		["token", ["list"], "SIGTERM", 143],
		["service", [], "SIGINT", 0],
		["service", [], "SIGTERM", 0],
	] as const)("ends %s %j at %s with %i", async (command, args, signal, exitCode) => {
		const silent = createServer();
		await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
		const address = silent.address();
		const port = typeof address === "object" ? address?.port : undefined;
		const connected = new Promise<void>((resolve) => silent.once("connection", (socket) => resolve(void socket.on("error", () => {}))));
		const { child, ended } = begin(command, { PORT: "0", DATABASE_URL: `postgresql://127.0.0.1:${port}/usage?connect_timeout=600` }, args);
		await Promise.race([connected, ended]);
		child.kill(signal);
		expect(await ended).toEqual({ exitCode, stdout: "", stderr: "" });
		silent.close();
	});
});
