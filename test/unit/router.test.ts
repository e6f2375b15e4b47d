import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { createRouter } from "../../src/federation/router.ts";

const token = "0123456789abcdef0123456789abcdef";

test("a router is known by its token, and by nothing else", () => {
	const { isKnownBy } = createRouter(token, true);
	expect([token, `${token} `, token.slice(1), "", undefined].map(isKnownBy)).toEqual([true, false, false, false, false]);
});

test("without a token nobody is known as the router, and everybody may ask for entities", () => {
	const router = createRouter(undefined, true);
	expect([router.isKnownBy(undefined), router.isKnownBy(""), router.mayAskEntities(undefined)]).toEqual([false, false, true]);
});

test("without a token nobody may ask for entities where only trusted documents are answered", () => {
	const router = createRouter(undefined, false);
	expect([undefined, "", token].map(router.mayAskEntities)).toEqual([false, false, false]);
	expect([undefined, "", token].map(createRouter(token, false).mayAskEntities)).toEqual([false, false, true]);
});

test("the router's token is read from a file", () => {
	const folder = mkdtempSync(join(tmpdir(), "router-"));
	onTestFinished(() => rmSync(folder, { recursive: true }));
	writeFileSync(join(folder, "token"), `${token}\n`);
	expect(parseConfig({ FEDERATION_TOKEN_FILE: join(folder, "token") }).federationToken).toBe(token);
	expect(parseConfig({}).federationToken).toBeUndefined();
});

test.each([
	["one that is short", "secret"],
	["one with a space", `${token} ${token}`],
	["one that no header can hold", `${token}é`],
])("%s is refused", (_what, FEDERATION_TOKEN) => {
	expect(() => parseConfig({ FEDERATION_TOKEN })).toThrow(/^FEDERATION_TOKEN must be at least 32 characters/);
});
