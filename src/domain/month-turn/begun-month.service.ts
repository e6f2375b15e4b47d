import type { Queries } from "../../database/database.ts";
import { lockOfferings } from "../../database/lock.ts";
import { sql } from "../../database/sql.ts";
import { billingPeriodAt } from "../../shared/billing-period.ts";
import { Unavailable } from "../../shared/unavailable.ts";
import { hasNotBegun, offeringsToTurn } from "./month-turn.store.ts";

/** When a write happens, and in whose calendar. */
interface When {
	readonly now: Date;
	readonly timeZone: string;
}

/** A write came before its month had been turned for these offerings. The caller that runs its transaction turns it, and runs it again. */
export class MonthNotBegun extends Unavailable {
	override readonly name = "MonthNotBegun";
	readonly offerings: readonly string[];
	readonly when: When;

	constructor(offerings: readonly string[], when: When) {
		super("The billing month has not begun yet: try again.");
		this.offerings = offerings;
		this.when = when;
	}
}

/**
 * Locks offerings for a write after which their policies are evaluated: what recurs is in the month by then. Costs no
 * statement more than the lock. Throws MonthNotBegun; a month that was begun while the lock was waited for may be taken for
 * one that has not.
 */
export async function lockBegunOfferings(tx: Queries, offeringUuids: Iterable<string>, when: When): Promise<void> {
	const month = billingPeriodAt(when.now, when.timeZone);
	refuse(await lockOfferings(tx, offeringUuids, hasNotBegun(sql`offering."uuid"`, month)), when);
}

/** The same for a write that holds the lock of who counts for policies, and so keeps every offering as it is. */
export async function requireBegunOfferings(tx: Queries, offeringUuids: readonly string[], when: When): Promise<void> {
	const unbegun = await offeringsToTurn(tx, billingPeriodAt(when.now, when.timeZone), offeringUuids);
	refuse(
		unbegun.map(({ offeringUuid }) => offeringUuid),
		when,
	);
}

function refuse(unbegun: readonly string[], when: When): void {
	if (unbegun.length > 0) throw new MonthNotBegun(unbegun, when);
}
