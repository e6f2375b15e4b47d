import { expect, test } from "vitest";
import {
	addMonths,
	billingPeriodAt,
	isCalendarDay,
	isTimeZone,
	monthsBetween,
	quarterOf,
	startOfDay,
	startOfMonth,
	startOfNextDay,
	yearOf,
} from "../../src/shared/billing-period.ts";

test.each([
	["2026-07-31T21:25:00Z", "Europe/Tallinn", "2026-08-01"],
	["2026-07-31T20:59:59Z", "Europe/Tallinn", "2026-07-01"],
	["2026-07-31T21:25:00Z", "UTC", "2026-07-01"],
	["2026-12-31T15:00:00Z", "Asia/Tokyo", "2027-01-01"],
	["2027-01-01T03:29:59Z", "America/St_Johns", "2026-12-01"],
	["2027-01-01T03:30:00Z", "America/St_Johns", "2027-01-01"],
	["2028-02-29T09:59:59Z", "Pacific/Kiritimati", "2028-02-01"],
	["2028-02-29T10:00:00Z", "Pacific/Kiritimati", "2028-03-01"],
])("%s is in the billing month of %s that begins on %s", (moment, zone, month) => {
	expect(billingPeriodAt(new Date(moment), zone)).toBe(month);
});

test.each([
	["2017-01-01", 1, "2017-02-01"],
	["2017-12-01", 1, "2018-01-01"],
	["2017-01-01", -1, "2016-12-01"],
	["2017-09-01", -11, "2016-10-01"],
	["2017-01-01", 0, "2017-01-01"],
])("%s and %i months is %s", (month, count, expected) => {
	expect(addMonths(month, count)).toBe(expected);
});

test.each([
	["2017-01-01", "2017-01-01", "2017-03-01"],
	["2017-06-01", "2017-04-01", "2017-06-01"],
	["2017-12-01", "2017-10-01", "2017-12-01"],
])("the quarter of %s is %s to %s", (month, start, end) => {
	expect(quarterOf(month)).toEqual({ start, end });
});

test("the year of a month is January to December", () => {
	expect(yearOf("2017-05-01")).toEqual({ start: "2017-01-01", end: "2017-12-01" });
});

test.each([
	["2017-11-01", "2018-02-01", ["2017-11-01", "2017-12-01", "2018-01-01", "2018-02-01"]],
	["2017-11-01", "2017-11-01", ["2017-11-01"]],
	["2017-12-01", "2017-11-01", []],
])("the months from %s to %s are %j", (first, last, months) => {
	expect(monthsBetween(first, last)).toEqual(months);
});

test("a month and a day begin at midnight of the zone, summer time obeyed", () => {
	expect(startOfMonth("2026-08-01", "Europe/Tallinn").toISOString()).toBe("2026-07-31T21:00:00.000Z");
	expect(startOfDay("2026-01-15", "Europe/Tallinn").toISOString()).toBe("2026-01-14T22:00:00.000Z");
	expect(startOfNextDay("2026-03-29", "Europe/Tallinn").toISOString()).toBe("2026-03-29T21:00:00.000Z");
});

test("a month begins with its first moment where summer time leaps over its midnight", () => {
	expect(startOfMonth("2017-10-01", "America/Asuncion").toISOString()).toBe("2017-10-01T04:00:00.000Z");
	expect(startOfNextDay("2017-09-30", "America/Asuncion").toISOString()).toBe("2017-10-01T04:00:00.000Z");
	expect(billingPeriodAt(new Date("2017-10-01T03:59:59.999Z"), "America/Asuncion")).toBe("2017-09-01");
	expect(billingPeriodAt(new Date("2017-10-01T04:00:00.000Z"), "America/Asuncion")).toBe("2017-10-01");
});

test.each([
	["UTC", true],
	["Europe/Tallinn", true],
	["Mars/Olympus", false],
	["", false],
	["UTC+3", false],
	["+03:00", false],
])("whether %j is a time zone: %s", (name, known) => {
	expect(isTimeZone(name)).toBe(known);
});

test.each([
	["2026-12-01", true],
	["2028-02-29", true],
	["2026-02-29", false],
	["2026-13-01", false],
	["2026-12-1", false],
	["0026-12-01", false],
	["2026-12-01T00:00:00Z", false],
	["", false],
])('whether "%s" is a day of the calendar: %s', (text, expected) => {
	expect(isCalendarDay(text)).toBe(expected);
});
