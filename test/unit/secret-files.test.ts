import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parseConfig, waldurToken } from "../../src/config.ts";

const folder = mkdtempSync(join(tmpdir(), "usage-gateway-secrets-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
	writeFileSync(join(folder, name), text);
	return join(folder, name);
}

const url = "postgresql://gateway:s3cret@db/usage";

test.each([
	["", url],
	["a line break", `${url}\n`],
	["Windows' line break", `${url}\r\n`],
])("a secret is what is in its file, without %s", (_what, text) => {
	const { database, mailServer } = parseConfig({ DATABASE_URL_FILE: file("database", text), SMTP_URL_FILE: file("smtp", "smtp://u:p@mail\n") });
	expect(database).toMatchObject({ kind: "server", url });
	expect(mailServer).toMatchObject({ host: "mail", user: "u", password: "p" });
	expect(waldurToken({ WALDUR_TOKEN_FILE: file("waldur", "t0ken\n") })).toBe("t0ken");
});

test.each([
	[{ DATABASE_URL: url, DATABASE_URL_FILE: "/none" }, "DATABASE_URL and DATABASE_URL_FILE must not both be set."],
	[{ DATABASE_URL_FILE: join(folder, "none"), HOST: "0.0.0.0" }, "DATABASE_URL_FILE must name a file that can be read (ENOENT)."],
	[{ DATABASE_URL_FILE: folder }, "DATABASE_URL_FILE must name a file that can be read (EISDIR)."],
	[{ DATABASE_URL_FILE: file("empty", "\n") }, "DATABASE_URL_FILE must name a file that is not empty."],
	[{ DATABASE_URL_FILE: file("wrong", "s3cret") }, "DATABASE_URL must look like postgresql://user:password@host:5432/database."],
	[{ SMTP_URL_FILE: join(folder, "none") }, "SMTP_URL_FILE must name a file that can be read (ENOENT)."],
])("%j is refused in one sentence", (env, message) => {
	expect(() => parseConfig(env)).toThrow(expect.objectContaining({ message }));
});

test("a Waldur's token whose file cannot be read is refused in one sentence", () => {
	expect(() => waldurToken({ WALDUR_TOKEN_FILE: join(folder, "none") })).toThrow("WALDUR_TOKEN_FILE must name a file that can be read (ENOENT).");
});

test.each([
	[{ POOL_SIZE: "1" }, 'POOL_SIZE must be a whole number from 2 to 1000, not "1".'],
	[{ POOL_SIZE: "1001" }, 'POOL_SIZE must be a whole number from 2 to 1000, not "1001".'],
	[{ STATEMENT_TIMEOUT: "0" }, 'STATEMENT_TIMEOUT must be a whole number from 1 to 3600, not "0".'],
	[{ OPERATION_TIMEOUT: "soon" }, 'OPERATION_TIMEOUT must be a whole number from 1 to 3600, not "soon".'],
	[{ STATEMENT_TIMEOUT: "20" }, "STATEMENT_TIMEOUT, 20 seconds, must not be longer than OPERATION_TIMEOUT, 10: nobody would wait for what it ends."],
])("%j is refused", (env, message) => {
	expect(() => parseConfig(env)).toThrow(expect.objectContaining({ message }));
});

test("a statement may take no longer than its operation, also where only that is said", () => {
	expect(parseConfig({ DATABASE_URL: url, OPERATION_TIMEOUT: "2", POOL_SIZE: "25" })).toMatchObject({
		operationTimeout: 2_000,
		database: { poolSize: 25, statementTimeout: 2_000 },
	});
});
