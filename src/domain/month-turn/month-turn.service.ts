import type { Database, Queries } from "../../database/database.ts";
import { lockOfferings } from "../../database/lock.ts";
import { appendToLog, type LogSubject } from "../../event-log/log.store.ts";
import { type BillingPeriod, billingPeriodAt } from "../../shared/billing-period.ts";
import { each } from "../../shared/each.ts";
import { evaluateAndLog, evaluatePolicies, type Moment, offeringsWithPolicies, type RecordedFiring } from "../policy/policy.service.ts";
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
 * once for each offering. Returns the months that this call began, oldest first.
 *
 * An offering that fails holds no other up: all failures are thrown together after them.
 *
 * @param offerings the offerings that are meant; all of them without it
 */
export async function turnMonth(database: Database, { now, timeZone, metrics }: Moment, offerings?: readonly string[]): Promise<TurnedMonth[]> {
	const thisMonth = billingPeriodAt(now, timeZone);
	const turned = new Map<BillingPeriod, TurnedMonth>();
	await each(await offeringsToTurn(database, thisMonth, offerings), async ({ offeringUuid, lastTurned }) => {
		for (const month of monthsToTurn(lastTurned, thisMonth)) {
			const turn = await database.transaction((tx) => turnWithin(tx, offeringUuid, month, { now, timeZone, metrics }));
			if (turn !== undefined) turned.set(month, sum(turn, turned.get(month)));
		}
	});
	return [...turned.values()].sort((one, other) => one.month.localeCompare(other.month));
}

/**
 * Evaluates every policy there is, each offering in a transaction of its own: after an import, and when the service starts. An
 * offering that has begun months before begins this one first. One that never has, as those of a first import, is left to the
 * service: it may be filled in several steps. Until then its fired policies stay so, for what recurs is not in the month yet.
 *
 * An offering that fails holds no other up: all failures are thrown together after them.
 */
export async function evaluateAllPolicies(database: Database, moment: Moment): Promise<void> {
	const toTurn = await offeringsToTurn(database, billingPeriodAt(moment.now, moment.timeZone));
	const lastTurned = new Map(toTurn.map((offering) => [offering.offeringUuid, offering.lastTurned]));
	await each(await offeringsWithPolicies(database), async (offering) => {
		const last = lastTurned.get(offering);
		if (typeof last === "string") await turnMonth(database, moment, [offering]);
		await database.transaction(async (tx) => {
			await lockOfferings(tx, [offering]);
			await evaluateAndLog(tx, [offering], { ...moment, resets: last !== null });
		});
	});
}

/** What the turn of months would do for an offering. */
export interface PreviewedTurn {
	readonly offeringUuid: string;
	readonly name: string;
	readonly months: readonly TurnedMonth[];
}

/** What turnMonth would do, by offering. Nothing is left of it. */
export async function previewTurn(database: Database, moment: Moment): Promise<PreviewedTurn[]> {
	const thisMonth = billingPeriodAt(moment.now, moment.timeZone);
	const previewed: PreviewedTurn[] = [];
	for (const { offeringUuid, name, lastTurned } of await offeringsToTurn(database, thisMonth)) {
		const months: TurnedMonth[] = [];
		const rollback = database.transaction(async (tx) => {
			for (const month of monthsToTurn(lastTurned, thisMonth)) {
				const turn = await turnWithin(tx, offeringUuid, month, moment);
				if (turn !== undefined) months.push(turn);
			}
			throw new PreviewEnds();
		});
		await rollback.catch((error: unknown) => {
			if (!(error instanceof PreviewEnds)) throw error;
		});
		previewed.push({ offeringUuid, name, months });
	}
	return previewed;
}

/** Rolls a preview back. */
class PreviewEnds extends Error {}

/** Begins a month for an offering, in its transaction. Undefined when it has begun already. */
async function turnWithin(tx: Queries, offeringUuid: string, month: BillingPeriod, moment: Moment): Promise<TurnedMonth | undefined> {
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
