/** The zone whose calendar makes the billing months: east of Greenwich, so that a month begins while UTC is still in the last. */
export const zone = "Europe/Tallinn";

const calendar = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit" });

/** A billing month by its first day, such as 2024-03-01: months compare as their texts do. */
export type Month = string;

export const monthOf = (moment: Date): Month => `${calendar.format(moment)}-01`;

/** The month that many months later. */
export function later(month: Month, by: number): Month {
	const count = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + by;
	return `${Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, "0")}-01`;
}

/** The first moment of the month in the zone, which is whole hours from UTC. */
export function startOf(month: Month): Date {
	const hour = 3_600_000;
	for (let moment = Date.parse(`${month}T00:00:00Z`) - 4 * hour; ; moment += hour) if (monthOf(new Date(moment)) === month) return new Date(moment);
}

/** Months from the first to the last; no first is ever. */
export interface Window {
	readonly first: Month | null;
	readonly last: Month | null;
}

export const isIn = (month: Month, { first, last }: Window): boolean => (first === null || first <= month) && (last === null || month <= last);

/** The months that a provider's cap is counted over. */
export function capWindow(period: "MONTH" | "QUARTERLY" | "ANNUAL" | "TOTAL", month: Month): Window {
	const year = month.slice(0, 4);
	if (period === "TOTAL") return { first: null, last: null };
	if (period === "MONTH") return { first: month, last: month };
	if (period === "ANNUAL") return { first: `${year}-01-01`, last: `${year}-12-01` };
	const first = later(`${year}-01-01`, Math.floor((Number(month.slice(5, 7)) - 1) / 3) * 3);
	return { first, last: later(first, 2) };
}
