import { demoHandles } from "../../../src/world/demo.ts";

/** A query as a front end asks it, and the demo's token that it is asked with. `$first` is how long its lists are. */
export interface Question {
	readonly title: string;
	readonly token: string;
	readonly document: string;
	readonly variables?: Readonly<Record<string, unknown>>;
}

const month = "2026-10-01";

export const questions: readonly Question[] = [
	{
		title: "the usage graph of resources",
		token: "demo_staff",
		document: `query ($first: Int!) {
			resources(first: $first) { nodes {
				name
				offering { name category { title } components { type name } }
				project { name customer { name } }
				componentUsages(first: $first, filter: { billingPeriod: "${month}" }) {
					nodes { usage component { name measuredUnit } userUsages(first: $first) { nodes { username usage } } }
				}
			} }
		}`,
	},
	{
		title: "the resources of a project",
		token: "demo_member",
		variables: { uuid: demoHandles.project },
		document: `query ($first: Int!, $uuid: UUID!) {
			project(uuid: $uuid) {
				name customer { name }
				resources(first: $first, orderBy: { field: CREATED, direction: DESC }) {
					nodes { name state plan { name } currentUsages { type amount } offering { name provider { name } } }
				}
			}
		}`,
	},
	{
		title: "a customer's dashboard",
		token: "demo_owner",
		variables: { uuid: demoHandles.customer },
		document: `query ($first: Int!, $uuid: UUID!) {
			customer(uuid: $uuid) {
				name organizationGroups { name parent { name } }
				projectCount: quota(name: NC_PROJECT_COUNT) { value }
				price: quota(name: ESTIMATED_PRICE) { value }
				projects(first: $first) { totalCount nodes { name resources(first: $first) { totalCount nodes { name state } } } }
				categoryComponentUsages(first: $first, filter: { dateAfter: "${month}" }) {
					nodes { name reportedUsage fixedUsage measuredUnit category { title } }
				}
			}
		}`,
	},
	{
		title: "a provider's page of its offerings",
		token: "demo_provider",
		variables: { states: ["ACTIVE"] },
		document: `query ($first: Int!, $states: [OfferingState!]!) {
			offerings(first: $first, filter: { states: $states }) {
				totalCount
				nodes {
					name category { title } provider { name }
					components { type name billingType limitPeriod limitAmount categoryComponent { name } }
					plans { name unitPrice components { amount price component { type } } }
					policies(first: $first) { nodes {
						hasFired periodName createdBy { fullName } organizationGroups { name }
						componentLimits { component { name } used limit exceeded }
					} }
				}
			}
		}`,
	},
	{
		title: "the newest firings of policies",
		token: "demo_provider",
		document: `query ($first: Int!) {
			policyFirings(first: $first) {
				totalCount
				nodes {
					position kind created offering { name } policy { periodName hasFired }
					cause { usage resource { name project { name customer { name } } } component { name } }
					breaches { component { name measuredUnit } used limit }
					notifications(first: $first) { nodes { recipient state } }
				}
				pageInfo { hasNextPage endCursor }
			}
		}`,
	},
	{
		title: "a page of usages",
		token: "demo_owner",
		document: `query ($first: Int!) {
			componentUsages(first: $first, filter: { billingPeriodYear: 2026 }, orderBy: { field: USAGE, direction: DESC }) {
				totalCount
				nodes { usage date billingPeriod recurring component { name measuredUnit } resource { name project { name } offering { name } } modifiedBy { fullName } }
				pageInfo { hasNextPage endCursor }
			}
		}`,
	},
	{
		title: "twelve months of resources",
		token: "demo_staff",
		document: `query ($first: Int!) {
			resources(first: $first) { nodes { name usageSeries(from: "2025-12-01", to: "2026-11-30") { name measuredUnit points { billingPeriod usage } } } }
		}`,
	},
	{
		title: "one resource",
		token: "demo_manager",
		variables: { uuid: demoHandles.resource },
		document: `query ($first: Int!, $uuid: UUID!) {
			resource(uuid: $uuid) {
				name state limits { type amount } currentUsages { type amount }
				project { name } customer { name } plan { name unitPrice }
				offering { name components { type name limitAmount } }
				planPeriods(first: $first) { nodes { start end plan { name } } }
				componentUsages(first: $first) { totalCount nodes { type usage billingPeriod planPeriod { start } modifiedBy { fullName } } }
				userUsages(first: $first) { totalCount nodes { username usage user { user { fullName } } componentUsage { type billingPeriod } } }
				userUsageLimits(first: $first) { nodes { limit used component { name } user { username } } }
			}
		}`,
	},
	{
		title: "the accounts at an offering, and what they used of their limits",
		token: "demo_provider",
		variables: { uuid: demoHandles.offering },
		document: `query ($first: Int!, $uuid: UUID!) {
			offering(uuid: $uuid) {
				name supportsPerUserLimits
				users(first: $first) {
					totalCount
					nodes {
						username isRestricted user { fullName }
						limits(first: $first) { nodes { limit used component { name measuredUnit } resource { name } } }
						usages(first: $first, filter: { billingPeriod: "${month}" }) { nodes { usage componentUsage { type } } }
					}
				}
			}
		}`,
	},
	{
		title: "objects by their ids",
		token: "demo_staff",
		variables: { ids: ["Resource", "Project", "Customer"].map((type) => idOf(type)), id: idOf("Offering") },
		document: `query ($first: Int!, $id: ID!, $ids: [ID!]!) {
			node(id: $id) { id ... on Offering { name components { name } } }
			nodes(ids: $ids) {
				id
				... on Resource { name offering { name } componentUsages(first: $first) { nodes { usage } } }
				... on Project { name customer { name } }
				... on Customer { name }
			}
		}`,
	},
	{
		title: "the viewer, and what can be chosen from",
		token: "demo_manager",
		document: `query ($first: Int!) {
			viewer { username fullName email }
			offeringUsagePolicyActions
			customers(first: $first) { nodes { name } }
			projects(first: $first) { nodes { name customer { name } } }
			categories(first: $first) { nodes { title components { type name } offerings(first: $first) { nodes { name } } } }
		}`,
	},
	{
		title: "a project's totals by category",
		token: "demo_owner",
		variables: { scope: idOf("Project") },
		document: `query ($first: Int!, $scope: ID!) {
			categoryComponentUsages(scope: $scope, first: $first) {
				totalCount
				nodes { date name measuredUnit reportedUsage fixedUsage category { title } categoryComponent { type } scope { ... on Project { name customer { name } } } }
			}
		}`,
	},
	{
		title: "totals of usage, by several questions",
		token: "demo_owner",
		document: `query ($first: Int!) {
			biggest: usageTotals(groupBy: [PROJECT], first: $first, filter: { types: ["cpu_hours"] }, orderBy: { field: TOTAL, direction: DESC }, withRest: true) {
				totalCount rest { groups total } nodes { project { name } total }
			}
			byUser: usageTotals(groupBy: [MONTH, USERNAME], first: $first) { nodes { period username total measuredUnit } }
			projects(first: $first) { nodes { name usageTotals(groupBy: [CATEGORY, PROVIDER], first: $first) { nodes { category { title } provider { name } total } } } }
		}`,
	},
	{
		title: "lists that other queries reach by what has them",
		token: "demo_staff",
		document: `query ($first: Int!) {
			componentUserUsages(first: $first) { totalCount nodes { username usage componentUsage { usage } user { username } } }
			componentUserUsageLimits(first: $first) { totalCount nodes { limit used resource { name } component { name } user { username } } }
			offeringUsagePolicies(first: $first) { totalCount nodes { hasFired scope { name } componentLimits { limit used } } }
			notifications(first: $first) { totalCount nodes { state recipient firing { kind } offering { name } policy { period } } }
			customerQuotas(quotaName: NC_RESOURCE_COUNT, first: $first) { totalCount nodes { value customer { name } } }
		}`,
	},
];

/** The global id of the demo's object of the type that examples are about. */
function idOf(type: string): string {
	const uuid = { Resource: demoHandles.resource, Project: demoHandles.project, Customer: demoHandles.customer, Offering: demoHandles.offering }[type];
	return Buffer.from(`${type}:${uuid}`).toString("base64");
}
