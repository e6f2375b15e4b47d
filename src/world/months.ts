import { addMonths } from "../shared/billing-period.ts";

/** A billing month, written as 2024-03. */
export type Month = string;

const pattern = /^(\d{4})-(0[1-9]|1[0-2])$/;

export const isMonth = (text: string): text is Month => pattern.test(text);

/** The month so many months after (or before) the given one. */
export const monthsAfter = (month: Month, months: number): Month => addMonths(`${month}-01`, months).slice(0, 7);

/** The moment of the given day and hour of the month, in UTC: ISO 8601. */
export const momentIn = (month: Month, day: number, hour: number): string =>
	`${month}-${String(day).padStart(2, "0")}T${String(hour).padStart(2, "0")}:00:00.000Z`;
