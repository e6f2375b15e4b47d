import { addMonths, type BillingPeriod, type Months } from "../../shared/billing-period.ts";
import { Decimal } from "../../shared/decimal.ts";
import type { Problem } from "../../shared/refusal.ts";

export type PolicyPeriod = "TOTAL" | "ONE_MONTH" | "THREE_MONTHS" | "TWELVE_MONTHS";

/** Each period's name, as Waldur writes it, and how many billing months it totals; null for all. */
export const policyPeriods: Record<PolicyPeriod, { name: string; months: number | null }> = {
	TOTAL: { name: "Total", months: null },
	ONE_MONTH: { name: "1 month", months: 1 },
	THREE_MONTHS: { name: "3 month", months: 3 },
	TWELVE_MONTHS: { name: "12 month", months: 12 },
};

/** The billing months that a policy totals in the given month: TOTAL has no start. */
export function policyWindow(period: PolicyPeriod, month: BillingPeriod): Months {
	const { months } = policyPeriods[period];
	return { start: months === null ? null : addMonths(month, 1 - months), end: month };
}

/** The window of each period in the given month. */
export const policyWindows = (month: BillingPeriod): Record<PolicyPeriod, Months> => ({
	TOTAL: policyWindow("TOTAL", month),
	ONE_MONTH: policyWindow("ONE_MONTH", month),
	THREE_MONTHS: policyWindow("THREE_MONTHS", month),
	TWELVE_MONTHS: policyWindow("TWELVE_MONTHS", month),
});

/** One limit of a policy and what the affected customers together used of its component in the window. */
export interface LimitTotal {
	readonly componentUuid: string;
	readonly used: string;
	readonly limit: string;
}

/** A total must be greater than its limit to exceed it. */
export const isExceeded = ({ used, limit }: Pick<LimitTotal, "used" | "limit">): boolean => new Decimal(used).gt(limit);

/** A policy turns one way or the other. */
export type Transition = { readonly kind: "FIRED"; readonly breaches: readonly LimitTotal[] } | { readonly kind: "RESET" };

/** What a policy's firing says: a transition, or that the policy was deleted while it was fired. */
export type FiringKind = Transition["kind"] | "WITHDRAWN";

/** What an evaluation leads to; nothing while the policy stays as it is. One exceeded limit is enough to fire. */
export function transition(hasFired: boolean, totals: readonly LimitTotal[]): Transition | undefined {
	const breaches = totals.filter(isExceeded);
	if (breaches.length > 0) return hasFired ? undefined : { kind: "FIRED", breaches };
	return hasFired ? { kind: "RESET" } : undefined;
}

/** A fired policy of the offering keeps the customer from getting more of it. */
export const blockedProblem: Problem = {
	code: "BLOCKED_BY_POLICY",
	message: "Creation of new resources in this project is not available due to a policy.",
	path: ["input", "project"],
};
