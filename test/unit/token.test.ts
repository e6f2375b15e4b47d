import { expect, test } from "vitest";
import { isToken, newToken, tokenHash, tokenIn } from "../../src/access/token.ts";

test("a new token has 256 random bits, and is never the same", () => {
	const tokens = new Set(Array.from({ length: 100 }, () => newToken()));
	expect(tokens.size).toBe(100);
	expect(Buffer.from(newToken().slice(4, 47), "base64url")).toHaveLength(32);
});

test("a new token is a token, and one that was mistyped anywhere is not", () => {
	const token = newToken();
	const mistyped = [...token].map((letter, place) => `${token.slice(0, place)}${letter === "x" ? "y" : "x"}${token.slice(place + 1)}`);
	expect(isToken(token)).toBe(true);
	expect(mistyped.filter(isToken)).toEqual([]);
});

test("a token is stored as its SHA-256", () => {
	expect(tokenHash("demo_staff")).toBe("ae2c2853dfe0c4b472f5141ae77709c2fb1cd3f5947aae50ee0d084b61bc9368");
});

test.each([
	["Token abc", "abc"],
	["Bearer abc", "abc"],
	["bearer  abc ", "abc"],
	["Bearer Token abc", "abc"],
	["Token Bearer abc", undefined],
	["Basic abc", undefined],
	["abc", undefined],
	["Token", undefined],
	["Token a b", undefined],
])("the token in %j is %j", (header, token) => {
	expect(tokenIn(header)).toBe(token);
});
