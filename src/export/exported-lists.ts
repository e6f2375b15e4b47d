import { focusSelection } from "./focus.ts";

interface ExportedList {
	/** The columns, as GraphQL asks for them: leaf fields, and those of linked objects. */
	readonly columns: string;
	/** What FOCUS is made of; absent where it has no columns for the list. */
	readonly focus?: string;
}

const identity = "uuid name";
const times = "created modified";
const offering = `offering { ${identity} category { uuid title } provider { ${identity} } }`;
const used = `resource { ${identity} backendId ${offering} project { ${identity} } customer { ${identity} } }`;
const component = "component { uuid type name measuredUnit }";

/**
 * The lists of GET /export/, as the fields of the query are called, and their columns. The unit of an amount is in the column
 * measuredUnit of its component: each record has its own.
 */
export const exportedLists: Readonly<Record<string, ExportedList>> = {
	customers: { columns: `${identity} abbreviation archived blocked ${times}` },
	projects: { columns: `${identity} customer { ${identity} } isRemoved ${times}` },
	categories: { columns: `uuid title ${times}` },
	offerings: { columns: `${identity} backendId state supportsPerUserLimits category { uuid title } provider { ${identity} } ${times}` },
	resources: { columns: `${identity} backendId state ${offering} project { ${identity} } customer { ${identity} } plan { ${identity} } ${times}` },
	componentUsages: {
		columns: `uuid billingPeriod date type usage ${component} recurring description ${used} planPeriod { uuid plan { ${identity} } } modifiedBy { uuid username } ${times}`,
		focus: focusSelection,
	},
	componentUserUsages: {
		columns: `uuid username usage user { uuid user { uuid username } } componentUsage { uuid billingPeriod date type ${component} ${used} } ${times}`,
	},
	componentUserUsageLimits: {
		columns: `uuid limit used ${component} user { uuid username user { uuid username } } ${used} ${times}`,
	},
	offeringUsagePolicies: {
		columns: `uuid scope { ${identity} provider { ${identity} } } actions applyToAll period periodName hasFired firedDatetime createdBy { uuid username } ${times}`,
	},
	policyFirings: {
		columns: `uuid kind offering { ${identity} provider { ${identity} } } policy { uuid } windowStart windowEnd cause { uuid type usage ${component} resource { ${identity} } } position ${times}`,
	},
	notifications: {
		columns: `uuid action state recipient attempts firings error due queued sent offering { ${identity} } policy { uuid } firing { uuid kind } ${times}`,
	},
	customerQuotas: { columns: `quotaName value name abbreviation customer { ${identity} }` },
	usageTotals: {
		columns:
			"period componentType username measuredUnit total records previousTotal change " +
			["customer", "project", "resource", "offering", "provider"].map((link) => `${link} { ${identity} }`).join(" ") +
			" category { uuid title }",
	},
	categoryComponentUsages: { columns: "id date type name measuredUnit reportedUsage fixedUsage category { uuid title } categoryComponent { uuid }" },
};
