import { addMonths, type BillingPeriod, type Months, monthsBetween } from "../../shared/billing-period.ts";
import { Decimal } from "../../shared/decimal.ts";
import { isExceeded, type LimitTotal, type PolicyPeriod, policyWindow } from "./policy.ts";

/** How many billing months a preview looks back over, the current one included. */
const previewedMonths = 24;

/** A limit, and what the affected customers together used of its component in each billing month that they used any. */
export interface MonthlyUse {
	readonly componentUuid: string;
	readonly limit: string;
	readonly used: ReadonlyMap<BillingPeriod, string>;
}

/** What a policy would have done in one billing month. */
export interface PreviewMonth {
	readonly billingPeriod: BillingPeriod;
	/** The totals of the window that ends in the month. */
	readonly componentLimits: readonly LimitTotal[];
	readonly exceeded: boolean;
	readonly fired: boolean;
}

/** The months of a preview in the given month, oldest first. */
const previewMonths = (current: BillingPeriod): BillingPeriod[] => monthsBetween(addMonths(current, 1 - previewedMonths), current);

/** The billing months whose usage a preview needs: those of the window that ends before its first month, and all since. */
export function neededMonths(period: PolicyPeriod, current: BillingPeriod): Months & { start: BillingPeriod } {
	const before = addMonths(current, -previewedMonths);
	return { start: policyWindow(period, before).start ?? before, end: current };
}

/**
 * What a policy would have done in each of the last months, oldest first. It fires in a month that exceeds a limit, unless
 * it is fired from the month before: and that it is while the turn of the month, before anything is used in the new month,
 * leaves a limit exceeded. Usage of a month counts as if it was reported after the month's turn.
 *
 * @param uses what was used in the needed months; of TOTAL, the first of them holds what was used before, too
 */
export function previewedPolicy(period: PolicyPeriod, current: BillingPeriod, uses: readonly MonthlyUse[]): PreviewMonth[] {
	const totals = (window: Months): LimitTotal[] => uses.map((use) => ({ componentUuid: use.componentUuid, limit: use.limit, used: usedIn(use, window) }));
	const exceeds = (window: Months): boolean => totals(window).some(isExceeded);
	return previewMonths(current).map((billingPeriod) => {
		const window = policyWindow(period, billingPeriod);
		const before = addMonths(billingPeriod, -1);
		const componentLimits = totals(window);
		const exceeded = componentLimits.some(isExceeded);
		const lasts = exceeds(policyWindow(period, before)) && exceeds({ start: window.start, end: before });
		return { billingPeriod, componentLimits, exceeded, fired: exceeded && !lasts };
	});
}

/** The exact sum of what was used in the window. */
function usedIn({ used }: MonthlyUse, { start, end }: Months): string {
	let sum = new Decimal(0);
	for (const [month, amount] of used) if ((start === null || month >= start) && month <= end) sum = sum.plus(amount);
	return sum.toFixed();
}
