import { expect, test } from "vitest";
import { beginning, createPositionCodec, isAfter, isSameText, salted } from "../../src/event-log/position.ts";

const codec = createPositionCodec(Buffer.from("000102030405060708090a0b0c0d0e0f", "hex"));
const ofAnotherDatabase = createPositionCodec(Buffer.alloc(16, 7));

test.each([
	{ number: 1n, mark: -1n },
	{ number: 812n, mark: 17n },
	{ number: 2n ** 63n - 1n, mark: -(2n ** 63n) },
])("the position $number is read as it was printed", (position) => {
	expect(codec.parse(codec.print(position))).toEqual(position);
});

test("the beginning is a text that clients can write", () => {
	expect(codec.print(beginning)).toBe("0");
	expect(codec.parse("0")).toEqual(beginning);
});

test.each([beginning, { number: 812n, mark: 17n }])(
	"a salted text of $number is another one each time, of the same place, and printed as it was read",
	(position) => {
		const texts = [salted(position), salted(position)].map(codec.print);

		expect(new Set([...texts, codec.print(position)]).size).toBe(3);
		for (const text of texts) {
			const read = codec.parse(text) ?? beginning;
			expect(read).toMatchObject(position);
			expect(codec.print(read)).toBe(text);
			expect(isSameText(read, position)).toBe(false);
		}
	},
);

test("neighbours have nothing in common, so that nobody counts what lies between two positions", () => {
	const printed = [1n, 2n, 3n].map((number) => codec.print({ number, mark: 0n }));
	const inCommon = (one = "", other = "") => [...one].filter((character, place) => character === other[place]).length;

	expect(printed.every((text) => text.length === 22)).toBe(true);
	expect(inCommon(printed[0], printed[1])).toBeLessThan(6);
	expect(inCommon(printed[1], printed[2])).toBeLessThan(6);
});

test("what another database gave out is read as another position", () => {
	const position = { number: 5n, mark: 5n };
	expect(codec.parse(ofAnotherDatabase.print(position))).not.toEqual(position);
});

test.each(["1.1", "0.0", "zzzzzzzzzzzzz.1"])("%s, as positions were once, is one that no log goes on from", (text) => {
	expect(codec.parse(text)).toMatchObject({ number: -1n });
});

test.each([
	"",
	"1",
	"-1",
	"00",
	"1.",
	".1",
	"1.2.3",
	"A.1",
	"AAAAAAAAAAAAAAAAAAAAAB",
	"AAAAAAAAAAAAAAAAAAAAA",
	"AAAAAAAAAAAAAAAAAAAAAAA",
	"AAAAAAAAAAAAAAAAAAAA==",
])("%j is no position", (text) => {
	expect(codec.parse(text)).toBeUndefined();
});

test("positions are ordered by number", () => {
	expect(isAfter({ number: 2n, mark: 0n }, { number: 1n, mark: 9n })).toBe(true);
	expect(isAfter({ number: 1n, mark: 9n }, { number: 1n, mark: 0n })).toBe(false);
});
