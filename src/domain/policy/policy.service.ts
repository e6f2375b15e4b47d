import type { Queries } from "../../database/database.ts";
import { appendToLog } from "../../event-log/log.store.ts";
import { billingPeriodAt } from "../../shared/billing-period.ts";
import type { Metrics } from "../../shared/metrics.ts";
import { RuleRefusal } from "../../shared/refusal.ts";
import { causeOf, changesIn, type UsageChange } from "./cause.ts";
import { addNotifications, countedCustomers, isBlocked, recordTransition } from "./policy.store.ts";
import { blockedProblem, isExceeded, type LimitTotal, policyWindows, type Transition, transition } from "./policy.ts";
import { policiesNamed, policiesOf } from "./policy-totals.store.ts";

/** When, and in whose calendar, policies are evaluated. */
export interface Moment {
	readonly now: Date;
	readonly timeZone: string;
	/** False where fired policies stay so, for what holds them may not be there yet; true without it. */
	readonly resets?: boolean;
	/** Called with how long evaluations take. */
	readonly metrics?: Metrics | undefined;
}

/** A firing that an evaluation recorded. */
export interface RecordedFiring {
	readonly uuid: string;
	readonly kind: Transition["kind"];
	/** The usage record that it is owed to; null when the write changed none that counts. */
	readonly causeUuid: string | null;
}

/**
 * Turns every policy of the offerings whose totals call for it, once, and returns the firings in the order in which they
 * belong into the log. Runs in the transaction of the write that may have changed the totals, under the offerings' locks:
 * of racing writes, exactly one finds each transition.
 *
 * @param changes what the write did to usage records, in the order of the call; none of a write that reports no usage
 */
export async function evaluatePolicies(
	tx: Queries,
	offeringUuids: readonly string[],
	moment: Moment,
	changes: readonly UsageChange[] = [],
): Promise<RecordedFiring[]> {
	const begun = performance.now();
	const firings = await turnedPolicies(tx, offeringUuids, moment, changes);
	moment.metrics?.evaluation(performance.now() - begun);
	return firings;
}

async function turnedPolicies(tx: Queries, offeringUuids: readonly string[], moment: Moment, changes: readonly UsageChange[]): Promise<RecordedFiring[]> {
	const windows = policyWindows(billingPeriodAt(moment.now, moment.timeZone));
	const firings: RecordedFiring[] = [];
	for (const policy of await policiesOf(tx, offeringUuids, windows)) {
		const turn = transition(policy.hasFired, policy.totals);
		if (turn === undefined || (turn.kind === "RESET" && moment.resets === false)) continue;
		const window = windows[policy.period];
		const causeUuid = causeOf(turn, policy.totals, await countedChanges(tx, policy.uuid, changesIn(window, changes)));
		const record = { policy, kind: turn.kind, window, breaches: turn.kind === "FIRED" ? turn.breaches : [], causeUuid, now: moment.now };
		const uuid = await recordTransition(tx, record);
		if (turn.kind === "FIRED") await addNotifications(tx, uuid, record);
		firings.push({ uuid, kind: turn.kind, causeUuid });
	}
	return firings;
}

/** Those of the changes that are of customers whom the policy counts. */
async function countedChanges(tx: Queries, policyUuid: string, changes: readonly UsageChange[]): Promise<UsageChange[]> {
	if (changes.length === 0) return [];
	const counted = await countedCustomers(tx, policyUuid, [...new Set(changes.map(({ customerUuid }) => customerUuid))]);
	return changes.filter(({ customerUuid }) => counted.has(customerUuid));
}

/** The same for a write without a log entry of its own: appends the firings to the log, as the last write of the transaction, and returns their uuids. */
export async function evaluateAndLog(tx: Queries, offeringUuids: readonly string[], moment: Moment): Promise<string[]> {
	const firings = (await evaluatePolicies(tx, offeringUuids, moment)).map(({ uuid }) => uuid);
	await logFirings(tx, firings);
	return firings;
}

/** Appends firings to the log, as the last write of their transaction. */
export const logFirings = (tx: Queries, firingUuids: readonly string[]): Promise<void> =>
	appendToLog(
		tx,
		firingUuids.map((policyFiringUuid) => ({ kind: "firing", policyFiringUuid })),
	);

/**
 * Records that a policy goes while it is fired: its last firing, WITHDRAWN, with the limits that are exceeded now. Returns
 * the firing's uuid; none of a policy that is not fired. Runs in the transaction that deletes the policy, under the lock
 * of its offering.
 */
export async function withdrawPolicy(tx: Queries, policyUuid: string, { now, timeZone }: Moment): Promise<string[]> {
	const windows = policyWindows(billingPeriodAt(now, timeZone));
	const [policy] = await policiesNamed(tx, [policyUuid], windows);
	if (policy?.hasFired !== true) return [];
	const breaches = policy.totals.filter(isExceeded);
	return [await recordTransition(tx, { policy, kind: "WITHDRAWN", window: windows[policy.period], breaches, causeUuid: null, now })];
}

/** For each of the policies, its limits and what the affected customers together used of them until now. */
export async function currentTotals(queries: Queries, policyUuids: readonly string[], { now, timeZone }: Moment): Promise<(readonly LimitTotal[])[]> {
	const policies = await policiesNamed(queries, policyUuids, policyWindows(billingPeriodAt(now, timeZone)));
	const totals = new Map(policies.map((policy) => [policy.uuid, policy.totals]));
	return policyUuids.map((uuid) => totals.get(uuid) ?? []);
}

/** Throws RuleRefusal when a fired policy of the offering blocks new resources of the customer. */
export async function refuseBlocked(queries: Queries, offeringUuid: string, customerUuid: string): Promise<void> {
	if (await isBlocked(queries, offeringUuid, customerUuid)) throw new RuleRefusal([blockedProblem]);
}

export { offeringsWithPolicies } from "./policy.store.ts";
