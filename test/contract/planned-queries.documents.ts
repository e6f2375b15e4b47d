import { getIntrospectionQuery } from "graphql";
import { demoHandles } from "../../src/world/demo.ts";

/** The nested graph, as a root field. */
export const graph = `resources(first: 5) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node {
	__typename id uuid name state created
	offering { name category { title } components { type name billingType limitAmount } }
	project { name customer { name organizationGroups { name } } }
	componentUsages(first: 3) { nodes { usage date billingPeriod component { type } userUsages(first: 2) { nodes { username usage } } } }
	usageSeries(from: "2026-01-01", to: "2026-03-01") { type points { billingPeriod usage } }
} } }`;

/** What is asked, by a document and its variables: of one that has $ids, a test gives the ids. */
type Asked = [what: string, document: string, variables?: Record<string, unknown>];

/** What is answered alike, whether there is a plan of it or not. */
export const answeredDocuments: Asked[] = [
	["the nested graph", `{ ${graph} }`],
	["aliases", `{ one: ${graph} other: resources(first: 2) { same: nodes { again: uuid uuid } } }`],
	["a field that is asked for twice", "{ resources(first: 2) { nodes { offering { uuid } } nodes { offering { name } project { name } } } }"],
	[
		"fragments within fragments",
		`{ resources(first: 2) { nodes { ...A } } } fragment A on Resource { name ...B ... on Node { id } } fragment B on Resource { offering { ... { name } } }`,
	],
	["an interface", "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Resource { name } ... on Offering { name state } } }", {}],
	[
		"variables of an input object, with an enumeration",
		"query ($f: ResourceFilter, $n: Int) { resources(filter: $f, first: $n) { nodes { name state } } }",
		{ f: { states: ["OK"] }, n: 3 },
	],
	["variables within an input object", "query ($s: [ResourceState!]) { resources(filter: { states: $s }) { nodes { name } } }", { s: ["OK"] }],
	[
		"a union, of which each member is asked for something else",
		`{ customers(first: 2) { nodes { categoryComponentUsages(first: 2) { nodes { scope {
			... on CategoryComponentUsageScope { ... on Customer { name abbreviation } }
			... on Node { id ... on Customer { blocked } } ... on Project { isRemoved }
		} } } projects(first: 1) { nodes { categoryComponentUsages(first: 2) { nodes { scope { ... on CategoryComponentUsageScope { ... on Project { customer { name } } } } } } } } } } }`,
	],
	[
		"objects that are named by an address and an id",
		`query ($u: UUID) { one: resources(first: 2, filter: { projectUuid: $u }) { nodes { name } } two: resources(first: 2, filter: { offeringUuid: "https://waldur.example.com/api/marketplace-public-offerings/00000000000040008000000000000000/" }) { nodes { name } } }`,
		{ u: btoa("Project:00000000-0000-4000-8000-000000000000") },
	],
	[
		"an id of another type",
		"query ($f: ComponentUsageFilter) { componentUsages(filter: $f) { nodes { usage } } viewer { username } }",
		{ f: { resource: btoa("Offering:00000000-0000-4000-8000-000000000000") } },
	],
	[
		"the scope of totals by a uuid that is of nothing",
		`{ categoryComponentUsages(scope: "00000000-0000-4000-8000-000000000000") { nodes { id } } viewer { username } }`,
	],
	[
		"totals, as nodes",
		`{ nodes(ids: ["${btoa("CategoryComponentUsage:Customer:00000000-0000-4000-8000-000000000000:00000000-0000-4000-8000-000000000000:2026-10-01")}", "${btoa("CategoryComponentUsage:7")}"]) { id ... on CategoryComponentUsage { name scope { __typename } } } }`,
	],
	["a variable that is not given", "query ($n: Int, $f: ResourceFilter) { resources(first: $n, filter: $f) { nodes { name } } }", {}],
	["a variable that is null", "query ($f: ResourceFilter) { resources(first: 2, filter: $f) { nodes { name } } }", { f: null }],
	["a variable with a default", "query ($n: Int = 2) { resources(first: $n) { nodes { name } } }", {}],
	[
		"@skip and @include by variables, skipped",
		"query ($a: Boolean!) { resources(first: 2) { nodes { name @skip(if: $a) uuid @include(if: $a) project { name @include(if: $a) uuid } } } }",
		{ a: true },
	],
	[
		"@skip and @include by variables, included",
		"query ($a: Boolean!) { resources(first: 2) { nodes { name @skip(if: $a) uuid @include(if: $a) ... @include(if: $a) { state } } } }",
		{ a: false },
	],
	["totals of several units, which are refused", "{ usageTotals(groupBy: [MONTH], withRest: true) { totalCount } viewer { username } }"],
	[
		"totals of several units below a list, which are refused there",
		"{ resources(first: 5) { nodes { name usageTotals(groupBy: [MONTH], orderBy: { field: TOTAL }) { totalCount } } } }",
	],
	["totals by three dimensions", "{ usageTotals(groupBy: [MONTH, CUSTOMER, PROJECT]) { totalCount } }"],
	["an error that says where it is", "{\n  viewer { username }\n  offerings(first: 1000) { nodes { name } }\n}"],
	["an error below a list", `{ resources(first: 2) { nodes { name usageSeries(from: "2026-03-01", to: "2026-01-01") { type } } } }`],
	["an error in a field that may be null", `{ resource(uuid: "00000000-0000-4000-8000-000000000000") { name } viewer { username } }`],
	["a variable of a wrong type", "query ($n: Int) { resources(first: $n) { nodes { name } } }", { n: "many" }],
	["a uuid that is none in a variable", "query ($u: UUID!) { resource(uuid: $u) { name } }", { u: "x" }],
	["a variable that is missing", "query ($u: UUID!) { resource(uuid: $u) { name } }", {}],
	[
		"an enumeration value that there is not, in a list in an object",
		"query ($f: ResourceFilter) { resources(filter: $f) { nodes { name } } }",
		{ f: { states: ["GONE"] } },
	],
	[
		"a fragment that is spread under two conditions",
		"query ($a: Boolean!, $b: Boolean!) { viewer { uuid ...F @include(if: $a) ...F @include(if: $b) } } fragment F on Viewer { username }",
		{ a: false, b: true },
	],
	[
		"a fragment that is spread at two places, at one of them under a condition",
		`query ($a: Boolean!) { one: resources(first: 1) { nodes { uuid ...F @include(if: $a) } } other: resources(first: 1) { nodes { uuid ...F } } } fragment F on Resource { name }`,
		{ a: false },
	],
	[
		"a fragment that is spread at two places, at one of them beside more of the same",
		`{ one: resources(first: 1) { nodes { ...F } } other: resources(first: 1) { nodes { ...F componentUsages(first: 1) { nodes { date } } } } viewer { username }
		  } fragment F on Resource { componentUsages(first: 1) { nodes { uuid } } project { uuid } }`,
	],
	[
		"names that every object has",
		`{ __proto__: resources(first: 2) { __proto__: nodes { __proto__: name constructor: uuid hasOwnProperty: project { __proto__: name toString: uuid } } } }`,
	],
	[
		"names that every object has, of what depends on variables",
		`query ($a: Boolean = true) { __proto__: viewer { username } constructor: resources(first: 1) { __proto__: nodes { __proto__: name toString: uuid valueOf: state @include(if: $a) } } }`,
	],
	[
		"names that every object has, of fragments and variables",
		"query ($toString: Int = 1, $constructor: Int = 2) { a: resources(first: $toString) { nodes { ...__proto__ } } b: resources(first: $constructor) { nodes { ...toString } } } fragment __proto__ on Resource { name } fragment toString on Resource { uuid }",
	],
	["introspection", getIntrospectionQuery()],
	["introspection of one type", `{ __type(name: "Resource") { name fields { name type { kind ofType { name } } } } __typename }`],
	[
		"computed objects",
		`{ customers(first: 3) { nodes { name quota(name: NC_RESOURCE_COUNT) { name value } categoryComponentUsages(first: 3) { nodes { fixedUsage reportedUsage categoryComponent { name } } } } } }`,
	],
	[
		"policies",
		"{ offeringUsagePolicies(first: 5) { nodes { actions hasFired period periodName componentLimits { limit used exceeded component { type } } firings(first: 2) { nodes { kind breaches { used limit } cause { uuid } } } } } }",
	],
];

