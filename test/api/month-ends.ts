/** A month's end wherever it is: the two months, the days around it, and what the calendar says of them. */
export interface MonthEnd {
	readonly name: string;
	readonly month: string;
	readonly next: string;
	readonly lastDay: string;
	readonly firstDay: string;
	/** A moment in the middle of the month after the next, and that month. */
	readonly later: string;
	readonly laterMonth: string;
	/** Under which caps, all used up in the month, more is taken in the next. */
	readonly renewed: readonly string[];
	/** The first months of the policies' windows in the month, and in the next. */
	readonly windows: Record<"ONE_MONTH" | "THREE_MONTHS" | "TWELVE_MONTHS", readonly [string, string]>;
	/** Months of the past year, from the one twelve before the month: 12, 11, 10, 3, 2 and 1 before it. */
	readonly past: readonly string[];
}

const october: MonthEnd = {
	name: "October 2026, before the day on which summer time ends in St. John's",
	month: "2026-10-01",
	next: "2026-11-01",
	lastDay: "2026-10-31",
	firstDay: "2026-11-01",
	later: "2026-12-15T12:00:00.000Z",
	laterMonth: "2026-12-01",
	renewed: ["MONTH"],
	windows: { ONE_MONTH: ["2026-10-01", "2026-11-01"], THREE_MONTHS: ["2026-08-01", "2026-09-01"], TWELVE_MONTHS: ["2025-11-01", "2025-12-01"] },
	past: ["2025-10-01", "2025-11-01", "2025-12-01", "2026-07-01", "2026-08-01", "2026-09-01"],
};

const december: MonthEnd = {
	name: "the year 2026",
	month: "2026-12-01",
	next: "2027-01-01",
	lastDay: "2026-12-31",
	firstDay: "2027-01-01",
	later: "2027-02-15T12:00:00.000Z",
	laterMonth: "2027-02-01",
	renewed: ["ANNUAL", "MONTH", "QUARTERLY"],
	windows: { ONE_MONTH: ["2026-12-01", "2027-01-01"], THREE_MONTHS: ["2026-10-01", "2026-11-01"], TWELVE_MONTHS: ["2026-01-01", "2026-02-01"] },
	past: ["2025-12-01", "2026-01-01", "2026-02-01", "2026-09-01", "2026-10-01", "2026-11-01"],
};

const february: MonthEnd = {
	name: "February 2027",
	month: "2027-02-01",
	next: "2027-03-01",
	lastDay: "2027-02-28",
	firstDay: "2027-03-01",
	later: "2027-04-15T12:00:00.000Z",
	laterMonth: "2027-04-01",
	renewed: ["MONTH"],
	windows: { ONE_MONTH: ["2027-02-01", "2027-03-01"], THREE_MONTHS: ["2026-12-01", "2027-01-01"], TWELVE_MONTHS: ["2026-03-01", "2026-04-01"] },
	past: ["2026-02-01", "2026-03-01", "2026-04-01", "2026-11-01", "2026-12-01", "2027-01-01"],
};

const leapFebruary: MonthEnd = {
	name: "February 2028, a day longer",
	month: "2028-02-01",
	next: "2028-03-01",
	lastDay: "2028-02-29",
	firstDay: "2028-03-01",
	later: "2028-04-15T12:00:00.000Z",
	laterMonth: "2028-04-01",
	renewed: ["MONTH"],
	windows: { ONE_MONTH: ["2028-02-01", "2028-03-01"], THREE_MONTHS: ["2027-12-01", "2028-01-01"], TWELVE_MONTHS: ["2027-03-01", "2027-04-01"] },
	past: ["2027-02-01", "2027-03-01", "2027-04-01", "2027-11-01", "2027-12-01", "2028-01-01"],
};

const march: MonthEnd = {
	name: "March 2027, the first of summer time in St. John's and the last of the quarter",
	month: "2027-03-01",
	next: "2027-04-01",
	lastDay: "2027-03-31",
	firstDay: "2027-04-01",
	later: "2027-05-15T12:00:00.000Z",
	laterMonth: "2027-05-01",
	renewed: ["MONTH", "QUARTERLY"],
	windows: { ONE_MONTH: ["2027-03-01", "2027-04-01"], THREE_MONTHS: ["2027-01-01", "2027-02-01"], TWELVE_MONTHS: ["2026-04-01", "2026-05-01"] },
	past: ["2026-03-01", "2026-04-01", "2026-05-01", "2026-12-01", "2027-01-01", "2027-02-01"],
};

