import pg from "pg";
import { expect, test } from "vitest";
import { exactTypes } from "../../src/database/exact-types.ts";

const { DATE, INT8, NUMERIC, TIMESTAMPTZ } = pg.types.builtins;
const read = (oid: number, text: string) => exactTypes.getTypeParser(oid, "text")(text);

test.each([
	["2026-10-31 15:30:00+00", "2026-10-31T15:30:00.000Z"],
	["2026-10-31 15:30:00.5+00", "2026-10-31T15:30:00.500Z"],
	["2026-10-31 15:30:00.123456+00", "2026-10-31T15:30:00.123Z"],
	["2026-10-31 15:30:00+02", "2026-10-31T13:30:00.000Z"],
	["2026-10-31 15:30:00-03:30", "2026-10-31T19:00:00.000Z"],
	["0001-01-01 00:00:00+00", "0001-01-01T00:00:00.000Z"],
	["12026-10-31 15:30:00+00", "+012026-10-31T15:30:00.000Z"],
	["0044-03-15 00:00:00+00 BC", "-000043-03-15T00:00:00.000Z"],
])("the moment %s is %s", (text, moment) => {
	expect((read(TIMESTAMPTZ, text) as Date).toISOString()).toBe(moment);
});

test("exact figures and days stay as they are written", () => {
	expect([read(NUMERIC, "12345678901234567890.10"), read(INT8, "9007199254740993"), read(DATE, "2026-10-31")]).toEqual([
		"12345678901234567890.10",
		"9007199254740993",
		"2026-10-31",
	]);
});
