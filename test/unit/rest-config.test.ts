import { expect, test } from "vitest";
import { parseConfig } from "../../src/config.ts";

test("the REST API is on, and addresses are of this computer, unless it is said otherwise", () => {
	expect(parseConfig({})).toMatchObject({ rest: true, publicUrl: undefined });
	expect(parseConfig({ REST: "off", PUBLIC_URL: "https://usage.example.org/gateway/" })).toMatchObject({
		rest: false,
		publicUrl: "https://usage.example.org/gateway",
	});
});

test.each([
	"usage.example.org",
	"ftp://usage.example.org",
	"https://u:p@usage.example.org",
	"https://usage.example.org?x=1",
	"https://usage.example.org/#a",
	"https://usage.example.org/a b",
	"https://Usage.example.org",
])("PUBLIC_URL=%s is refused", (PUBLIC_URL) => {
	expect(() => parseConfig({ PUBLIC_URL })).toThrow(/^PUBLIC_URL must look like/);
});

test("REST=yes is refused", () => {
	expect(() => parseConfig({ REST: "yes" })).toThrow('REST must be on or off, not "yes".');
});
