import { describe, expect, test } from "vitest";
import { Decimal, fitsStoredDigits, isPlainDecimal, normalized } from "../../src/shared/decimal.ts";

describe("plain notation", () => {
	test.each(["0", "7", "007", "12.50", "-1", "+1", "-0.01", "99999999999999999999999999.999"])("is %j", (text) => {
		expect(isPlainDecimal(text)).toBe(true);
	});

	test.each(["", " 1", "1 ", "1\n", ".5", "1.", "1e3", "1E3", "1e999", "1_000", "1,000", "NaN", "Infinity", "0x1F", "--1", "1.2.3", "½"])(
		"is not %j",
		(text) => {
			expect(isPlainDecimal(text)).toBe(false);
		},
	);
});

test.each([
	["+05.10", "5.1"],
	["-0", "0"],
	["3.00", "3"],
	["0.000", "0"],
	["-0.010", "-0.01"],
	["1000000000000000000000000000000", "1000000000000000000000000000000"],
	["0.0000000000000000000001", "0.0000000000000000000001"],
])("%s is printed as %s", (text, printed) => {
	expect(normalized(text)).toBe(printed);
});

test.each([
	["999999999999999999.99", true],
	["999999999999999999.990", true],
	["1000000000000000000", false],
	["-1000000000000000000", false],
	["0.001", false],
])("%s is stored without losing a digit: %s", (text, fits) => {
	expect(fitsStoredDigits(new Decimal(text))).toBe(fits);
});

test("sums of more digits than are stored lose none", () => {
	expect(new Decimal("999999999999999999999999999999.99").plus("0.01").toFixed()).toBe("1000000000000000000000000000000");
	expect(new Decimal("0.1").plus("0.2").toFixed()).toBe("0.3");
});
