import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { exitCodes } from "../../src/shared/failure.ts";
import { directoriesForFile, run, type Settings } from "./process.ts";

const directory = directoriesForFile();

describe("the service refuses to start", () => {
	test.each<[string, Settings, string]>([
		["a time zone that is none", { TIME_ZONE: "Mars/Olympus" }, 'TIME_ZONE must be an IANA time zone such as Europe/Tallinn, not "Mars/Olympus".'],
		["a port that is no number", { PORT: "http" }, 'PORT must be a number from 0 to 65535, not "http".'],
		["a port that is too high", { PORT: "65536" }, 'PORT must be a number from 0 to 65535, not "65536".'],
		[
			"an address that others reach, while the tokens may be public",
			{ HOST: "0.0.0.0" },
			'HOST must be one of 127.0.0.1, ::1, localhost with the embedded database, not "0.0.0.0": only a DATABASE_URL opens other addresses.',
		],
		[
			"the address of another kind of database",
			{ DATABASE_URL: "mysql://gateway:s3cret@127.0.0.1:3306/usage" },
			"DATABASE_URL must look like postgresql://user:password@host:5432/database.",
		],
		[
			"the address of another kind of mail server",
			{ SMTP_URL: "imap://gateway:s3cret@127.0.0.1", SMTP_FROM: "gateway" },
			"SMTP_URL must look like smtp://user:password@host:587 or smtps://user:password@host. " +
				'SMTP_FROM must be an e-mail address such as alerts@example.org, not "gateway".',
		],
		[
			"what those who run it are to be told in a way that there is not",
			{ OPERATIONS_PORT: "metrics", LOG: "text", OTEL_EXPORTER_OTLP_ENDPOINT: "127.0.0.1:4318" },
			'OPERATIONS_PORT must be a number from 0 to 65535, not "metrics". LOG must be json or off, not "text". ' +
				"OTEL_EXPORTER_OTLP_ENDPOINT must look like http://127.0.0.1:4318.",
		],
		[
			"an operation that no token could ever ask for",
			{ RATE_LIMIT: "50", COST_LIMIT: "501" },
			"COST_LIMIT must not be more than ten times RATE_LIMIT, 500: a token could never ask for an operation of 501.",
		],
		["a manifest that is not there", { TRUSTED_DOCUMENTS: "/none" }, "TRUSTED_DOCUMENTS: /none cannot be read (ENOENT)."],
		[
			"everything that is wrong, at once",
			{ PORT: "-1", TIME_ZONE: "CEST?", DATABASE_URL: "postgresql//oops:s3cret" },
			'PORT must be a number from 0 to 65535, not "-1". TIME_ZONE must be an IANA time zone such as Europe/Tallinn, not "CEST?". ' +
				"DATABASE_URL must look like postgresql://user:password@host:5432/database.",
		],
	])("with %s", async (_what, settings, message) => {
		const data = await directory();
		expect(await run("service", { DATA_DIR: data, ...settings })).toEqual({ exitCode: exitCodes.badConfig, stdout: "", stderr: `${message}\n` });
		expect(existsSync(data)).toBe(false);
	});

	test("with a PostgreSQL server that does not answer, without telling its password", async () => {
		const port = 2; // nobody's: a port that was free a moment ago could be somebody's by now
		const ended = await run("service", { PORT: "0", DATABASE_URL: `postgresql://gateway:s3cret@127.0.0.1:${port}/usage` });
		expect(ended).toEqual({
			exitCode: exitCodes.databaseUnavailable,
			stdout: "",
			stderr: `The database 127.0.0.1:${port}/usage of DATABASE_URL cannot be used: connect ECONNREFUSED 127.0.0.1:${port}\n`,
		});
	});

	test("on a port that is in use, before it has made a directory", async () => {
		const data = await directory();
		const { port, close } = await taken();
		const ended = await run("service", { DATA_DIR: data, PORT: String(port) });
		await close();
		expect(ended).toEqual({
			exitCode: exitCodes.portInUse,
			stdout: "",
			stderr: `Port ${port} on 127.0.0.1 is in use. Stop what listens there, or set PORT to another one.\n`,
		});
		expect(existsSync(data)).toBe(false);
	});

	test("where a file is in the way of the directory", async () => {
		const data = `${import.meta.filename}/data`;
		const { exitCode, stderr } = await run("service", { PORT: "0", DATA_DIR: data });
		expect(exitCode).toBe(exitCodes.databaseUnavailable);
		expect(stderr).toMatch(/^The data directory .* cannot be used: ENOTDIR.*\n$/);
	});
});

/** A port of loopback that something listens on. */
async function taken(): Promise<{ port: number; close: () => Promise<void> }> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("A listening server has a port.");
	return { port: address.port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}
