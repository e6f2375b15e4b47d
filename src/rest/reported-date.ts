import { DateTime } from "luxon";
import { billingPeriodAt } from "../shared/billing-period.ts";
import type { Kind } from "./body.ts";

/** A moment or a day as a client writes it: one without an offset is of the service's time zone. */
const form = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

/** The moment that usage is reported for, in a zone. */
export const aMoment = (timeZone: string): Kind<Date> => ({
	read: (value) => {
		const moment = typeof value === "string" && form.test(value) ? DateTime.fromISO(value.replace(" ", "T"), { zone: timeZone }) : undefined;
		return moment?.isValid ? moment.toJSDate() : undefined;
	},
	message: "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DD, YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
	none: new Date(0),
});

/** Why nothing is reported for that moment: a report is of the month that it comes in. Undefined when it is in that month. */
export function dateProblem(date: Date, now: Date, timeZone: string): string | undefined {
	const current = billingPeriodAt(now, timeZone);
	if (billingPeriodAt(date, timeZone) === current) return undefined;
	return `Usage is reported for the current billing month only: ${current.slice(0, 7)} in ${timeZone}.`;
}
