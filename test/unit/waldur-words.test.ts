import { expect, test } from "vitest";
import { BillingType, LimitPeriod, OfferingState, PolicyPeriod, QuotaName, ResourceState } from "../../src/generated/prisma/enums.ts";
import {
	billingTypes,
	byLowerWord,
	byWord,
	countedQuotas,
	limitPeriods,
	offeringStates,
	policyPeriodNumbers,
	resourceStates,
	storedQuotas,
} from "../../src/shared/waldur-words.ts";

test.each<[string, object, object]>([
	["billing types", BillingType, billingTypes],
	["limit periods", LimitPeriod, limitPeriods],
	["states of offerings", OfferingState, offeringStates],
	["states of resources", ResourceState, resourceStates],
	["periods of policies", PolicyPeriod, policyPeriodNumbers],
	["quotas", QuotaName, { ...countedQuotas, ...storedQuotas }],
])("Waldur has a word for each of the %s", (_, stored, words) => {
	expect(Object.keys(words).sort()).toEqual(Object.keys(stored).sort());
	expect(new Set(Object.values(words)).size).toBe(Object.keys(words).length);
});

test("words lead back to ours", () => {
	expect(byWord(policyPeriodNumbers)).toEqual({ 1: "TOTAL", 2: "ONE_MONTH", 3: "THREE_MONTHS", 4: "TWELVE_MONTHS" });
	expect(byLowerWord(resourceStates)["ok"]).toBe("OK");
});
