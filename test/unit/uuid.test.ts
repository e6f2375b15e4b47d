import { expect, test } from "vitest";
import { parsedUuid } from "../../src/shared/uuid.ts";

const dashed = "6ff0a0f5-57d8-4a4a-a7c4-4d8b6ff5cd41";

test.each([dashed, dashed.toUpperCase(), "6ff0a0f557d84a4aa7c44d8b6ff5cd41", "6FF0A0F557D84A4AA7C44D8B6FF5CD41"])(
	"%s is a UUID, printed with dashes in small letters",
	(text) => {
		expect(parsedUuid(text)).toBe(dashed);
	},
);

test.each([
	["nothing", ""],
	["31 digits", "6ff0a0f557d84a4aa7c44d8b6ff5cd4"],
	["33 digits", "6ff0a0f557d84a4aa7c44d8b6ff5cd411"],
	["a letter that is no digit", "gff0a0f557d84a4aa7c44d8b6ff5cd41"],
	["one dash", "6ff0a0f5-57d84a4aa7c44d8b6ff5cd41"],
	["dashes in other places", "6ff0a0f-557d8-4a4a-a7c4-4d8b6ff5cd41"],
	["braces", `{${dashed}}`],
	["a urn", `urn:uuid:${dashed}`],
	["a space before it", ` ${dashed}`],
	["a line's end behind it", `${dashed}\n`],
	["a line's end behind 32 digits", "6ff0a0f557d84a4aa7c44d8b6ff5cd41\n"],
])("%s is no UUID", (_what, text) => {
	expect(parsedUuid(text)).toBeUndefined();
});
