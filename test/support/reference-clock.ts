import type { ReferenceClock } from "../../src/domain/calendar/reference-clock.service.ts";
import type { Clock } from "../../src/shared/clock.ts";

/** The clock of a test is the database's, too. */
export const referenceOf = (clock: Clock): ReferenceClock => ({ fault: undefined, now: async () => clock() });
