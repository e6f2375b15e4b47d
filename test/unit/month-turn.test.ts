import { expect, test } from "vitest";
import { momentOfTurn, monthsToTurn } from "../../src/domain/month-turn/month-turn.ts";

test.each([
	[null, "2026-11-01", ["2026-11-01"]],
	["2026-10-01", "2026-11-01", ["2026-11-01"]],
	["2026-11-01", "2026-12-01", ["2026-12-01"]],
	["2026-09-01", "2026-11-01", ["2026-10-01", "2026-11-01"]],
	["2026-11-01", "2027-02-01", ["2026-12-01", "2027-01-01", "2027-02-01"]],
	["2026-11-01", "2026-11-01", []],
	["2026-12-01", "2026-11-01", []],
])("an offering that last began %s begins in %s the months %j", (last, thisMonth, months) => {
	expect(monthsToTurn(last, thisMonth)).toEqual(months);
});

test.each([
	["2026-12-01", "2026-12-04T10:00:00.000Z", "UTC", "2026-12-04T10:00:00.000Z"],
	["2026-12-01", "2027-01-04T10:00:00.000Z", "UTC", "2026-12-01T00:00:00.000Z"],
	["2026-12-01", "2027-01-04T10:00:00.000Z", "Europe/Tallinn", "2026-11-30T22:00:00.000Z"],
	["2026-12-01", "2026-11-30T22:30:00.000Z", "Europe/Tallinn", "2026-11-30T22:30:00.000Z"],
])("the turn of %s, at %s in %s, happens at %s", (month, now, timeZone, moment) => {
	expect(momentOfTurn(month, new Date(now), timeZone).toISOString()).toBe(moment);
});
