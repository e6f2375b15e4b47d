import { address, day, type Given, text, uuid, whole } from "./parameters.ts";

/** The filters of usage records; those of their parts are the same. */
export const usageParameters = {
	billing_period: day,
	billing_period_month: whole(1, 12),
	billing_period_year: whole(1, 9_999),
	customer_uuid: uuid,
	date_after: day,
	date_before: day,
	offering_uuid: uuid,
	project_uuid: uuid,
	resource: address,
	resource_uuid: uuid,
	type: text,
};

/** The filters as the lists call them. */
export const usageFilterOf = (given: Given<typeof usageParameters>) => ({
	billingPeriod: given.billing_period,
	// Waldur compares with the day that it stores: there is nothing of a day that no month begins with.
	...(given.billing_period === undefined || given.billing_period.endsWith("-01") ? {} : { resources: [] }),
	billingPeriodMonth: given.billing_period_month,
	billingPeriodYear: given.billing_period_year,
	customerUuid: given.customer_uuid,
	dateAfter: given.date_after,
	dateBefore: given.date_before,
	offeringUuid: given.offering_uuid,
	projectUuid: given.project_uuid,
	resource: given.resource,
	resourceUuid: given.resource_uuid,
	type: given.type,
});
