import { type BillingPeriod, type Months, quarterOf, yearOf } from "../../shared/billing-period.ts";
import { Decimal, fitsStoredDigits } from "../../shared/decimal.ts";
import type { Problem, Problems } from "../../shared/refusal.ts";

/** One component's usage in a report. `amount` is a plain decimal of any size: the rules bound it. */
export interface ReportedUsage {
	readonly type: string;
	readonly amount: string;
	readonly description?: string | null | undefined;
	readonly recurring?: boolean | null | undefined;
}

/** What a provider reports: absolute usages of the current billing month. */
export interface UsageReport {
	readonly usages: readonly ReportedUsage[];
	readonly planPeriod?: string | null | undefined;
	readonly resource?: string | null | undefined;
	readonly idempotencyKey?: string | null | undefined;
}

/** Why the text is no amount that can be stored, or undefined. */
export function amountProblem(amount: string): string | undefined {
	const value = new Decimal(amount);
	if (value.isNegative() && !value.isZero()) return "An amount must not be negative.";
	return fitsStoredDigits(value) ? undefined : "An amount must have at most 20 digits, 2 of them decimal places.";
}

/** Stage 1 of a report: its shape alone. */
export function shapeProblems({ usages, planPeriod, resource }: UsageReport): Problems {
	const problems: Problem[] = [];
	const invalid = (message: string, ...path: string[]) => problems.push({ code: "INVALID_INPUT", message, path: ["input", ...path] });
	if (planPeriod == null && resource == null) invalid("Either plan_period or resource should be provided.");
	if (usages.length === 0) invalid("At least one usage should be provided.", "usages");
	const seen = new Set<string>();
	for (const [index, { type, amount }] of usages.entries()) {
		const problem = amountProblem(amount);
		if (problem !== undefined) invalid(problem, "usages", String(index), "amount");
		if (seen.has(type)) invalid(`The type ${type} is reported twice.`, "usages", String(index), "type");
		seen.add(type);
	}
	return problems;
}

/** Stage 2 of a report that names both: the plan period must be one of the resource. */
export function pairProblems(period: { resourceUuid: string } | undefined, resource: { uuid: string } | undefined): Problems {
	if (period === undefined || resource === undefined || period.resourceUuid === resource.uuid) return [];
	const message = "The plan period belongs to another resource: give one of the two, or a matching pair.";
	return [{ code: "INVALID_INPUT", message, path: ["input", "planPeriod"] }];
}

/** A report among others: what an earlier one of the call stores of the resource is not reported again. */
export function repeatProblems(usages: readonly ReportedUsage[], storedBefore: ReadonlySet<string>): Problems {
	return usages.flatMap(({ type }, index) =>
		storedBefore.has(type)
			? [{ code: "INVALID_INPUT", message: `The type ${type} of this resource is reported twice.`, path: ["input", "usages", String(index), "type"] } as const]
			: [],
	);
}

/** Stage 3: a period that ended before this month takes no more usage. Both moments in the service's zone. */
export function periodProblems(period: { end: Date | null } | undefined, startOfThisMonth: Date): Problems {
	const closed = period?.end != null && period.end < startOfThisMonth;
	return closed ? [{ code: "BILLING_PERIOD_CLOSED", message: "Billing period is closed.", path: ["input", "planPeriod"] }] : [];
}

/** Stage 4: usage is charged by a plan. */
export function planProblems(resource: { planUuid: string | null }): Problems {
	return resource.planUuid === null ? [{ code: "PLAN_REQUIRED", message: "Resource must have a plan to report usage.", path: ["input", "resource"] }] : [];
}

const reportableStates: readonly string[] = ["OK", "UPDATING", "TERMINATING"];

/** Stage 5: only a resource that runs uses anything, in a project that was not removed. */
export function stateProblems({ state, projectIsRemoved }: { state: string; projectIsRemoved: boolean }): Problems {
	if (!reportableStates.includes(state)) return [{ code: "INVALID_RESOURCE_STATE", message: "Resource is not in valid state.", path: ["input", "resource"] }];
	return projectIsRemoved ? [removedProblem("resource")] : [];
}

/** What was used in a project is settled once it is removed. */
export const removedProblem = (field: string): Problem => ({
	code: "INVALID_RESOURCE_STATE",
	message: "Resource is not in valid state: its project was removed.",
	path: ["input", field],
});

/** A component of the offering, as far as a report is concerned. */
export interface ReportableComponent {
	readonly uuid: string;
	readonly type: string;
	readonly billingType: string;
	readonly limitPeriod: "MONTH" | "QUARTERLY" | "ANNUAL" | "TOTAL" | null;
	readonly limitAmount: number | null;
}

const reportableBilling: readonly string[] = ["USAGE", "LIMIT"];

/** Stage 6: every type is a component that usage is reported of. */
export function componentProblems(types: readonly string[], components: readonly ReportableComponent[]): Problems {
	const known = new Set(components.filter(({ billingType }) => reportableBilling.includes(billingType)).map(({ type }) => type));
	const unknown = types.filter((type) => !known.has(type)).sort();
	if (unknown.length === 0) return [];
	return [{ code: "INVALID_COMPONENTS", message: `These components are invalid: ${unknown.join(", ")}.`, path: ["input", "usages"] }];
}

/** The months that a component's cap is counted over, undefined where there is no cap. No start means ever. */
export function capWindow({ billingType, limitPeriod, limitAmount }: ReportableComponent, month: BillingPeriod): Months | undefined {
	if (billingType !== "USAGE" || limitPeriod === null || limitAmount === null || limitAmount <= 0) return undefined;
	const windows: Record<typeof limitPeriod, () => Months> = {
		MONTH: () => ({ start: month, end: month }),
		QUARTERLY: () => quarterOf(month),
		ANNUAL: () => yearOf(month),
		TOTAL: () => ({ start: null, end: lastMonth }),
	};
	return windows[limitPeriod]();
}

const lastMonth: BillingPeriod = "9999-12-01";

/** Stage 7: with what else was reported in the window (the replaced record left out), the amount stays within the cap. Equal passes. */
export function capProblems(
	usages: readonly ReportedUsage[],
	components: readonly ReportableComponent[],
	othersInWindow: ReadonlyMap<string, string> = new Map(),
): Problems {
	return usages.flatMap(({ type, amount }, index) => {
		const component = components.find((candidate) => candidate.type === type);
		const others = component === undefined ? undefined : othersInWindow.get(component.uuid);
		if (component?.limitAmount == null || others === undefined) return [];
		const total = new Decimal(others).plus(amount);
		if (total.lte(component.limitAmount)) return [];
		const message = `Total amount exceeds limit. Total amount: ${total.toFixed()}, limit: ${component.limitAmount}.`;
		return [{ code: "LIMIT_EXCEEDED", message, path: ["input", "usages", String(index), "amount"] } as const];
	});
}
