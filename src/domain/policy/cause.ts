import type { BillingPeriod, Months } from "../../shared/billing-period.ts";
import { Decimal } from "../../shared/decimal.ts";
import { isExceeded, type LimitTotal, type Transition } from "./policy.ts";

/** What a write did to a usage record. */
export interface UsageChange {
	/** The record. */
	readonly uuid: string;
	readonly componentUuid: string;
	readonly customerUuid: string;
	readonly billingPeriod: BillingPeriod;
	/** Its usage before the write, in the component's measured unit; 0 when there was no record. */
	readonly before: string;
	/** Its usage after the write. */
	readonly after: string;
}

/** The changes of months that a window totals. One without a start totals all months. */
export const changesIn = ({ start, end }: Months, changes: readonly UsageChange[]): UsageChange[] =>
	changes.filter(({ billingPeriod }) => start === null || (billingPeriod >= start && billingPeriod <= end));

/**
 * The record that a transition is owed to: of those that raised a total that is exceeded now, the one that raised it most
 * (FIRED); of those that lowered a total that was exceeded before the write, the one that lowered it most (RESET). Of two
 * that did equally much, the earlier one. Null when there is none.
 *
 * @param totals the policy's limits with their totals after the write
 * @param counted what the write changed of the records that count for the policy, in the order of the call
 */
export function causeOf({ kind }: Transition, totals: readonly LimitTotal[], counted: readonly UsageChange[]): string | null {
	const rises = counted.map(({ before, after }) => new Decimal(after).minus(before));
	const risen = ({ componentUuid }: LimitTotal) => rises.filter((_rise, index) => counted[index]?.componentUuid === componentUuid);
	const before = (total: LimitTotal) => risen(total).reduce((used, rise) => used.minus(rise), new Decimal(total.used));
	const wasExceeded = (total: LimitTotal) => isExceeded({ used: before(total).toFixed(), limit: total.limit });
	const crossed = new Set(totals.filter(kind === "FIRED" ? isExceeded : wasExceeded).map(({ componentUuid }) => componentUuid));

	let cause: { uuid: string; share: Decimal } | undefined;
	for (const [index, { uuid, componentUuid }] of counted.entries()) {
		const rise = rises[index] ?? new Decimal(0);
		const share = kind === "FIRED" ? rise : rise.negated();
		if (crossed.has(componentUuid) && share.gt(cause?.share ?? 0)) cause = { uuid, share };
	}
	return cause?.uuid ?? null;
}
