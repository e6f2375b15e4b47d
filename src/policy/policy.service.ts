import type { Database, Queries } from "../database/database.ts";
import { lockOfferings } from "../database/lock.ts";
import { appendToLog } from "../log/log.store.ts";
import { billingPeriodAt } from "../shared/billing-period.ts";
import type { Measures } from "../shared/measures.ts";
import { addNotifications, offeringsWithPolicies, recordTransition } from "./policy.store.ts";
import { type LimitTotal, policyWindows, transition } from "./policy.ts";
import { policiesNamed, policiesOf } from "./policy-totals.store.ts";

/** When, and in whose calendar, policies are evaluated. */
export interface Moment {
	readonly now: Date;
	readonly timeZone: string;
	/** Told how long evaluations take. */
	readonly measures?: Measures | undefined;
}

/** Finds the usage record that a component's new total is owed to, where a report caused the evaluation. */
export type CauseOf = (componentUuid: string) => string | undefined;

/**
 * Turns every policy of the offerings whose totals call for it, once, and answers the uuids of the firings in the order
 * in which they belong into the log. Runs in the transaction of the write that may have changed the totals, under the
 * offerings' locks: whoever races, each transition is found by exactly one of them.
 */
export async function evaluatePolicies(tx: Queries, offeringUuids: readonly string[], moment: Moment, causeOf: CauseOf = () => undefined): Promise<string[]> {
	const begun = performance.now();
	const firings = await turnedPolicies(tx, offeringUuids, moment, causeOf);
	moment.measures?.evaluation(performance.now() - begun);
	return firings;
}

async function turnedPolicies(tx: Queries, offeringUuids: readonly string[], moment: Moment, causeOf: CauseOf): Promise<string[]> {
	const windows = policyWindows(billingPeriodAt(moment.now, moment.timeZone));
	const firings: string[] = [];
	for (const policy of await policiesOf(tx, offeringUuids, windows)) {
		const turn = transition(policy.hasFired, policy.totals);
		if (turn === undefined) continue;
		const breaches = turn.kind === "FIRED" ? turn.breaches : [];
		const causes = (turn.kind === "FIRED" ? breaches : policy.totals).map(({ componentUuid }) => causeOf(componentUuid));
		const causeUuid = causes.find((uuid) => uuid !== undefined) ?? null;
		const record = { policy, kind: turn.kind, window: windows[policy.period], breaches, causeUuid, now: moment.now };
		const firing = await recordTransition(tx, record);
		if (turn.kind === "FIRED") await addNotifications(tx, firing, record);
		firings.push(firing);
	}
	return firings;
}

/** The same for a write that itself is not told of in the log: appends the firings to it, as the last write of the transaction. */
export async function evaluateAndLog(tx: Queries, offeringUuids: readonly string[], moment: Moment): Promise<string[]> {
	const firings = await evaluatePolicies(tx, offeringUuids, moment);
	await appendToLog(
		tx,
		firings.map((policyFiringUuid) => ({ kind: "firing", policyFiringUuid })),
	);
	return firings;
}

/** Evaluates every policy there is, each offering in a transaction of its own: after an import, and when the service starts. */
export async function evaluateAllPolicies(database: Database, moment: Moment): Promise<void> {
	for (const offering of await offeringsWithPolicies(database)) {
		await database.transaction(async (tx) => {
			await lockOfferings(tx, [offering]);
			await evaluateAndLog(tx, [offering], moment);
		});
	}
}

/** For each of the policies, its limits and what the affected customers together used of them until now. */
export async function currentTotals(queries: Queries, policyUuids: readonly string[], { now, timeZone }: Moment): Promise<(readonly LimitTotal[])[]> {
	const policies = await policiesNamed(queries, policyUuids, policyWindows(billingPeriodAt(now, timeZone)));
	const totals = new Map(policies.map((policy) => [policy.uuid, policy.totals]));
	return policyUuids.map((uuid) => totals.get(uuid) ?? []);
}
