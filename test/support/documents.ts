/** Reports usage and answers all that tests look at. */
export const setUsage = `mutation ($input: SetUsageInput!) {
	setUsage(input: $input) {
		__typename
		... on SetUsagePayload {
			componentUsages { uuid type usage billingPeriod date recurring description planPeriod { uuid } modifiedBy { username } }
			firings { uuid kind windowStart windowEnd cause { uuid } policy { uuid hasFired firedDatetime } breaches { component { type } used limit } }
		}
		... on Error { code message path problems { code message path } }
	}
}`;

/** Reports one username's part and answers all that tests look at. */
export const setUserUsage = `mutation ($input: SetUserUsageInput!) {
	setUserUsage(input: $input) {
		__typename
		... on SetUserUsagePayload { componentUserUsage { uuid username usage user { uuid } componentUsage { uuid usage } } }
		... on Error { code message path problems { code message path } }
	}
}`;
