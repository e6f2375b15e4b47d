const problems = "... on Error { code message path problems { code message path } }";
const firings =
	"firings { kind created windowStart windowEnd cause { uuid } policy { uuid hasFired firedDatetime } breaches { component { type } used limit } }";
const policy =
	"offeringUsagePolicy { uuid actions applyToAll period hasFired firedDatetime organizationGroups { uuid } componentLimits { component { type } limit used exceeded } }";
const limit = "componentUserUsageLimit { uuid limit component { uuid } user { uuid } resource { uuid } }";
const resource = "resource { uuid state plan { uuid } planPeriods { nodes { uuid start end plan { uuid } } } }";

const report = `componentUsages { uuid type usage billingPeriod date recurring description planPeriod { uuid } modifiedBy { username } } ${firings}`;
const part = "{ uuid username usage user { uuid } componentUsage { uuid usage } }";

const mutation = (name: string, payload: string, input?: string) => {
	const Named = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
	return `mutation ($input: ${input ?? `${Named}Input!`}) { result: ${name}(input: $input) { __typename ... on ${Named}Payload { ${payload} } ${problems} } }`;
};

/** The public documents of the mutations that a sequence is made of, answering all that the model knows. */
export const mutations = {
	setUsage: mutation("setUsage", report),
	setUserUsage: mutation("setUserUsage", `componentUserUsage ${part}`),
	setUserUsages: mutation("setUserUsages", `componentUserUsages ${part}`, "[SetUserUsageInput!]!"),
	setUsages: `mutation ($input: [SetUsageInput!]!, $partial: Boolean!) {
		result: setUsages(input: $input, partial: $partial) {
			__typename ... on SetUsagesPayload { results { __typename ... on SetUsagePayload { ${report} } ${problems} } ${firings} } ${problems}
		}
	}`,
	deleteComponentUsage: mutation("deleteComponentUsage", `uuid ${firings}`),
	createComponentUserUsageLimit: mutation("createComponentUserUsageLimit", limit),
	updateComponentUserUsageLimit: mutation("updateComponentUserUsageLimit", limit),
	deleteComponentUserUsageLimit: mutation("deleteComponentUserUsageLimit", "uuid"),
	createOfferingUsagePolicy: mutation("createOfferingUsagePolicy", `${policy} ${firings}`),
	updateOfferingUsagePolicy: mutation("updateOfferingUsagePolicy", `${policy} ${firings}`),
	deleteOfferingUsagePolicy: mutation("deleteOfferingUsagePolicy", `uuid ${firings}`),
	updateCustomer: mutation("updateCustomer", `customer { uuid blocked archived organizationGroups { uuid } } ${firings}`),
	createResource: mutation("createResource", resource),
	setResourceState: mutation("setResourceState", resource),
	setResourcePlan: mutation("setResourcePlan", resource),
} as const;

export type MutationName = keyof typeof mutations;

/** What is computed when it is read: the totals of policies, and what was reported for limited accounts this month. */
export const figures = `query ($offering: UUID!) {
	offeringUsagePolicies(filter: { scopeUuid: $offering }, first: 100) { nodes { ${policy.slice("offeringUsagePolicy { ".length, -" }".length)} } }
	componentUserUsageLimits(filter: { offeringUuid: $offering }, first: 100) { nodes { uuid used } }
}`;

/** Tries to create a resource for each of three customers. */
export const attempts = `mutation ($first: CreateResourceInput!, $second: CreateResourceInput!, $third: CreateResourceInput!) {
	first: createResource(input: $first) { __typename ... on Error { code } }
	second: createResource(input: $second) { __typename ... on Error { code } }
	third: createResource(input: $third) { __typename ... on Error { code } }
}`;

/** The firings of policies whose audience includes a customer, and those that its records caused. */
export const firingsOfCustomer = `query ($offering: UUID!, $customer: UUID!) {
	aimed: policyFirings(filter: { offeringUuid: $offering, customerUuid: $customer }, first: 100) { nodes { kind created policy { uuid } } }
	caused: policyFirings(filter: { offeringUuid: $offering, causedByCustomerUuid: $customer }, first: 100) { nodes { kind created policy { uuid } } }
}`;
