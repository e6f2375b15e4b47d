import { DateTime, IANAZone } from "luxon";

/** A billing month, named by its first day: "2017-01-01". Months sort and compare as strings. */
export type BillingPeriod = string;

/** A range of billing months, both ends included; no start means from the beginning. */
export interface Months {
	start: BillingPeriod | null;
	end: BillingPeriod;
}

const printed = (moment: DateTime): BillingPeriod => moment.startOf("month").toFormat("yyyy-MM-dd");

const parsed = (month: BillingPeriod): DateTime => DateTime.fromISO(month, { zone: "utc" });

/** The calendar month that the moment falls into in the zone: 21:25Z on 31 July is August in Europe/Tallinn. */
export const billingPeriodAt = (moment: Date, timeZone: string): BillingPeriod => printed(DateTime.fromJSDate(moment, { zone: timeZone }));

/** The calendar day that the moment falls on in the zone. */
export const dayAt = (moment: Date, timeZone: string): string => DateTime.fromJSDate(moment, { zone: timeZone }).toFormat("yyyy-MM-dd");

/** The month `count` months later (earlier, when negative). */
export const addMonths = (month: BillingPeriod, count: number): BillingPeriod => printed(parsed(month).plus({ months: count }));

/** The month that a calendar day such as "2017-01-31" is in. */
export const monthOf = (day: string): BillingPeriod => `${day.slice(0, 7)}-01`;

/** How many months are before it, counted from the year 0: to tell how far two are apart. */
export const monthCount = (month: BillingPeriod): number => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;

/** The calendar quarter up to the month's end that the month belongs to. */
export const quarterOf = (month: BillingPeriod): Months => wholeUnit(month, "quarter");

/** The calendar year that the month belongs to. */
export const yearOf = (month: BillingPeriod): Months => wholeUnit(month, "year");

const wholeUnit = (month: BillingPeriod, unit: "quarter" | "year"): Months => ({
	start: printed(parsed(month).startOf(unit)),
	end: printed(parsed(month).endOf(unit)),
});

/** All months of the range in order; a range that ends before it starts has none. */
export function monthsBetween(first: BillingPeriod, last: BillingPeriod): BillingPeriod[] {
	const months: BillingPeriod[] = [];
	for (let month = first; month <= last; month = addMonths(month, 1)) months.push(month);
	return months;
}

/** The first moment of the month in the zone. */
export const startOfMonth = (month: BillingPeriod, timeZone: string): Date => DateTime.fromISO(month, { zone: timeZone }).startOf("month").toJSDate();

/** Whether the text is a day of the calendar such as "2017-01-31", in a year of four digits. */
export const isCalendarDay = (text: string): boolean => /^[1-9]\d{3}-\d\d-\d\d$/.test(text) && DateTime.fromISO(text, { zone: "utc" }).isValid;

/** The first moment of the calendar day in the zone. */
export const startOfDay = (day: string, timeZone: string): Date => DateTime.fromISO(day, { zone: timeZone }).startOf("day").toJSDate();

/** The first moment of the next calendar day in the zone. */
export const startOfNextDay = (day: string, timeZone: string): Date =>
	DateTime.fromISO(day, { zone: timeZone }).startOf("day").plus({ days: 1 }).startOf("day").toJSDate();

/** One name for all names of a zone: UTC and Etc/UTC are the same one. */
export const canonicalTimeZone = (name: string): string => new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;

/** Whether the name is an IANA zone that this computer knows. Offsets such as UTC+3 are none: PostgreSQL reads them the other way round. */
export const isTimeZone = (name: string): boolean => /^[A-Za-z]/.test(name) && IANAZone.isValidZone(name);
