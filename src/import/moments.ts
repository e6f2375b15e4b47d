import { DateTime } from "luxon";
import { missing, shape, shown, Wrong } from "./shape.ts";

const instant = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[-+]\d\d:?\d\d)$/;

function readMoment(value: unknown): string | Wrong {
	if (typeof value !== "string") return new Wrong(`is not a moment in ISO 8601: ${shown(value)}`);
	// Without an offset it is taken as UTC, as Waldur stores it.
	const moment = instant.test(value) && isDay(value) ? new Date(value) : DateTime.fromISO(value, { zone: "utc" }).toJSDate();
	const year = moment.getUTCFullYear();
	return year >= 1 && year <= 9999 ? moment.toISOString() : new Wrong(`is not a moment in ISO 8601: ${shown(value)}`);
}

/** The text begins with a day that its month has: JavaScript takes 31 February for 3 March. */
function isDay(value: string): boolean {
	const day = Number(value.slice(8, 10));
	return day >= 1 && (day <= 28 || day <= new Date(Date.UTC(Number(value.slice(0, 4)), Number(value.slice(5, 7)), 0)).getUTCDate());
}

/** A required moment: ISO 8601 in UTC. */
export const moment = shape((value) => (value === null ? missing : readMoment(value)));

/** A moment that may be absent: then it is null. */
export const optionalMoment = shape((value) => (value === null || value === "" ? null : readMoment(value)));

const date = /^(\d{4})-(\d\d)-(\d\d)/;

/** The first day of the month of a date, such as 2024-03-01; null when absent. */
export const optionalMonth = shape((value) => {
	if (value === null || value === "") return null;
	const found = typeof value === "string" ? date.exec(value) : null;
	if (found === null || !isDay(String(value)) || Number(found[2]) < 1 || Number(found[2]) > 12 || found[1] === "0000")
		return new Wrong(`is not a date: ${shown(value)}`);
	return `${found[1]}-${found[2]}-01`;
});
