import { billingPeriodAt } from "../../shared/billing-period.ts";

/** How far an instance's clock may be off the database's, in milliseconds; and how far back a clock may be set. */
export const tolerance = 5_000;

const day = 86_400_000;

/** After how many days in which no service ran the clock has to be confirmed, by whether the database has a clock of its own. */
export const maxAbsence = { ownClock: 731, computersClock: 62 } as const;

/** What is known of the time at one moment. */
export interface ClockReading {
	/** The instance's clock, just before and just after the database was asked for the time. */
	readonly asked: Date;
	readonly answered: Date;
	/** The time that the database returned. */
	readonly database: Date;
	/** The newest moment at which a service ran with a clock that was right; null where none did. */
	readonly reached: Date | null;
	/** Whether the database's clock is another than the instance's: that of a server. */
	readonly hasOwnClock: boolean;
}

/**
 * Why the clock is not to be trusted: it is off the database's by so many milliseconds, ahead or (negative) behind; or the
 * clock of both was set back, or has moved on for so long while no service ran that it may have been set forward.
 */
export type ClockFault =
	| { readonly kind: "OFF"; readonly offset: number }
	| { readonly kind: "BACK"; readonly now: Date; readonly reached: Date }
	| { readonly kind: "AWAY"; readonly now: Date; readonly reached: Date };

/** How far the instance's clock is ahead of the database's, at least, in milliseconds; negative when it is behind. */
export function offsetOf({ asked, answered, database }: Pick<ClockReading, "asked" | "answered" | "database">): number {
	if (database < asked) return asked.getTime() - database.getTime();
	return database > answered ? answered.getTime() - database.getTime() : 0;
}

/** Undefined when months may be turned, and what is old deleted, by the database's clock. */
export function clockFault(reading: ClockReading): ClockFault | undefined {
	const offset = offsetOf(reading);
	if (Math.abs(offset) > tolerance) return { kind: "OFF", offset };
	const { database: now, reached, hasOwnClock } = reading;
	if (reached === null) return undefined;
	if (reached.getTime() - now.getTime() > tolerance) return { kind: "BACK", now, reached };
	const longest = hasOwnClock ? maxAbsence.ownClock : maxAbsence.computersClock;
	return now.getTime() - reached.getTime() > longest * day ? { kind: "AWAY", now, reached } : undefined;
}

/**
 * Whether nothing is to be stored meanwhile: it would be dated wrongly, and could land in a month that is past. What would
 * land in a month that has not begun is not stored anyway.
 */
export const stopsWrites = (fault: ClockFault, timeZone: string): boolean =>
	fault.kind === "OFF" || (fault.kind === "BACK" && billingPeriodAt(fault.now, timeZone) !== billingPeriodAt(fault.reached, timeZone));

const confirm = "no month begins and nothing is deleted until it is right, or `npm run turn-month -- --force` confirms it.";

/** The fault for those who run the service. */
export function faultText(fault: ClockFault): string {
	if (fault.kind === "OFF") {
		const seconds = Math.round(Math.abs(fault.offset) / 1_000);
		const side = fault.offset > 0 ? "ahead of" : "behind";
		return `The clock of this instance is ${seconds} s ${side} the database's: no month begins, and nothing is deleted or stored, until they agree.`;
	}
	const [now, reached] = [fault.now.toISOString(), fault.reached.toISOString()];
	return fault.kind === "BACK"
		? `The clock says ${now}, but the database was in use at ${reached}: ${confirm}`
		: `The clock says ${now}, and the database was last in use at ${reached}, long ago: ${confirm}`;
}
