/**
 * How each filter and each order of the lists that Query has is served:
 *
 * - by a column: a condition on it bounds what is looked at in an index, and a page looks at few rows;
 * - in order: an index has the order, and a page looks at few rows;
 * - otherwise: why not.
 */
export type Expectation = { readonly column: string } | "in order" | { readonly otherwise: string };

const by = (column: string): Expectation => ({ column });

const small: Expectation = { otherwise: "there are few offerings: hundreds, not thousands" };
const half = (what: string): Expectation => ({ otherwise: `${what}: an index has the order, and is walked until the page is full` });

/** Filters of usage records; those of parts are the same ones of their records. */
const ofUsages = {
	" of billingPeriod": by("billingPeriod"),
	" of billingPeriodMonth": by("date_part"),
	" of billingPeriodYear": by("date_part"),
	" of customerUuid": by("customerUuid"),
	" of dateAfter": by("date"),
	" of dateBefore": by("date"),
	" of offeringUuid": by("offeringUuid"),
	" of projectUuid": by("projectUuid"),
	" of resource": by("resourceUuid"),
	" of resourceUuid": by("resourceUuid"),
	" of type": by("type"),
} satisfies Record<string, Expectation>;

const of = (list: string, expectations: Readonly<Record<string, Expectation>>): [string, Expectation][] =>
	Object.entries(expectations).map(([way, expectation]) => [list + way, expectation]);

export const expectations: ReadonlyMap<string, Expectation> = new Map([
	...of("categories", { "": "in order" }),
	...of("categoryComponentUsages", { "": by("customerUuid"), " of dateAfter": by("customerUuid"), " of dateBefore": by("customerUuid") }),
	...of("componentUsages", {
		"": "in order",
		...ofUsages,
		" by BILLING_PERIOD ASC": "in order",
		" by BILLING_PERIOD DESC": "in order",
		" by USAGE ASC": "in order",
		" by USAGE DESC": "in order",
	}),
	...of("componentUserUsageLimits", {
		"": "in order",
		" of componentType": half("offerings have few components, and types recur among them"),
		" of offeringUuid": by("offeringUuid"),
		" of resource": by("resourceUuid"),
		" of resourceUuid": by("resourceUuid"),
		" of username": by("username"),
	}),
	...of("componentUserUsages", {
		"": "in order",
		...ofUsages,
		" of username": by("username"),
		" by BILLING_PERIOD ASC": "in order",
		" by BILLING_PERIOD DESC": "in order",
		" by USAGE ASC": "in order",
		" by USAGE DESC": "in order",
		" by USERNAME ASC": "in order",
		" by USERNAME DESC": "in order",
	}),
	...of("customerQuotas", {
		"": "in order",
		" by NAME ASC": "in order",
		" by NAME DESC": "in order",
		" by VALUE ASC": { otherwise: "the figures of all customers are computed, and sorted" },
		" by VALUE DESC": { otherwise: "the figures of all customers are computed, and sorted" },
	}),
	...of("customers", { "": "in order" }),
	...of("notifications", { "": "in order", " of offeringUuid": by("offeringUuid"), " of policyUuid": by("policyUuid"), " of states": by("state") }),
	...of("offeringUsagePolicies", { "": "in order", " of scope": by("scopeUuid"), " of scopeUuid": by("scopeUuid") }),
	...of("offerings", { "": "in order", " of categoryUuid": by("categoryUuid"), " of providerUuid": by("providerUuid"), " of states": small }),
	...of("policyFirings", {
		"": "in order",
		" of causedByCustomerUuid": by("customerUuid"),
		" of customerUuid": half("policies for all customers are many, and fire as often as others"),
		" of kinds": half("there are as many FIRED as RESET, and few WITHDRAWN, which an index of their own finds"),
		" of offeringUuid": by("offeringUuid"),
		" of policyUuid": by("policyUuid"),
	}),
	...of("projects", { "": "in order", " of customerUuid": by("customerUuid") }),
	...of("resources", {
		"": "in order",
		" of backendId": by("backendId"),
		" of customerUuid": by("customerUuid"),
		" of offeringUuid": by("offeringUuid"),
		" of projectUuid": by("projectUuid"),
		" of states": by("state"),
		" by CREATED ASC": "in order",
		" by CREATED DESC": "in order",
		" by NAME ASC": "in order",
		" by NAME DESC": "in order",
	}),
]);

/** Tables that grow and may be read whole: where little is seen, or hardly anything found, walking an index to its end is no better. */
export const readWhole: ReadonlyMap<string, readonly string[]> = new Map([
	["customerQuotas by VALUE ASC", ["Customer"]],
	["customerQuotas by VALUE DESC", ["Customer"]],
]);
