import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { acceptedEncoding, pack } from "../../src/server/graphiql/packed.ts";

describe("a client is sent", () => {
	test.each([
		["gzip, deflate, br, zstd", "br"],
		["gzip, deflate", "gzip"],
		["GZIP;q=0.5", "gzip"],
		["br;q=0, gzip", "gzip"],
		["br;q=0.0,gzip;q=0", undefined],
		["*", "br"],
		["br;q=0, *", "gzip"],
		["identity", undefined],
		["", undefined],
		[undefined, undefined],
	])("of what «%s» accepts: %s", (accepted, encoding) => {
		expect(acceptedEncoding(accepted)).toBe(encoding);
	});
});

test.each([
	["short", "a"],
	["long", "a".repeat(1_000_000)],
])("a %s content is the same in both encodings, and another one has another hash", async (_length, content) => {
	const { gzip, brotli, hash } = pack("text/plain", content);
	expect([gunzipSync(await gzip).toString(), brotliDecompressSync(await brotli).toString()]).toEqual([content, content]);
	expect(hash).toMatch(/^[\da-f]{16}$/);
	expect(pack("text/plain", `${content}.`).hash).not.toBe(hash);
});
