import { describe, expect, test } from "vitest";
import { clockFault, faultText, offsetOf, stopsWrites } from "../../src/domain/calendar/clock-fault.ts";

const now = new Date("2026-11-30T16:00:00Z");
const second = 1_000;
const day = 86_400 * second;
const year = 365 * day;

/** The moment so many milliseconds later, or (negative) earlier. */
const later = (by: number): Date => new Date(now.getTime() + by);

interface Case {
	/** How far the instance's clock is ahead of the database's, in milliseconds. */
	readonly ahead?: number;
	/** How long ago the newest moment was; null where there is none. */
	readonly ago?: number | null;
	readonly server?: boolean;
}

const reading = ({ ahead = 0, ago = 60 * second, server = false }: Case) => ({
	asked: later(ahead),
	answered: later(ahead),
	database: now,
	reached: ago === null ? null : later(-ago),
	hasOwnClock: server,
});

test.each<[string, Case, string | undefined]>([
	["agrees with the database's", {}, undefined],
	["agrees, on a server", { server: true }, undefined],
	["is five seconds ahead", { ahead: 5 * second, server: true }, undefined],
	["is five seconds behind", { ahead: -5 * second, server: true }, undefined],
	["is more than five seconds ahead", { ahead: 5.001 * second, server: true }, "OFF"],
	["is more than five seconds behind", { ahead: -5.001 * second, server: true }, "OFF"],
	["is ten years ahead", { ahead: 10 * year, server: true }, "OFF"],
	["is ten years behind", { ahead: -10 * year, server: true }, "OFF"],
	["is off, and the database was never in use", { ahead: 10 * year, ago: null }, "OFF"],
	["is right, and the database was never in use", { ago: null }, undefined],
	["went back a little, as when it is set right", { ago: -5 * second }, undefined],
	["went back with the computer's", { ago: -5.001 * second }, "BACK"],
	["went back ten years with the computer's", { ago: -10 * year }, "BACK"],
	["went back ten years with the server's", { ago: -10 * year, server: true }, "BACK"],
	["has moved on by 62 days", { ago: 62 * day }, undefined],
	["has moved on by more than 62 days", { ago: 62 * day + 1 }, "AWAY"],
	["has moved on by ten years", { ago: 10 * year }, "AWAY"],
	["has moved on by a year, on a server", { ago: year, server: true }, undefined],
	["has moved on by ten years, on a server", { ago: 10 * year, server: true }, "AWAY"],
])("a clock that %s", (_case, given, kind) => {
	expect(clockFault(reading(given))?.kind).toBe(kind);
});

describe("how far a clock is off", () => {
	test("is not more than the time that the database took to answer explains", () => {
		expect(offsetOf({ asked: now, answered: later(8 * second), database: later(7 * second) })).toBe(0);
		expect(offsetOf({ asked: now, answered: later(8 * second), database: later(10 * second) })).toBe(-2 * second);
		expect(offsetOf({ asked: now, answered: later(8 * second), database: later(-3 * second) })).toBe(3 * second);
	});
});

describe("while a clock", () => {
	const stops = (given: Case): boolean => {
		const fault = clockFault(reading(given));
		return fault !== undefined && stopsWrites(fault, "UTC");
	};

	test.each<[string, Case, boolean]>([
		["is off the database's, nothing is stored", { ahead: 10 * second, server: true }, true],
		["went back within the month, what is reported is stored", { ago: -3_600 * second }, false],
		["went back into another month, nothing is stored", { ago: -day }, true],
		["may have been set forward, what is reported for a month that has begun is stored", { ago: 90 * day }, false],
	])("%s", (_case, given, expected) => {
		expect(stops(given)).toBe(expected);
	});
});

test.each<[Case, string]>([
	[
		{ ahead: 3_600 * second },
		"The clock of this instance is 3600 s ahead of the database's: no month begins, and nothing is deleted or stored, until they agree.",
	],
	[{ ahead: -60 * second }, "The clock of this instance is 60 s behind the database's: no month begins, and nothing is deleted or stored, until they agree."],
	[
		{ ago: -day },
		"The clock says 2026-11-30T16:00:00.000Z, but the database was in use at 2026-12-01T16:00:00.000Z: no month begins and nothing is deleted until it is right, or `npm run turn-month -- --force` confirms it.",
	],
	[
		{ ago: 90 * day },
		"The clock says 2026-11-30T16:00:00.000Z, and the database was last in use at 2026-09-01T16:00:00.000Z, long ago: no month begins and nothing is deleted until it is right, or `npm run turn-month -- --force` confirms it.",
	],
])("a fault %j is told in a sentence", (given, text) => {
	const fault = clockFault(reading(given));
	expect(fault && faultText(fault)).toBe(text);
});
