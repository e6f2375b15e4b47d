import type { BillingType, LimitPeriod, OfferingState, ResourceState } from "../generated/prisma/enums.ts";

/** Our words as Waldur writes them. */
export const resourceStates: Readonly<Record<ResourceState, string>> = {
	CREATING: "Creating",
	OK: "OK",
	ERRED: "Erred",
	UPDATING: "Updating",
	TERMINATING: "Terminating",
	TERMINATED: "Terminated",
};

export const offeringStates: Readonly<Record<OfferingState, string>> = {
	DRAFT: "Draft",
	ACTIVE: "Active",
	PAUSED: "Paused",
	ARCHIVED: "Archived",
	UNAVAILABLE: "Unavailable",
};

export const billingTypes: Readonly<Record<BillingType, string>> = { FIXED: "fixed", USAGE: "usage", LIMIT: "limit", ONE_TIME: "one", ON_PLAN_SWITCH: "few" };

export const limitPeriods: Readonly<Record<LimitPeriod, string>> = { MONTH: "month", QUARTERLY: "quarterly", ANNUAL: "annual", TOTAL: "total" };

/** Waldur's words, to be read. */
export const read = <Word extends string>(words: Readonly<Record<Word, string>>): Readonly<Record<string, Word>> =>
	Object.fromEntries((Object.keys(words) as Word[]).map((word) => [words[word], word]));