/** When the month ends somewhere: its last moment, the next one's first, and the last moment of that day and the first after it. */
export type Moments = readonly [last: string, first: string, endOfDay: string, nextDay: string];

export const moments: Record<string, readonly (readonly [MonthEnd, Moments])[]> = {
	UTC: [
		[october, ["2026-10-31T23:59:59.999Z", "2026-11-01T00:00:00.000Z", "2026-11-01T23:59:59.999Z", "2026-11-02T00:00:00.000Z"]],
		[december, ["2026-12-31T23:59:59.999Z", "2027-01-01T00:00:00.000Z", "2027-01-01T23:59:59.999Z", "2027-01-02T00:00:00.000Z"]],
		[february, ["2027-02-28T23:59:59.999Z", "2027-03-01T00:00:00.000Z", "2027-03-01T23:59:59.999Z", "2027-03-02T00:00:00.000Z"]],
		[march, ["2027-03-31T23:59:59.999Z", "2027-04-01T00:00:00.000Z", "2027-04-01T23:59:59.999Z", "2027-04-02T00:00:00.000Z"]],
		[leapFebruary, ["2028-02-29T23:59:59.999Z", "2028-03-01T00:00:00.000Z", "2028-03-01T23:59:59.999Z", "2028-03-02T00:00:00.000Z"]],
	],
	"Asia/Tokyo": [
		[october, ["2026-10-31T14:59:59.999Z", "2026-10-31T15:00:00.000Z", "2026-11-01T14:59:59.999Z", "2026-11-01T15:00:00.000Z"]],
		[december, ["2026-12-31T14:59:59.999Z", "2026-12-31T15:00:00.000Z", "2027-01-01T14:59:59.999Z", "2027-01-01T15:00:00.000Z"]],
		[february, ["2027-02-28T14:59:59.999Z", "2027-02-28T15:00:00.000Z", "2027-03-01T14:59:59.999Z", "2027-03-01T15:00:00.000Z"]],
		[march, ["2027-03-31T14:59:59.999Z", "2027-03-31T15:00:00.000Z", "2027-04-01T14:59:59.999Z", "2027-04-01T15:00:00.000Z"]],
		[leapFebruary, ["2028-02-29T14:59:59.999Z", "2028-02-29T15:00:00.000Z", "2028-03-01T14:59:59.999Z", "2028-03-01T15:00:00.000Z"]],
	],
	"America/St_Johns": [
		// The first of November has 25 hours: it begins in summer time and ends without.
		[october, ["2026-11-01T02:29:59.999Z", "2026-11-01T02:30:00.000Z", "2026-11-02T03:29:59.999Z", "2026-11-02T03:30:00.000Z"]],
		[december, ["2027-01-01T03:29:59.999Z", "2027-01-01T03:30:00.000Z", "2027-01-02T03:29:59.999Z", "2027-01-02T03:30:00.000Z"]],
		[february, ["2027-03-01T03:29:59.999Z", "2027-03-01T03:30:00.000Z", "2027-03-02T03:29:59.999Z", "2027-03-02T03:30:00.000Z"]],
		[march, ["2027-04-01T02:29:59.999Z", "2027-04-01T02:30:00.000Z", "2027-04-02T02:29:59.999Z", "2027-04-02T02:30:00.000Z"]],
		[leapFebruary, ["2028-03-01T03:29:59.999Z", "2028-03-01T03:30:00.000Z", "2028-03-02T03:29:59.999Z", "2028-03-02T03:30:00.000Z"]],
	],
	"Pacific/Kiritimati": [
		[october, ["2026-10-31T09:59:59.999Z", "2026-10-31T10:00:00.000Z", "2026-11-01T09:59:59.999Z", "2026-11-01T10:00:00.000Z"]],
		[december, ["2026-12-31T09:59:59.999Z", "2026-12-31T10:00:00.000Z", "2027-01-01T09:59:59.999Z", "2027-01-01T10:00:00.000Z"]],
		[february, ["2027-02-28T09:59:59.999Z", "2027-02-28T10:00:00.000Z", "2027-03-01T09:59:59.999Z", "2027-03-01T10:00:00.000Z"]],
		[march, ["2027-03-31T09:59:59.999Z", "2027-03-31T10:00:00.000Z", "2027-04-01T09:59:59.999Z", "2027-04-01T10:00:00.000Z"]],
		[leapFebruary, ["2028-02-29T09:59:59.999Z", "2028-02-29T10:00:00.000Z", "2028-03-01T09:59:59.999Z", "2028-03-01T10:00:00.000Z"]],
	],
};
