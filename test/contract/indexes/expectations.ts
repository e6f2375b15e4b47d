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
	" of billingPeriodFrom": half("most reports are of the last months"),
	" of billingPeriodTo": { otherwise: "an index finds the months, and what they have is sorted: a range without a year has no order" },
	" of billingPeriodMonth": by("date_part"),
	" of billingPeriodYear": by("date_part"),
	" of customers": by("customerUuid"),
	" of customerUuid": by("customerUuid"),
	" of dateAfter": by("date"),
	" of dateBefore": by("date"),
	" of offerings": by("offeringUuid"),
	" of offeringUuid": by("offeringUuid"),
	" of projects": by("projectUuid"),
	" of projectUuid": by("projectUuid"),
	" of resource": by("resourceUuid"),
	" of resources": by("resourceUuid"),
	" of resourceUuid": by("resourceUuid"),
	" of type": by("type"),
	" of types": half("offerings have few components, and types recur among them"),
} satisfies Record<string, Expectation>;

const of = (list: string, expectations: Readonly<Record<string, Expectation>>): [string, Expectation][] =>
	Object.entries(expectations).map(([way, expectation]) => [list + way, expectation]);

/** Orders that an index has, in both directions. */
const ordered = (...orders: string[]): Record<string, Expectation> =>
	Object.fromEntries(orders.flatMap((order) => [` by ${order} ASC`, ` by ${order} DESC`]).map((way) => [way, "in order"]));

export const expectations: ReadonlyMap<string, Expectation> = new Map([
	...of("categories", { "": "in order", ...ordered("CREATED", "TITLE") }),
	...of("categoryComponentUsages", {
		"": by("customerUuid"),
		" of billingPeriodFrom": by("customerUuid"),
		" of billingPeriodTo": by("customerUuid"),
		" of dateAfter": by("customerUuid"),
		" of dateBefore": by("customerUuid"),
		" of types": by("customerUuid"),
		" by BILLING_PERIOD ASC": by("customerUuid"),
		" by BILLING_PERIOD DESC": by("customerUuid"),
	}),
	...of("componentUsages", {
		"": "in order",
		...ofUsages,
		...ordered("BILLING_PERIOD", "DATE", "USAGE"),
	}),
	...of("componentUserUsageLimits", {
		"": "in order",
		...ordered("CREATED", "LIMIT"),
		" of offerings": by("offeringUuid"),
		" of resources": by("resourceUuid"),
		" of types": half("offerings have few components, and types recur among them"),
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
		...ordered("BILLING_PERIOD", "DATE", "USAGE", "USERNAME"),
	}),
	...of("customerQuotas", {
		"": "in order",
		...ordered("NAME"),
		" by VALUE ASC": { otherwise: "the figures of all customers are computed, and sorted" },
		" by VALUE DESC": { otherwise: "the figures of all customers are computed, and sorted" },
	}),
	...of("customers", { "": "in order", ...ordered("CREATED", "NAME"), " of search": by("name") }),
	...of("notifications", {
		"": "in order",
		...ordered("CREATED"),
		" of offerings": by("offeringUuid"),
		" of offeringUuid": by("offeringUuid"),
		" of policies": by("policyUuid"),
		" of policyUuid": by("policyUuid"),
		" of states": by("state"),
	}),
	...of("offeringUsagePolicies", {
		"": "in order",
		...ordered("CREATED", "OFFERING"),
		" of hasFired": { otherwise: "there are few policies: hundreds, not thousands" },
		" of offerings": by("scopeUuid"),
		" of scope": by("scopeUuid"),
		" of scopeUuid": by("scopeUuid"),
	}),
	...of("offerings", {
		"": "in order",
		...ordered("CREATED", "NAME"),
		" of categories": by("categoryUuid"),
		" of categoryUuid": by("categoryUuid"),
		" of providers": by("providerUuid"),
		" of providerUuid": by("providerUuid"),
		" of search": by("trigrams"),
		" of states": small,
	}),
	...of("policyFirings", {
		"": "in order",
		...ordered("CREATED"),
		" of offerings": by("offeringUuid"),
		" of policies": by("policyUuid"),
		" of causedByCustomerUuid": by("customerUuid"),
		" of customerUuid": half("policies for all customers are many, and fire as often as others"),
		" of kinds": half("there are as many FIRED as RESET, and few WITHDRAWN, which an index of their own finds"),
		" of offeringUuid": by("offeringUuid"),
		" of policyUuid": by("policyUuid"),
	}),
	...of("projects", {
		"": "in order",
		...ordered("CREATED", "NAME"),
		" of customers": by("customerUuid"),
		" of customerUuid": by("customerUuid"),
		" of search": by("name"),
	}),
	...of("resources", {
		"": "in order",
		" of backendId": by("backendId"),
		" of customers": by("customerUuid"),
		" of customerUuid": by("customerUuid"),
		" of offerings": by("offeringUuid"),
		" of offeringUuid": by("offeringUuid"),
		" of projects": by("projectUuid"),
		" of projectUuid": by("projectUuid"),
		" of search": by("name"),
		" of states": by("state"),
		...ordered("CREATED", "NAME"),
	}),
]);

/** Tables that grow and may be read whole: where little is seen, or hardly anything found, walking an index to its end is no better. */
export const readWhole: ReadonlyMap<string, readonly string[]> = new Map([
	["customerQuotas by VALUE ASC", ["Customer"]],
	["customerQuotas by VALUE DESC", ["Customer"]],
]);
