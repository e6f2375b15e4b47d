import type { Database } from "../../database/database.ts";
import type { Clock } from "../../shared/clock.ts";
import { Failure } from "../../shared/failure.ts";
import type { Metrics } from "../../shared/metrics.ts";
import { Unavailable } from "../../shared/unavailable.ts";
import { type DatabaseClock, noteReached, databaseClock as ownClock, reachedMoment } from "./calendar.store.ts";
import { type ClockFault, clockFault, faultText, offsetOf } from "./clock-fault.ts";

/** The database's clock, on which all instances agree: it says which months have begun, and what is old. */
export interface ReferenceClock {
	/** Why the time is not certain, as it was last looked at. */
	readonly fault: ClockFault | undefined;
	/** The moment by the database's clock. Throws UncertainClock. */
	now(): Promise<Date>;
}

/** The time is not certain: what depends on it waits. Clients do not learn by how much. */
export class UncertainClock extends Unavailable {
	override readonly name = "UncertainClock";
	readonly fault: ClockFault;

	constructor(fault: ClockFault) {
		super("The service's clock is not certain at the moment: try again.");
		this.fault = fault;
	}
}

export interface ReferenceClockOptions {
	readonly database: Database;
	/** The instance's own clock. */
	readonly clock: Clock;
	readonly databaseClock?: DatabaseClock;
	/** Called with a line when the time becomes uncertain, and when it is certain again. */
	readonly tell: (line: string) => void;
	readonly metrics?: Metrics | undefined;
}

/** The clock, which looks at the database each time that it is asked. */
export function createReferenceClock({ database, clock, databaseClock = ownClock, tell, metrics }: ReferenceClockOptions): ReferenceClock {
	let fault: ClockFault | undefined;

	function found(next: ClockFault | undefined): void {
		if (next !== undefined && next.kind !== fault?.kind) tell(faultText(next));
		if (next === undefined && fault !== undefined) tell("The clock is right again.");
		fault = next;
	}

	return {
		get fault() {
			return fault;
		},
		now: async () => {
			const reached = await reachedMoment(database);
			const asked = clock();
			const now = await databaseClock(database);
			const reading = { asked, answered: clock(), database: now, reached, hasOwnClock: database.engine === "PostgreSQL" };
			metrics?.clockOffset(offsetOf(reading) / 1_000);
			found(clockFault(reading));
			if (fault !== undefined) throw new UncertainClock(fault);
			return now;
		},
	};
}

/**
 * Does what a certain time allows, such as turning months, and notes that it was reached. Nothing while the time is not
 * certain, which the clock has reported.
 */
export async function whileCertain(database: Database, reference: ReferenceClock, work: (now: Date) => Promise<void>): Promise<void> {
	const now = await reference.now().catch(uncertain);
	if (now === undefined) return;
	await noteReached(database, now);
	await work(now);
}

/** Looks at the clock, so that a fault is known before anything depends on it. Returns whether there is none. */
export async function isCertain(reference: ReferenceClock): Promise<boolean> {
	return (await reference.now().catch(uncertain)) !== undefined;
}

/** Why an instance is not to be sent requests: its clock is another than the database's. While it only may be wrong, it serves. */
export const unreadiness = ({ fault }: ReferenceClock): string | undefined => (fault?.kind === "OFF" ? faultText(fault) : undefined);

function uncertain(error: unknown): undefined {
	if (!(error instanceof UncertainClock)) throw error;
}

/** What is wrong with the clock, for the operator of a command; undefined when it is certain. */
export async function clockProblem(database: Database, clock: Clock): Promise<string | undefined> {
	const reference = createReferenceClock({ database, clock, tell: () => {} });
	await isCertain(reference);
	return reference.fault && faultText(reference.fault);
}

/** The moment for a command that writes what depends on the time; it is noted as reached. Throws a Failure that says what is wrong with the clock. */
export async function commandMoment(database: Database, clock: Clock): Promise<Date> {
	const problem = await clockProblem(database, clock);
	if (problem !== undefined) throw new Failure(problem);
	const now = clock();
	await noteReached(database, now);
	return now;
}
