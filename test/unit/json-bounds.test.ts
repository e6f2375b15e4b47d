import { expect, test } from "vitest";
import { deepestJson, isTooDeep } from "../../src/server/limits/json-bounds.ts";

const nested = (depth: number, [open, close] = ["[", "]"]) => open.repeat(depth) + close.repeat(depth);

test.each([
	["nothing", "", false],
	["as many lists as are allowed", nested(deepestJson), false],
	["one more", nested(deepestJson + 1), true],
	["as many objects as are allowed", nested(deepestJson - 1, ['{"a":', "}"]).replace(":}", ":{}}"), false],
	["one more", nested(deepestJson, ['{"a":', "}"]).replace(":}", ":{}}"), true],
	["lists and objects in turn", nested(deepestJson / 2 + 1, ['{"a":[', "]}"]), true],
	["many lists beside each other", `[${Array(10_000).fill("[]").join()}]`, false],
	["brackets in a string", `{"query":"${"[{".repeat(1_000)}"}`, false],
	["brackets behind a quote in a string", `{"query":"\\"${"[{".repeat(1_000)}"}`, false],
	["brackets behind a string that ends with a backslash", `["\\\\",${nested(deepestJson)}]`, true],
	["a string that does not end", `["${"[".repeat(1_000)}`, false],
	["lists that do not end", "[".repeat(deepestJson + 1), true],
])("too deep is told of %s", (_what, json, told) => {
	expect(isTooDeep(json)).toBe(told);
});
