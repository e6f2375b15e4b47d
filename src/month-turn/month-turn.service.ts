import type { Database } from "../database/database.ts";
import { lockOfferings } from "../database/lock.ts";
import { appendToLog, type LogSubject } from "../log/log.store.ts";
import { evaluatePolicies, type Moment, type RecordedFiring } from "../policy/policy.service.ts";
import { type BillingPeriod, billingPeriodAt } from "../shared/billing-period.ts";
import { carryOver, markTurned, offeringsToTurn, usagesToCarryOver } from "./month-turn.store.ts";
import { momentOfTurn, monthsToTurn } from "./month-turn.ts";

/** What the turn of a month did: numbers of offerings, of records that were carried over, and of policies that turned. */
export interface TurnedMonth {
	readonly month: BillingPeriod;
	readonly offerings: number;
	readonly copied: number;
	readonly fired: number;
	readonly reset: number;
}

/**
 * Begins this month, and each month that was missed before it, for every offering that has not begun it: recurring usage
 * is carried over from the month before, and after the last of them the policies are evaluated, as of now: what they would
 * have found in a month that was missed is past. Any number of processes may do so at once and again: each month begins
 * once for each offering. Answers the months that this call began, oldest first.
 *
 * An offering that fails holds no other up: the first failure is thrown after all of them.
 */
export async function turnMonth(database: Database, { now, timeZone }: Moment): Promise<TurnedMonth[]> {
	const thisMonth = billingPeriodAt(now, timeZone);
	const turned = new Map<BillingPeriod, TurnedMonth>();
	const failures: unknown[] = [];
	for (const { offeringUuid, lastTurned } of await offeringsToTurn(database, thisMonth)) {
		try {
			for (const month of monthsToTurn(lastTurned, thisMonth)) {
				const turn = await turnOffering(database, offeringUuid, month, { now, timeZone });
				if (turn !== undefined) turned.set(month, sum(turn, turned.get(month)));
			}
		} catch (error) {
			failures.push(error);
		}
	}
	if (failures.length > 0) throw failures[0];
	return [...turned.values()].sort((one, other) => one.month.localeCompare(other.month));
}

/** Begins a month for an offering, in one transaction. Undefined when it has begun already. */
function turnOffering(database: Database, offeringUuid: string, month: BillingPeriod, moment: Moment): Promise<TurnedMonth | undefined> {
	return database.transaction(async (tx) => {
		await lockOfferings(tx, [offeringUuid]);
		const begun = momentOfTurn(month, moment.now, moment.timeZone);
		if (!(await markTurned(tx, offeringUuid, month, begun))) return undefined;

		const carried: string[] = [];
		for (const usages of chunks(await usagesToCarryOver(tx, offeringUuid, month))) carried.push(...(await carryOver(tx, usages, month, begun)));

		// Once, after the copies: a policy that these exceed anew has not been reset in between.
		const isMissed = month !== billingPeriodAt(moment.now, moment.timeZone);
		const firings = isMissed ? [] : await evaluatePolicies(tx, [offeringUuid], moment);
		const count = (wanted: RecordedFiring["kind"]) => firings.filter(({ kind }) => kind === wanted).length;
		const subjects = [
			...carried.map((componentUsageUuid): LogSubject => ({ kind: "usage", componentUsageUuid })),
			...firings.map(({ uuid }): LogSubject => ({ kind: "firing", policyFiringUuid: uuid })),
		];
		for (const some of chunks(subjects)) await appendToLog(tx, some);
		return { month, offerings: 1, copied: carried.length, fired: count("FIRED"), reset: count("RESET") };
	});
}

/** What one statement takes, so that it stays far below the time that a statement may run. */
const chunkSize = 2_000;

function chunks<Item>(items: readonly Item[]): Item[][] {
	return Array.from({ length: Math.ceil(items.length / chunkSize) }, (_, index) => items.slice(index * chunkSize, (index + 1) * chunkSize));
}

const sum = (turn: TurnedMonth, others: TurnedMonth | undefined): TurnedMonth => ({
	month: turn.month,
	offerings: turn.offerings + (others?.offerings ?? 0),
	copied: turn.copied + (others?.copied ?? 0),
	fired: turn.fired + (others?.fired ?? 0),
	reset: turn.reset + (others?.reset ?? 0),
});