/** What is read level by level when it is asked again. */
export const plannedDocuments: Asked[] = [
	[
		"the nested graph, with cursors and counts below",
		`{ resources(first: 4) { totalCount nodes { id __typename name offering { name provider { name } components { id type limitAmount } plans { unitPrice components { amount component { type } } } }
		componentUsages(first: 2) { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { __typename usage date modifiedBy { username email } userUsages(first: 2) { edges { cursor node { username } } } } } } } } }`,
	],
	[
		"totals with all that they are linked to, compared, with the rest",
		`query ($first: Int) { usageTotals(groupBy: [CUSTOMER, MONTH], first: $first, filter: { types: ["cpu_hours"], billingPeriodFrom: "2026-09-01", billingPeriodTo: "2026-11-01" }, comparePrevious: true, withRest: true, orderBy: { field: CHANGE, direction: DESC }) {
			totalCount rest { groups measuredUnit total records previousTotal change } pageInfo { hasNextPage endCursor }
			edges { cursor node { __typename period customer { name projects(first: 1) { nodes { name } } } project { name } measuredUnit total records previousTotal change } }
		} }`,
		{ first: 3 },
	],
	[
		"totals of objects, by each kind of key",
		`{ customers(first: 2) { nodes { name usageTotals(groupBy: [PROVIDER, CATEGORY], first: 2) { totalCount rest { total } nodes { provider { name } category { title } total } }
			projects(first: 2) { nodes { usageTotals(groupBy: [RESOURCE, USERNAME], last: 2) { nodes { resource { name offering { name } } username total records } } } } } }
			offerings(first: 2) { nodes { usageTotals(groupBy: [OFFERING, QUARTER]) { nodes { offering { name } period } } } }
			resources(first: 2) { nodes { usageTotals(groupBy: [COMPONENT_TYPE, YEAR]) { nodes { componentType period measuredUnit total } } } } }`,
	],
	[
		"entities of several types, as a router asks for them",
		`query ($by: [_Any!]!) { _entities(representations: $by) { __typename ... on Customer { name projects(first: 2) { nodes { name } } } ... on Node { id } ... on Project { customer { name } } } }`,
		{ by: [{ __typename: "Customer", uuid: demoHandles.customer }, { __typename: "Project", uuid: demoHandles.project }, { __typename: "Query" }, 7] },
	],
	["a constant list beside another field", "{ offeringUsagePolicyActions offerings(first: 1) { nodes { name } } }"],
	["lists from their end", `{ componentUsages(last: 3) { pageInfo { hasPreviousPage hasNextPage } nodes { date component { name } resource { name } } } }`],
	[
		"a list below the row, from its end",
		`{ offerings(first: 3) { nodes { name resources(last: 2) { pageInfo { hasPreviousPage startCursor } nodes { name } } } } }`,
	],
	[
		"filters and orders by variables",
		"query ($f: ComponentUsageFilter, $o: ComponentUsageOrder, $n: Int) { componentUsages(filter: $f, orderBy: $o, first: $n) { nodes { usage billingPeriod type } } }",
		{ f: { type: "cpu_hours", billingPeriodYear: 2026 }, o: { field: "USAGE", direction: "DESC" }, n: 4 },
	],
	[
		"parts in orders of their own",
		`{ componentUserUsages(first: 5, orderBy: { field: USERNAME, direction: DESC }) { edges { cursor node { username usage componentUsage { type date } user { username } } } } }`,
	],
	[
		"charts",
		`{ resources(first: 3) { nodes { usageSeries(from: "2026-01-01", to: "2026-12-31") { type name username component { uuid limitPeriod } points { billingPeriod usage } } } } }`,
	],
	[
		"charts by username",
		`{ resources(first: 3) { nodes { usageSeries(from: "2026-06-01", to: "2026-12-31", byUser: true) { type username points { usage } } } } }`,
	],
	[
		"policies, their totals and firings",
		"{ offeringUsagePolicies(first: 5) { nodes { id actions hasFired firedDatetime period periodName options { externalUserEmails } scope { name } createdBy { username } organizationGroups { name parent { name } } componentLimits { limit used exceeded component { type } } firings(first: 2) { nodes { kind position windowStart breaches { used limit component { name } } cause { usage } notifications(first: 2) { nodes { state action recipient } } } } } } }",
	],
	[
		"limits per user and what was used of them",
		`{ offerings(first: 3) { nodes { users(first: 3) { nodes { username user { fullName } limits(first: 2) { nodes { limit used component { type } resource { name } } } usages(first: 2) { nodes { usage } } } } } } }`,
	],
	[
		"limits and usages by type",
		`{ resources(first: 5) { nodes { limits { type amount } currentUsages { type amount } planPeriods(first: 2) { nodes { start end plan { name } } } plan { name } } } }`,
	],
	[
		"one field of several names",
		`{ resources(first: 2) { nodes { a: componentUsages(first: 1) { nodes { usage } } b: componentUsages(first: 2, filter: { type: "cpu_hours" }) { nodes { type } } x: name y: name } } }`,
	],
	[
		"fields in fragments",
		`{ resources(first: 2) { nodes { ...A } edges { node { ...A state } } } } fragment A on Resource { name ... on Node { id } project { ...B } } fragment B on Project { name customer { name abbreviation blocked } }`,
	],
	[
		"an empty list",
		`{ resources(first: 2, filter: { states: [TERMINATED], customerUuid: "00000000-0000-4000-8000-000000000000" }) { totalCount pageInfo { endCursor hasNextPage } nodes { name componentUsages(first: 1) { nodes { usage } } } } }`,
	],
	[
		"several roots, one of them not there",
		`{ customers(first: 2) { nodes { name projects(first: 2) { nodes { name resources(first: 1) { nodes { name } } } } } } resource(uuid: "00000000-0000-4000-8000-000000000000") { name } }`,
	],
	[
		"objects of which every field is skipped",
		"query ($a: Boolean!) { resources(first: 2) { pageInfo { hasNextPage @skip(if: $a) } nodes { project { name @skip(if: $a) } } edges { node { name @skip(if: $a) } } } viewer { uuid @skip(if: $a) } }",
		{ a: true },
	],
	[
		"the viewer, the roles, and what may be done",
		`{ viewer { isSupport customers(first: 2) { totalCount nodes { role expires customer { name } } } projects { edges { cursor node { role project { name viewerCanCreateResource } } } } offerings { nodes { role offering { name viewerCanManagePolicies viewerCanReportUsage } } } }
		resources(first: 3) { nodes { viewerCanReportUsage viewerCanManageLimits offering { name } componentUsages(first: 1) { nodes { resource { viewerCanReportUsage } } } } } offeringUsagePolicies(first: 2) { nodes { viewerCanManagePolicies } } }`,
	],
	[
		"lists by parts of names, by lists of values, and by a range of months",
		`query ($offerings: [UUID!]) { customers(filter: { search: "tom" }) { totalCount nodes { name projects(filter: { search: "pro" }, orderBy: { field: CREATED }) { nodes { name } } } }
		resources(first: 3, filter: { offerings: $offerings, states: [] }) { nodes { name } } componentUsages(first: 2, filter: { types: ["cpu", "gpu"], billingPeriodFrom: "2026-01-15", billingPeriodTo: "2026-11-02" }, orderBy: { field: DATE }) { nodes { type billingPeriod } } }`,
		{ offerings: ["00000000-0000-4000-8000-000000000000"] },
	],
	["the viewer", "{ viewer { __typename user { id username email } isStaff mayCreateTokens } again: viewer { fullName user { fullName } } __typename }"],
	[
		"@skip and @include by variables, at several places",
		"query ($a: Boolean!, $b: Boolean! = true) { resources(first: 2) @include(if: $b) { nodes { name @skip(if: $a) ...F @include(if: $a) } } viewer { username @include(if: $b) uuid } } fragment F on Resource { project { name customer { name @skip(if: $b) uuid } } }",
		{ a: true },
	],
	[
		"objects by their ids, of several types, one of them not there and one twice",
		"query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Resource { name project { name } componentUsages(first: 1) { nodes { usage } } } ... on Offering { name components { type } } } }",
		{},
	],
	[
		"rows of one kind by several uuids",
		`{ a: viewer { uuid } b: resource(uuid: "00000000-0000-4000-8000-000000000000") { name } c: resource(uuid: "00000000-0000-4000-8000-000000000001") { state } }`,
	],
	[
		"quotas of customers, by several names",
		"{ customers(first: 3) { nodes { name a: quota(name: NC_RESOURCE_COUNT) { quotaName value customer { name } } b: quota(name: ESTIMATED_PRICE) { value } } } }",
	],
	[
		"one quota of every customer",
		"{ customerQuotas(quotaName: NC_PROJECT_COUNT, first: 3, orderBy: { field: VALUE, direction: DESC }) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node { value customer { name } } } } }",
	],
	[
		"a category's totals, and whose they are",
		`{ customers(first: 3) { nodes { categoryComponentUsages(first: 2, filter: { dateAfter: "2026-01-01" }) { totalCount pageInfo { hasNextPage startCursor } edges { cursor node { id type date reportedUsage fixedUsage category { title } categoryComponent { name } scope {
			__typename ... on Customer { name projects(first: 1) { nodes { name } } } ... on Project { name } } } } }
			projects(first: 2) { nodes { categoryComponentUsages(last: 1) { nodes { type scope { ... on Project { uuid customer { name } } } } } } } } } }`,
	],
	["arguments that are refused", `{ offerings(first: 2) { nodes { name resources(first: 1000) { nodes { name } } } } }`],
	["a cursor of another list", `{ offerings(first: 2) { nodes { name resources(first: 1, after: "bm9uZQ") { nodes { name } } } } }`],
	["a matrix the wrong way round", `{ resources(first: 2) { nodes { name usageSeries(from: "2026-03-01", to: "2026-01-01") { type } } } }`],
];
