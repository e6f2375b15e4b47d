import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { codingFor, encoded } from "../../src/server/compression.ts";

test.each([
	["gzip, deflate, br", "br"],
	["gzip, deflate", "gzip"],
	["gzip, deflate, br, zstd", "br"],
	["GZIP;q=0.5", "gzip"],
	["br;q=0.5, gzip;q=0.8", "gzip"],
	["br; q=0.8 , gzip;Q=0.5", "br"],
	["BR", "br"],
	["br;q=0, gzip", "gzip"],
	["br;q=0, *", "gzip"],
	["*", "br"],
	["*;q=0.1", "br"],
	["gzip;q=0.5, *;q=0.1", "gzip"],
	["gzip;q=1.000", "gzip"],
	["identity;q=0.5, gzip;q=0.5", "gzip"],
])("a client that accepts %s gets %s", (accepted, coding) => {
	expect(codingFor(accepted)).toBe(coding);
});

test.each([
	undefined,
	"",
	"identity",
	"deflate, zstd",
	"*;q=0",
	"br;q=0, gzip;q=0",
	"br;q=0.0,gzip;q=0",
	"gzip;q=0.000",
	"identity, gzip;q=0.5",
	"gzip;q=2",
	"gzip;q=",
	"gzip;q=-1",
	",",
])("a client that accepts %s gets answers as they are", (accepted) => {
	expect(codingFor(accepted)).toBeUndefined();
});

const long = "é漢😀".repeat(400);

test("what is compressed is the text, byte for byte", async () => {
	const [br, zipped] = await Promise.all([encoded(long, "br"), encoded(long, "gzip")]);
	expect(brotliDecompressSync(br.content).toString()).toBe(long);
	expect(gunzipSync(zipped.content).toString()).toBe(long);
	expect([br.headers, zipped.headers]).toEqual([
		{ "content-length": br.content.length, "content-encoding": "br" },
		{ "content-length": zipped.content.length, "content-encoding": "gzip" },
	]);
});

test("1,024 bytes are sent as they are, and one more is compressed", async () => {
	expect(await encoded("x".repeat(1_024), "br")).toEqual({ content: "x".repeat(1_024), headers: { "content-length": 1_024 } });
	expect((await encoded("x".repeat(1_025), "br")).headers["content-encoding"]).toBe("br");
});

test("a client that does not say what it accepts waits for nothing", () => {
	expect(encoded(long, undefined)).not.toBeInstanceOf(Promise);
});
