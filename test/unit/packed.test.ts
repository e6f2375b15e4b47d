import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { pack } from "../../src/server/graphiql/packed.ts";

test.each([
	["short", "a"],
	["long", "a".repeat(1_000_000)],
])("a %s content is the same in both encodings, and another one has another hash", async (_length, content) => {
	const { gzip, brotli, hash } = pack("text/plain", content);
	expect([gunzipSync(await gzip).toString(), brotliDecompressSync(await brotli).toString()]).toEqual([content, content]);
	expect(hash).toMatch(/^[\da-f]{16}$/);
	expect(pack("text/plain", `${content}.`).hash).not.toBe(hash);
});
